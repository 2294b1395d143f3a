"""A show of hands that is over and a secret ballot that is open: invented, and marked so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from shared.ids import derived_id

COUNCIL = "hoidong"
TITLES = {"hands": "Suy tôn đơn vị nhận cờ của Khối năm 2023 (minh hoạ)", "secret": "Suy tôn Khối trưởng năm 2025 (minh hoạ)"}


class Asked(NamedTuple):
    """One command to the evaluations service: in whose name, and what."""

    name: str
    login: str
    method: str
    data: dict[str, Any]


def ballots(logins: Iterable[str]) -> Iterator[Asked]:
    """logins: of the members' accounts, which vote."""
    electorate = [derived_id("sample-account", login) for login in logins]
    common = {"purpose": "acclaim", "electorate": electorate, "rule": "acclaim"}
    shown = {"ballot": "suy-ton-co-2023", "title": TITLES["hands"], "mode": "hands", "kind": "approve_each"}
    yield Asked("ballot hands", COUNCIL, "open_ballot", {**common, **shown, "choices": [{"choice": "btp", "subject": "unit"}]})
    hands = [{"choice": "btp", "in_favour": len(electorate), "against": 0}]
    counted = {"ballot": shown["ballot"], "cast": len(electorate), "hands": hands}
    yield Asked("ballot hands closed", COUNCIL, "close_ballot", counted)
    secret = {"ballot": "suy-ton-khoi-truong-2025", "title": TITLES["secret"], "mode": "secret", "kind": "choose_one"}
    choices = [{"choice": unit, "subject": "unit"} for unit in ("btp", "bqp", "ktnn")]
    yield Asked("ballot secret", COUNCIL, "open_ballot", {**common, **secret, "choices": choices})
