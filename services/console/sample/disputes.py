"""A declared conflict of interest in the sample: illustrative, and of a ground that hinders nobody."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

CAMPAIGN = "noi-chinh-2024"


class Asked(NamedTuple):
    """One command to the evaluations service: in whose name, and what."""

    name: str
    login: str
    method: str
    data: dict[str, Any]


def disputes(campaign: str) -> Iterator[Asked]:
    """What a unit says of itself before it checks another."""
    if campaign == CAMPAIGN:
        said = {"campaign": campaign, "unit": "btp", "scorer": "ktnn", "ground": "other"}
        note = "Minh hoạ: hai đơn vị cùng thực hiện một đề án liên ngành trong năm."
        yield Asked("conflict", "thuky.ktnn", "declare_conflict", {**said, "note": note})
