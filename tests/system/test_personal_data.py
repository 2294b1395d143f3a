"""No name of a person stands anywhere in a running network, and a forgotten person is a mark from then on."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping

import pytest
import sqlalchemy as sa

from shared.config import SERVICES
from tests.support.network import Api, RunningNetwork

NAME, CORRECTED, NUMBER = "Vương Thuỵ Quỳnh Khuê", "Vương Thuỵ Quỳnh Khuyên", "079187654321"
POST = "Chuyên viên thống kê thi đua"
FORGOTTEN = "(đã xoá dữ liệu cá nhân)"
GIVING, RECEIVING = "btp", "ktnn"


@pytest.fixture
def person(network: RunningNetwork) -> str:
    """Somebody who went through all that people go through: registered, corrected, transferred, on a council, mistyped."""
    giving, receiving, office = (network.api(login) for login in (f"thuky.{GIVING}", f"thuky.{RECEIVING}", "thuongtruc"))
    person, council = str(uuid.uuid4()), f"hd-{uuid.uuid4().hex[:8]}"
    details = {"full_name": NAME, "sex": "female", "born_on": "1987-02-13", "identity_number": NUMBER}
    first = {"post": POST, "unit": GIVING, "from_on": "2020-01-01", "document": "QĐ 1"}
    giving.post("/people", {"person": person, **details, **first}, Idempotency_Key=f"{person}:1")
    giving.post("/people", {"person": person, **details, **first}, Idempotency_Key=f"{person}:1", status=200)
    giving.post("/people", {**details, **first, "identity_number": NUMBER[:-1]}, status=422)
    giving.post("/people", {**details, **first, "unit": RECEIVING}, status=403)
    office.call("PUT", f"/people/{person}/details", {**details, "full_name": CORRECTED, "reason": "gõ nhầm"})
    move = {"transfer": "t1", "post": POST, "from_unit": GIVING, "to_unit": RECEIVING, "moves_on": "2024-03-01", "document": "CV 7"}
    giving.post(f"/people/{person}/transfers", move)
    network.settle()
    assert CORRECTED in {row["full_name"] for row in receiving.get(f"/transfers?unit={RECEIVING}")}
    receiving.post(f"/people/{person}/transfers/t1/acceptance", {"post": POST, "document": "QĐ 8"})
    formed = {"council": council, "name": "Hội đồng", "organisation": RECEIVING, "formed_on": "2024-01-01", "document": "QĐ 9"}
    office.post("/councils", formed)
    term = {"term": "2024", "from_on": "2024-01-01", "until_on": "2028-12-31", "document": "QĐ 10"}
    office.post(f"/councils/{council}/terms", term)
    office.post(f"/councils/{council}/terms/2024/members", {"person": person, "seat": "secretary", "from_on": "2024-03-01"})
    network.settle()
    (seated,) = office.get(f"/councils/{council}")["terms"][0]["members"]
    assert seated["full_name"] == CORRECTED
    assert office.get(f"/people/{person}/details") == {**details, "full_name": CORRECTED}
    return person


def kept(network: RunningNetwork) -> dict[str, bytes]:
    """All that a network keeps or has said, by where it is: its files, the rows of its databases, its export."""
    found = {str(path.relative_to(network.var)): path.read_bytes() for path in network.var.rglob("*") if path.is_file()}
    if network.backend == "distributed":
        for service in SERVICES:
            found |= _rows(service, network.env["COMMENDATION_DATABASE_URL"].replace("{service}", service))
    return found | {"export": network.cli("export").stdout.encode()}


def _rows(service: str, url: str) -> dict[str, bytes]:
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        rows = {
            table: "\n".join(connection.execute(sa.text(f'SELECT t::text FROM "{table}" t')).scalars())
            for table in sa.inspect(connection).get_table_names()
        }
    engine.dispose()
    return {f"{service}.{table}": text.encode() for table, text in rows.items()}


def holding(content: Mapping[str, bytes], *words: str) -> list[str]:
    """Where one of these words stands, as it is or as JSON escapes it."""
    forms = {form.encode() for word in words for form in (word, json.dumps(word)[1:-1])}
    return [where for where, octets in content.items() if any(form in octets for form in forms)]


def test_no_name_is_kept_anywhere_and_forgetting_leaves_a_mark(network: RunningNetwork, person: str) -> None:
    personal = (NAME, CORRECTED, NUMBER, "1987-02-13")
    before = kept(network)
    for word, place in ((POST, "export"), (person, "audit"), (POST, "registry")):
        assert [where for where in holding(before, word) if where.startswith(place)], "the search finds what is there"
    assert holding(before, *personal) == []

    office: Api = network.api("thuongtruc")
    office.post(f"/people/{person}/erasure", {"ground": "Luật 91/2025/QH15", "requested_on": "2026-02-01"})
    assert network.cli("rebuild", "registry").returncode == 0
    network.settle()
    assert office.get(f"/people/{person}")["full_name"] == FORGOTTEN
    assert office.get(f"/people/{person}/details")["full_name"] == FORGOTTEN
    assert {row["full_name"] for row in office.get(f"/people?unit={RECEIVING}") if row["person"] == person} == {FORGOTTEN}
    told = json.loads(network.cli("verify", "--format", "json").stdout)
    assert told["findings"] == []
    assert any('"registry.PersonForgotten"' in line and person in line for line in network.cli("export").stdout.splitlines())
    assert "Nothing is parked." in network.cli("parked").stdout
    assert holding(kept(network), *personal) == []
