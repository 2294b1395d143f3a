"""What keeps other sites out: CSRF, cookies, headers, addresses after the sign-in."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from tests.services.gateway.conftest import Browser
from tests.services.gateway.world import PASSWORD, FakeNetwork

Browsers = Callable[[str], Browser]
REGISTRATION = "/campaigns/td-2024/units/btp/registration"


@pytest.mark.parametrize("token", ["", "0" * 64, "không phải"])
def test_a_form_without_the_sessions_token_is_refused(browser: Browsers, network: FakeNetwork, token: str) -> None:
    answer = browser("thuky").post(REGISTRATION, {"csrf": token})
    assert answer.status_code == 403
    assert "Yêu cầu không đến từ trang này" in answer.text
    assert not network.told("campaigns", "register_unit")


@pytest.mark.parametrize("headers", [{"Origin": "https://elsewhere.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}])
def test_a_form_from_another_site_is_refused(browser: Browsers, network: FakeNetwork, headers: dict[str, str]) -> None:
    assert browser("thuky").post(REGISTRATION, headers=headers).status_code == 403
    assert not network.told("campaigns", "register_unit")


SAME = [{"Origin": "http://localhost"}, {"Sec-Fetch-Site": "same-origin"}]
FOREIGN = [
    {},
    {"Origin": "https://elsewhere.example"},
    {"Origin": "null"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "none"},
    {"Origin": "http://localhost", "Sec-Fetch-Site": "cross-site"},
    {"Origin": "https://elsewhere.example", "Sec-Fetch-Site": "same-origin"},
]
TYPED = {"csrf": "0" * 64, "command": "shown-1", "signatory": "Ông <b>", "signed_on": "2024-02-01"}
COVENANT = "/campaigns/td-2024/units/btp/covenant"


@pytest.mark.parametrize("headers", SAME)
def test_what_was_typed_into_a_page_of_an_earlier_session_is_sent_again_by_the_visitor(
    browser: Browsers, network: FakeNetwork, headers: dict[str, str]
) -> None:
    here = browser("thuky")
    kept = here.post(COVENANT, TYPED, headers=headers)
    assert kept.status_code == 403
    assert not network.told("campaigns", "sign_covenant"), "nothing is done before the visitor says so"
    assert "Thư ký &lt;b&gt;" in kept.text, "whose account it will be"
    assert f'<form method="post" action="{COVENANT}">' in kept.text
    fields = {name: html.unescape(value) for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', kept.text)}
    assert fields == {**TYPED, "csrf": here.csrf}
    assert here.post(COVENANT, fields, headers=headers).status_code == 303
    (call,) = network.told("campaigns", "sign_covenant")
    assert (call.command, call.data["signatory"]) == ("shown-1", "Ông <b>")


@pytest.mark.parametrize("headers", FOREIGN)
def test_fields_that_another_site_may_have_filled_in_are_never_carried(
    browser: Browsers, network: FakeNetwork, headers: dict[str, str]
) -> None:
    answer = browser("thuky").post(COVENANT, {**TYPED, "signatory": "kẻ gian"}, headers=headers)
    assert (answer.status_code, "kẻ gian" in answer.text) == (403, False)
    assert not network.told("campaigns", "sign_covenant")


@pytest.mark.parametrize("headers", FOREIGN[1:5])
def test_what_another_site_sends_is_not_carried_through_the_sign_in(client: FlaskClient, headers: dict[str, str]) -> None:
    answer = client.post(COVENANT, data={**TYPED, "signatory": "kẻ gian"}, headers=headers)
    assert (answer.status_code, "kẻ gian" in answer.text) == (403, False)


def test_passwords_and_files_are_left_behind_and_the_page_says_so(browser: Browsers) -> None:
    here = browser("office")
    secret = {"csrf": "0" * 64, "login": "moi", "password": "mật khẩu của ai đó"}
    kept = here.post("/accounts", secret, headers=SAME[0])
    assert 'value="moi"' in kept.text
    assert "mật khẩu của ai đó" not in kept.text
    assert "Tệp và mật khẩu không giữ được" in kept.text
    file = {"csrf": "0" * 64, "form": "workbook", "file": (io.BytesIO(b"PK"), "to-chuc.xlsx")}
    kept = here.post("/organisations/workbook", file, headers=SAME[0], content_type="multipart/form-data")
    assert "Tệp và mật khẩu không giữ được" in kept.text
    assert "Tệp và mật khẩu" not in here.post(REGISTRATION, {"csrf": "0" * 64}, headers=SAME[0]).text


def test_a_form_of_this_site_is_taken(browser: Browsers, network: FakeNetwork) -> None:
    answer = browser("thuky").post(REGISTRATION, headers={"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 303
    assert network.told("campaigns", "register_unit")[0].actor == "a-1"


def test_sign_in_from_another_site_is_refused(client: FlaskClient) -> None:
    data = {"login": "thuky", "password": PASSWORD}
    assert client.post("/sign-in", data=data, headers={"Origin": "https://elsewhere.example"}).status_code == 403


def test_the_api_takes_a_cookie_for_reading_and_for_changes_only_with_the_token(browser: Browsers, network: FakeNetwork) -> None:
    here = browser("office")
    body = {"cluster": "k2", "name": "Khối 2", "organiser": "ban", "formed_on": "2024-01-01"}
    assert here.client.get("/api/v1/clusters").status_code == 200
    refused = here.client.post("/api/v1/clusters", json=body)
    assert (refused.status_code, refused.get_json()["code"]) == (403, "csrf_refused")
    assert not network.told("registry", "form_cluster")
    assert here.client.post("/api/v1/clusters", json=body, headers={"X-CSRF-Token": here.csrf}).status_code == 201


@pytest.mark.parametrize("headers", [{}, {"X-Forwarded-Proto": "https"}])
def test_the_cookie_is_for_this_site_and_no_script(client: FlaskClient, headers: dict[str, str]) -> None:
    answer = client.post("/sign-in", data={"login": "thuky", "password": PASSWORD}, headers=headers)
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert ("Secure" in cookie) == bool(headers)


@pytest.mark.parametrize("path", ["/sign-in", "/health", "/nowhere", "/api/v1/tasks", "/static/style.css"])
def test_every_answer_carries_the_headers(client: FlaskClient, path: str) -> None:
    headers = client.get(path).headers
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["X-Correlation-ID"]
    assert ("no-store" in headers["Cache-Control"]) == (path != "/static/style.css")


@pytest.mark.parametrize(
    "address", ["https://elsewhere.example/x", "//elsewhere.example", "/\\elsewhere.example", "javascript:alert(1)", ""]
)
def test_the_sign_in_leads_nowhere_else(client: FlaskClient, address: str) -> None:
    answer = client.post("/sign-in", data={"login": "thuky", "password": PASSWORD, "next": address})
    assert answer.headers["Location"] == "/"


def test_the_sign_in_leads_back_to_the_page_asked_for(client: FlaskClient) -> None:
    asked = client.get("/campaigns/td-2024/boards/standings?as_of=2024-01-01T08:00")
    assert asked.status_code == 303
    page = client.get(asked.headers["Location"])
    assert 'name="next" value="/campaigns/td-2024/boards/standings?as_of=2024-01-01T08:00"' in page.text


def test_what_people_typed_is_escaped(browser: Browsers) -> None:
    here = browser("thuky")
    assert "Thư ký &lt;b&gt;" in here.get("/").text
    assert "&lt;i&gt;rõ&lt;/i&gt;" in here.get("/campaigns/td-2024/boards/standings/btp").text
