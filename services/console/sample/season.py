"""Loads the sample season command by command, each in the name of the account whose work it is.

Every step has a command id of its own made from its name, so that a load that was killed half-way goes on where it stood: what was done is
answered as before and not done again.
"""

from __future__ import annotations

import csv
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from importlib import resources
from itertools import chain
from typing import Any

import yaml
from rich.progress import Progress

from services.console.sample.ballots import ballots
from services.console.sample.checking import before_scoring, while_open
from services.console.sample.clusters import clusters
from services.console.sample.disputes import appeals, disputes
from services.console.sample.districts import districts
from services.console.sample.leading import answers
from services.console.sample.people import people
from services.console.sample.ratings import ratings
from services.console.sample.sheets import handed_in
from services.console.sample.year import OFFICE, Asked, begins, ends, goes_on, plan_document
from services.rankings.domain import Score, standings
from shared.blobs import Blobs
from shared.calendar import legal_date
from shared.config import PRODUCERS
from shared.errors import CommendationError, Unavailable
from shared.ids import derived_id
from shared.rpc import Network, Request
from shared.rubric import Rubric, copied, load_yaml, to_data

SETTLE_SECONDS_MAX = 60.0
DAYS_TO_FILL = 14
READERS = ("registry", "campaigns", "evaluations", "awards", "rankings", "audit")


@dataclass(frozen=True, slots=True)
class Step:
    """One command of the sample: who gives it, to which service, and what; file: bytes that lie in the blob store before it."""

    name: str
    login: str
    service: str
    method: str
    data: dict[str, Any]
    file: bytes | None = None


class SampleFailed(CommendationError):
    """The sample could not be loaded; the message says at which step."""

    code = "sample_failed"


def account_of(login: str) -> str:
    """The account id of a sample login: the same at every load."""
    return derived_id("sample-account", login)


def accounts_text() -> str:
    """The sample accounts as one prints them."""
    plan = _plan()
    lines = [f"  {account['login']:<16} {account['post']}" for account in plan["accounts"]]
    return "\n".join([f"Sample accounts (password of all: {plan['password']}):", *lines])


def sample_password() -> str:
    return str(_plan()["password"])


def load_season(network: Network, blobs: Blobs, *, progress: bool = False, step_done: Callable[[str], None] = lambda _name: None) -> None:
    """Load what is not loaded yet; blobs: the store that the network reads files from. Raises SampleFailed, Unavailable."""
    plan = _plan()
    _wait_until_answering(network)
    founded = _found(network, plan)
    if _complete(network, plan):
        return
    _set_passwords(network, plan)
    parts = [_registry_steps(plan), _season_steps(plan, plan["seasons"][0], founded), _award_steps(plan)]
    parts.append(Step(one.name, one.login, "evaluations", one.method, one.data) for one in ratings(founded))
    members = [account["login"] for account in plan["accounts"] if account["login"].startswith("thuky.")]
    parts.append(Step(one.name, one.login, "evaluations", one.method, one.data) for one in ballots(members))
    parts.append(_season_steps(plan, plan["seasons"][1], founded))
    everything = [list(part) for part in parts]
    with Progress(disable=not progress, transient=True) as shown:
        task = shown.add_task("Sample season", total=sum(len(part) for part in everything))
        for part in everything:
            for step in part:
                _settle_for(network, step)
                if step.file is not None:
                    blobs.put(step.file)
                _do(network, step)
                step_done(step.name)
                shown.advance(task)
    settle(network)


def settle(network: Network, seconds: float = SETTLE_SECONDS_MAX) -> None:
    """Wait until every read model holds everything that every service has recorded."""
    deadline = time.monotonic() + seconds
    while True:
        told = {name: network.ask(name, "health", Request("system")) for name in READERS}
        heads = {name: told[name]["head"] for name in PRODUCERS}
        behind = [name for name, health in told.items() if any(row["position"] < heads.get(row["service"], 0) for row in health["cursors"])]
        if not behind:
            return
        if time.monotonic() > deadline:
            raise Unavailable(f"The read models of {', '.join(behind)} have not caught up within {seconds:.0f} seconds; see the log.")
        time.sleep(0.02)


