"""The app over a fake network and a SQLite file; no nameko, no eventlet, no broker."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from services.gateway import network as wire
from services.gateway import passwords, visitors
from services.gateway.answers import EXTENSION as ANSWERS
from services.gateway.answers import Answers
from services.gateway.app import create_app
from services.gateway.credentials import Credentials
from services.gateway.pages import CLOCK
from shared.store import open_database
from tests.services.gateway.world import PASSWORD, Clock, FakeNetwork, answers

CHEAP = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
REAL = passwords.hasher
HASH = CHEAP.hash(PASSWORD)


@pytest.fixture(autouse=True)
def _cheap_hashing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hundreds of sign-ins at a tenth of a second each would be minutes."""
    monkeypatch.setattr(passwords, "hasher", CHEAP)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def network() -> FakeNetwork:
    return FakeNetwork(answers())


@pytest.fixture
def credentials(tmp_path: Path, clock: Clock) -> Iterator[Credentials]:
    database = open_database(f"sqlite:///{tmp_path}/gateway.db")
    kept = Credentials(database, clock=clock)
    kept.prepare()
    kept.set_hash("a-1", HASH)
    kept.set_hash("a-2", HASH)
    yield kept
    database.close()


@pytest.fixture(scope="session")
def built() -> Flask:
    """The app once for all tests; describing the API takes most of the time of making it."""
    return create_app(FakeNetwork(), cast("Credentials", None), Clock())


@pytest.fixture
def app(built: Flask, network: FakeNetwork, credentials: Credentials, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Flask:
    parts = {wire.EXTENSION: network, visitors.EXTENSION: credentials, CLOCK: clock, ANSWERS: Answers()}
    for name, part in parts.items():
        monkeypatch.setitem(built.extensions, name, part)
    return built


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


class Browser:
    """A browser with a session: gives forms the token that their page carried."""

    def __init__(self, client: FlaskClient, login: str) -> None:
        self.client = client
        answer = client.post("/sign-in", data={"login": login, "password": PASSWORD, "next": "/"})
        assert answer.status_code == 303, answer.text
        self.csrf = token_of(client.get("/password").text)

    def get(self, path: str, **options: Any) -> TestResponse:
        return self.client.get(path, **options)

    def post(self, path: str, data: dict[str, Any] | None = None, **options: Any) -> TestResponse:
        return self.client.post(path, data={"csrf": self.csrf, **(data or {})}, **options)


def token_of(page: str) -> str:
    found = re.search(r'name="csrf" value="([0-9a-f]{64})"', page)
    assert found is not None, "the page has no CSRF token"
    return found[1]


@pytest.fixture
def browser(client: FlaskClient) -> Callable[[str], Browser]:
    return lambda login: Browser(client, login)


@pytest.fixture
def token(client: FlaskClient) -> Callable[[str], dict[str, str]]:
    """The Authorization header of a login."""

    def sign_in(login: str) -> dict[str, str]:
        answer = client.post("/api/v1/sessions", json={"login": login, "password": PASSWORD})
        assert answer.status_code == 201, answer.text
        return {"Authorization": f"Bearer {answer.get_json()['token']}"}

    return sign_in
