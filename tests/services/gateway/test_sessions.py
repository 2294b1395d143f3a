"""Signing in and out: sessions, their end, the throttle, and what is kept of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher, Type, extract_parameters
from flask.testing import FlaskClient

from services.gateway import credentials as kept
from services.gateway import passwords
from services.gateway.credentials import BadCredentials, Credentials, SignInRests
from shared.bounds import SESSION_FRESH_SECONDS, SESSION_HOURS, SIGN_IN_FAILURES_MAX, SIGN_IN_REST_MINUTES
from shared.errors import ValidationFailed
from tests.services.gateway.conftest import REAL, Browser
from tests.services.gateway.world import PASSWORD, Clock, FakeNetwork

Headers = Callable[[str], dict[str, str]]
NEW = "bốn từ khác hẳn nhau"


def test_a_session_over_the_api_says_who_and_until_when(client: FlaskClient) -> None:
    answer = client.post("/api/v1/sessions", json={"login": " Thuky ", "password": PASSWORD})
    body = answer.get_json()
    assert answer.status_code == 201
    assert (body["account"], body["roles"]) == ("a-1", [{"role": "secretary", "scope": "btp"}])
    assert body["expires_at"].startswith("2024-11-20T15:00:00")
    assert len(body["token"]) >= 43  # 256 bits in base64


def test_the_database_holds_no_token(client: FlaskClient, credentials: Credentials) -> None:
    token = client.post("/api/v1/sessions", json={"login": "thuky", "password": PASSWORD}).get_json()["token"]
    with credentials.database.read() as connection:
        rows = [tuple(row) for row in connection.execute(sa.select(kept.sessions))]
    assert len(rows) == 1
    assert token not in str(rows)


@pytest.mark.parametrize("login", ["thuky", "nobody", "", "x" * 60])
def test_wrong_password_and_unknown_login_answer_alike(client: FlaskClient, login: str) -> None:
    answer = client.post("/api/v1/sessions", json={"login": login, "password": "sai mật khẩu rồi"})
    assert (answer.status_code, answer.get_json()["code"]) == (401, "bad_credentials")
    assert answer.get_json()["detail"] == "Login and password do not belong together; check both and try again."


def test_an_unknown_login_costs_a_hash_as_well(monkeypatch: pytest.MonkeyPatch, credentials: Credentials) -> None:
    checked: list[str] = []

    class Watched:
        def verify(self, against: str, _password: str) -> bool:
            checked.append(against)
            return True

    monkeypatch.setattr(passwords, "hasher", Watched())
    with pytest.raises(BadCredentials):
        credentials.check("nobody", None, PASSWORD)
    assert len(checked) == 1
    assert checked[0].startswith("$argon2id$")


def test_a_login_rests_after_too_many_wrong_passwords(credentials: Credentials, clock: Clock) -> None:
    for _ in range(SIGN_IN_FAILURES_MAX):
        with pytest.raises(BadCredentials):
            credentials.check("thuky", "a-1", "wrong")
    with pytest.raises(SignInRests) as refused:
        credentials.check("thuky", "a-1", PASSWORD)
    assert 0 < refused.value.details["seconds"] <= SIGN_IN_REST_MINUTES * 60 + 1
    credentials.check("office", "a-2", PASSWORD)  # another login is not held up
    clock.pass_by(minutes=SIGN_IN_REST_MINUTES - 1)
    with pytest.raises(SignInRests):
        credentials.check("thuky", "a-1", PASSWORD)
    clock.pass_by(minutes=1)
    credentials.check("thuky", "a-1", PASSWORD)  # the tries during the rest did not make it longer


def test_a_right_password_forgets_the_wrong_ones(credentials: Credentials) -> None:
    for _ in range(3):
        for _ in range(SIGN_IN_FAILURES_MAX - 1):
            with pytest.raises(BadCredentials):
                credentials.check("thuky", "a-1", "wrong")
        credentials.check("thuky", "a-1", PASSWORD)


def test_the_rest_is_said_with_retry_after(client: FlaskClient) -> None:
    for _ in range(SIGN_IN_FAILURES_MAX):
        client.post("/sign-in", data={"login": "thuky", "password": "wrong"})
    page = client.post("/sign-in", data={"login": "thuky", "password": PASSWORD})
    api = client.post("/api/v1/sessions", json={"login": "thuky", "password": PASSWORD})
    assert (page.status_code, api.status_code) == (429, 429)
    assert page.headers["Retry-After"] == api.headers["Retry-After"] == str(SIGN_IN_REST_MINUTES * 60 + 1)
    assert "thử lại sau" in page.text
    assert 'value="thuky"' in page.text  # the login is not typed again


def test_a_session_ends(client: FlaskClient, token: Headers, clock: Clock) -> None:
    headers = token("thuky")
    clock.pass_by(hours=SESSION_HOURS, seconds=-1)
    assert client.get("/api/v1/sessions/current", headers=headers).status_code == 200
    clock.pass_by(seconds=1)
    answer = client.get("/api/v1/sessions/current", headers=headers)
    assert (answer.status_code, answer.get_json()["code"]) == (401, "not_signed_in")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_signing_out_ends_the_session(client: FlaskClient, token: Headers) -> None:
    headers = token("thuky")
    assert client.delete("/api/v1/sessions/current", headers=headers).status_code == 204
    assert client.get("/api/v1/tasks", headers=headers).status_code == 401


def test_what_another_gateway_closed_counts_for_a_second_and_what_this_closed_not_at_all(credentials: Credentials, clock: Clock) -> None:
    other = Credentials(credentials.database, clock=clock)
    token = credentials.open_session("a-1", "thuky").token
    assert other.session(token) == credentials.session(token)
    credentials.close_session(token)
    assert credentials.session(token) is None
    clock.pass_by(seconds=SESSION_FRESH_SECONDS / 2)
    assert other.session(token) is not None
    clock.pass_by(seconds=SESSION_FRESH_SECONDS / 2)
    assert other.session(token) is None


def test_a_session_that_is_closed_while_it_is_looked_up_is_not_remembered(
    credentials: Credentials, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = credentials.open_session("a-1", "thuky").token
    read = credentials.database.read

    @contextmanager
    def meanwhile() -> Iterator[sa.Connection]:
        with read() as connection:
            yield connection
        monkeypatch.undo()
        credentials.close_session(token)

    monkeypatch.setattr(credentials.database, "read", meanwhile)
    assert credentials.session(token) is not None  # it was there when the database was asked
    assert credentials.session(token) is None


def test_no_more_sessions_are_remembered_than_the_bound(credentials: Credentials, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "SESSIONS_KEPT_MAX", 2)
    tokens = [credentials.open_session("a-1", "thuky").token for _ in range(3)]
    assert all(credentials.session(token) for token in tokens)
    with credentials.database.write() as connection:
        connection.execute(kept.sessions.delete())
    assert [credentials.session(token) is not None for token in tokens] == [False, True, True]


def test_an_account_that_is_gone_is_not_served(client: FlaskClient, token: Headers, network: FakeNetwork) -> None:
    headers = token("thuky")
    network.answers["registry", "account_by_login"] = None
    assert client.get("/api/v1/sessions/current", headers=headers).status_code == 401


def test_changing_the_password_signs_out_everywhere_else(client: FlaskClient, token: Headers, browser: Callable[[str], Browser]) -> None:
    elsewhere = token("thuky")
    here = browser("thuky")
    answer = here.post("/password", {"current": PASSWORD, "password": NEW, "again": NEW})
    assert answer.status_code == 303
    assert "Đã đổi mật khẩu" in here.get("/").text
    assert client.get("/api/v1/tasks", headers=elsewhere).status_code == 401
    assert client.post("/api/v1/sessions", json={"login": "thuky", "password": PASSWORD}).status_code == 401
    assert client.post("/api/v1/sessions", json={"login": "thuky", "password": NEW}).status_code == 201


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"current": "sai", "password": NEW, "again": NEW}, "Mật khẩu hiện tại không đúng"),
        ({"current": PASSWORD, "password": NEW, "again": NEW + "x"}, "không giống nhau"),
        ({"current": PASSWORD, "password": "ngắn", "again": "ngắn"}, "từ 12 đến 200 ký tự"),
    ],
)
def test_a_password_change_that_is_refused_says_why(browser: Callable[[str], Browser], fields: dict[str, str], words: str) -> None:
    answer = browser("thuky").post("/password", fields)
    assert answer.status_code == 422
    assert words in answer.text


def test_only_an_administrator_sets_the_password_of_another(client: FlaskClient, token: Headers, network: FakeNetwork) -> None:
    administrator, secretary = token("office"), token("thuky")
    assert client.put("/api/v1/accounts/a-1/password", json={"password": NEW}, headers=secretary).status_code == 401  # no current one
    assert client.put("/api/v1/accounts/a-1/password", json={"password": NEW}, headers=administrator).status_code == 204
    assert client.get("/api/v1/tasks", headers=secretary).status_code == 401
    assert client.put("/api/v1/accounts/none/password", json={"password": NEW}, headers=administrator).status_code == 404
    assert network.told("registry", "accounts")[0].actor == "a-2"  # the registry is who refuses


def test_a_password_in_clear_never_gets_into_the_database(credentials: Credentials) -> None:
    for text in ("secret", "$argon2id$broken", "$argon2i$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAA"):
        with pytest.raises(ValidationFailed):
            credentials.set_hash("a-1", text)
    credentials.check("thuky", "a-1", PASSWORD)


def test_hashing_costs_what_rfc_9106_asks_of_a_server() -> None:
    kept = extract_parameters(REAL.hash(PASSWORD))
    assert kept.type is Type.ID
    assert (kept.memory_cost, kept.time_cost) >= (64 * 1024, 3)  # section 4, second choice: 64 MiB, 3 passes


def test_a_login_that_nobody_has_is_checked_as_long_as_one_that_somebody_has() -> None:
    assert extract_parameters(passwords._NOBODY) == extract_parameters(REAL.hash(PASSWORD))


def test_a_weak_hash_is_made_anew_at_the_next_sign_in(credentials: Credentials) -> None:
    credentials.set_hash("a-1", PasswordHasher(time_cost=1, memory_cost=32, parallelism=1).hash(PASSWORD))
    credentials.check("thuky", "a-1", PASSWORD)
    with credentials.database.read() as connection:
        now = connection.execute(sa.select(kept.hashes.c.hash).where(kept.hashes.c.account == "a-1")).scalar_one()
    assert not passwords.outdated(now)
    credentials.check("thuky", "a-1", PASSWORD)