_RESTS_ON_OTHERS = {
    ("registry", "offer_transfer"),
    ("registry", "consent_to_lead"),
    ("registry", "decline_to_lead"),
    ("campaigns", "publish_rubric"),
    ("campaigns", "launch_campaign"),
    ("campaigns", "open_pass"),
    ("campaigns", "remind_unit"),
    ("campaigns", "finalise"),
    ("evaluations", "import_sheets"),
    ("evaluations", "lodge_appeal"),
    ("evaluations", "declare_conflict"),
    ("evaluations", "open_ballot"),
    ("evaluations", "score_items"),
    ("evaluations", "enter_ratings"),
    ("evaluations", "submit_initiative"),
    ("awards", "propose_flag"),
    ("awards", "hand_over_flag"),
    ("audit", "take_checkpoint"),
}
"""Commands that rest on facts or roles that reach their service by events."""


def _settle_for(network: Network, step: Step) -> None:
    """Steps that rest on other services' facts wait until these have arrived."""
    if (step.service, step.method) in _RESTS_ON_OTHERS:
        settle(network)


def _do(network: Network, step: Step) -> None:
    actor = account_of(step.login)
    try:
        network.ask(step.service, step.method, Request(actor, step.data, derived_id("sample", step.name), f"sample:{step.name}"))
    except Unavailable:
        raise
    except CommendationError as error:
        raise SampleFailed(f"The sample stopped at {step.name}: {error.message}", step=step.name) from error


def _wait_until_answering(network: Network) -> None:
    deadline = time.monotonic() + SETTLE_SECONDS_MAX
    for service in (*READERS, "gateway"):
        while True:
            try:
                network.ask(service, "health", Request("system"), seconds=3)
                break
            except Unavailable:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.5)


def _found(network: Network, plan: dict[str, Any]) -> date:
    """Found the network with the sample's administrator; the day it was founded."""
    state = network.ask("registry", "network_state", Request("system"))
    if state["founded"] and not state["sample"]:
        raise SampleFailed("This network is in real use; the sample season goes into a folder of its own (COMMENDATION_VAR).")
    first = plan["accounts"][0]
    data = {"account": account_of(first["login"]), "login": first["login"], "post": first["post"], "sample": True}
    network.ask("registry", "found_network", Request("system", data, "sample:found", "sample:found"))
    event = network.ask("registry", "read_feed", Request("system", {"after": 0, "limit": 1}))["events"][0]
    return legal_date(datetime.fromisoformat(event["time"]))


def _complete(network: Network, plan: dict[str, Any]) -> bool:
    """Whether the last step of the sample has been taken."""
    last = list(_season_steps(plan, plan["seasons"][1], date.min + timedelta(days=1)))[-1]
    sheets = network.ask("evaluations", "sheets", Request("system", {"campaign": last.data["campaign"]}))
    return any(sheet["unit"] == last.data["unit"] and sheet["state"] == "submitted" for sheet in sheets)


def _set_passwords(network: Network, plan: dict[str, Any]) -> None:
    from services.gateway.passwords import hash_of

    kept = hash_of(plan["password"])  # one for all: a salt each would hide nothing of a password that is published
    for account in plan["accounts"]:
        network.ask("gateway", "set_password", Request("system", {"account": account_of(account["login"]), "hash": kept}))


def _registry_steps(plan: dict[str, Any]) -> Iterator[Step]:
    admin = plan["accounts"][0]["login"]
    for organisation in plan["organisations"]:
        yield Step(f"organisation {organisation['organisation']}", admin, "registry", "register_organisation", organisation)
    yield Step("cluster", admin, "registry", "form_cluster", plan["cluster"])
    cluster = plan["cluster"]["cluster"]
    for unit in plan["members"]:
        data = {"cluster": cluster, "unit": unit, "from_on": plan["member_from"]}
        yield Step(f"member {unit}", admin, "registry", "admit_member", data)
    for leader in plan["leaders"]:
        yield Step(f"leader {leader['season']}", admin, "registry", "designate_leader", {"cluster": cluster, **leader})
    yield Step("list", admin, "registry", "describe_list", {"cluster": cluster, **plan["list"]})
    for account in plan["accounts"]:
        login = account["login"]
        opened = {"account": account_of(login), "login": login, "post": account["post"], "organisation": account.get("organisation")}
        if login != admin:
            yield Step(f"account {login}", admin, "registry", "open_account", opened)
        for role, scope in account["roles"]:
            data = {"account": account_of(login), "role": role, "scope": scope}
            yield Step(f"role {login} {role} {scope}", admin, "registry", "grant_role", data)
    for one in people():
        yield Step(one.name, one.login, "registry", one.method, one.data)
    for name, login, method, asked in answers(cluster):
        yield Step(name, login, "registry", method, asked)
    for name, method, asked in chain(clusters(), districts()):
        yield Step(name, admin, "registry", method, asked)


def _season_steps(plan: dict[str, Any], season: dict[str, Any], founded: date) -> Iterator[Step]:
    """A season from rubric to final result; one without passes of its own has its first pass open from the sample's founding on."""
    office, campaign, year = "thuongtruc", season["campaign"], season["season"]
    rubric = to_data(_rubric_of(year, plan["seasons"][0]["season"]))
    yield Step(f"rubric {year}", office, "campaigns", "publish_rubric", {"rubric": rubric})
    launched = {name: season[name] for name in ("campaign", "title", "season", "starts_on", "ends_on", "registration_due_on")}
    launched |= {"cluster": plan["cluster"]["cluster"], "rubric": rubric["key"], "illustrative": True}
    launched["legal_basis"] = "HD 2746/HD-BTĐKT ngày 24/11/2015 (khối thi đua các bộ, ngành)"
    launched["plan_document"] = plan_document(campaign)
    yield Step(f"launch {year}", office, "campaigns", "launch_campaign", launched)
    yield from _of_the_year(year, begins(campaign))
    for unit in plan["members"]:
        who = _secretary(plan, unit)
        registered = {"campaign": campaign, "unit": unit, "registered_on": season["covenant_on"]}
        yield Step(f"registration {year} {unit}", office, "campaigns", "record_registration", registered)
        signed = {"campaign": campaign, "unit": unit, "signatory": "Đại diện lãnh đạo đơn vị", "signed_on": season["covenant_on"]}
        yield Step(f"covenant {year} {unit}", who, "campaigns", "sign_covenant", signed)
    yield from _of_the_year(year, goes_on(campaign))
    for one in before_scoring(campaign, founded):
        yield Step(f"{one.name} {year}", one.login, "campaigns", one.method, one.data)
    scores = _scores(year)
    if "passes" in season:
        yield from _finished_passes(season, scores)
    else:
        yield from _running_pass(plan, season, scores, founded)


def _of_the_year(year: int, asked: Iterable[Asked]) -> Iterator[Step]:
    for one in asked:
        yield Step(f"{one.name} {year}", OFFICE, "campaigns", one.method, one.data)


def _finished_passes(season: dict[str, Any], scores: list[dict[str, str]]) -> Iterator[Step]:
    """Passes that are over: their paper sheets are entered by the office, pass by pass."""
    office, campaign, year = "thuongtruc", season["campaign"], season["season"]
    for pass_key, due_on in season["passes"].items():
        opened = {"campaign": campaign, "pass_key": pass_key, "due_on": due_on}
        yield Step(f"open {year} {pass_key}", office, "campaigns", "open_pass", opened)
        sheets: dict[tuple[str, str], list[dict[str, Any]]] = {}
        for row in scores:
            if row["pass"] == pass_key:
                given = {"item": row["item"], "score": row["score"], "reason": row["reason"] or None}
                sheets.setdefault((row["unit"], row["scorer"]), []).append(given)
        data = {
            "campaign": campaign,
            "pass_key": pass_key,
            "sheets": [
                {"unit": unit, "scorer": scorer, "scores": given, "handed_in_on": due_on} for (unit, scorer), given in sheets.items()
            ],
        }
        yield Step(f"sheets {year} {pass_key}", office, "evaluations", "import_sheets", data)
        yield Step(f"close {year} {pass_key}", office, "campaigns", "close_pass", {"campaign": campaign, "pass_key": pass_key})
    for said in appeals(campaign):
        yield Step(f"{said.name} {year}", said.login, "evaluations", said.method, said.data)
    yield from _of_the_year(year, ends(campaign))
    yield Step(f"final {year}", office, "campaigns", "finalise", {"campaign": campaign})


def _running_pass(plan: dict[str, Any], season: dict[str, Any], scores: list[dict[str, str]], founded: date) -> Iterator[Step]:
    """The self pass, in which some secretaries have handed in and the others still have to."""
    campaign, year = season["campaign"], season["season"]
    due_on = (founded + timedelta(days=DAYS_TO_FILL)).isoformat()
    yield Step(f"open {year} self", "khoitruong", "campaigns", "open_pass", {"campaign": campaign, "pass_key": "self", "due_on": due_on})
    for one in while_open(campaign):
        yield Step(f"{one.name} {year}", one.login, "campaigns", one.method, one.data)
    for said in disputes(campaign):
        yield Step(f"{said.name} {year}", said.login, "evaluations", said.method, said.data)
    for unit in plan["submitted_2024"]:
        given = [{"item": row["item"], "score": row["score"]} for row in scores if row["unit"] == unit]
        for filled in handed_in(campaign, unit, _secretary(plan, unit), given):
            yield Step(f"{filled.name} {year}", filled.login, "evaluations", filled.method, filled.data, filled.file)


def _award_steps(plan: dict[str, Any]) -> Iterator[Step]:
    """The flag for the unit at the top of the final board, and, apart from it, the rotation flag for next season's leader; then the
    inspector's checkpoint of the logs that say so, beside the one that the audit took of the final board."""
    award, handover = plan["award"], plan["handover"]
    proposal = {name: award[name] for name in ("proposal", "form", "reason")}
    proposal |= {"campaign": plan["seasons"][0]["campaign"], "unit": _first_of(_scores(plan["seasons"][0]["season"]))}
    yield Step("proposal", "thuongtruc", "awards", "propose_flag", proposal)
    yield Step("vote", "hoidong", "awards", "record_vote", {"proposal": award["proposal"], **award["vote"]})
    yield Step("decision", "lanhdao", "awards", "decide", {"proposal": award["proposal"], **award["decision"]})
    yield Step("handover", "thuongtruc", "awards", "hand_over_flag", {"cluster": plan["cluster"]["cluster"], **handover})
    yield Step("checkpoint", "thanhtra", "audit", "take_checkpoint", {})


def _first_of(scores: list[dict[str, str]]) -> str:
    """The unit that the sample's own scores put first, by the engine."""
    at = datetime(2024, 1, 1, tzinfo=UTC)
    records = [Score(row["unit"], row["item"], row["pass"], row["scorer"], Decimal(row["score"]), at) for row in scores]
    units = list(dict.fromkeys(row["unit"] for row in scores))
    return standings(_rubric(), units, records).rows[0].unit


def _secretary(plan: dict[str, Any], unit: str) -> str:
    for account in plan["accounts"]:
        if ["secretary", unit] in account["roles"]:
            return str(account["login"])
    raise SampleFailed(f"The sample has no secretary for {unit}.")


def _rubric_of(year: int, first: int) -> Rubric:
    """The rubric of a season, in force throughout its year; that of a later season is a copy of the first."""
    table = _rubric()
    before = None if year == first else f"{table.key}-{first}"
    days = (date(year, 1, 1), date(year, 12, 31))
    return copied(table, key=f"{table.key}-{year}", title=table.title, season=year, days=days, based_on=before)


def _rubric() -> Rubric:
    return load_yaml(resources.files(__package__).joinpath("rubric.yaml").read_text(encoding="utf-8"))


def _plan() -> dict[str, Any]:
    text = resources.files(__package__).joinpath("network.yaml").read_text(encoding="utf-8")
    loaded: dict[str, Any] = yaml.safe_load(text)
    return loaded


def _scores(year: int) -> list[dict[str, str]]:
    with resources.files(__package__).joinpath(f"scores-{year}.csv").open(encoding="utf-8") as handle:
        return list(csv.DictReader(handle))
