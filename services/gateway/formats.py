"""Numbers and dates as Vietnamese offices write them: decimal comma, dd/mm/yyyy, Hanoi time.

Thousands are not set apart: in Viet Nam that would be a point, and "1.000" in a score field could be a thousand or one. So a number is
shown as it is typed, and a typed point is taken for a comma only where it cannot be a thousands point.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal

from shared.calendar import HANOI
from shared.errors import ValidationFailed


class NumberUnclear(ValidationFailed):
    """A typed number that cannot be read for sure. `details["typed"]`."""

    code = "number_unclear"


def number(value: Decimal | str | int | None, places: int | None = None) -> str:
    """A number with a decimal comma; `places` fills up with zeros, and never rounds."""
    if value is None or value == "":
        return ""
    text = format(Decimal(value), "f")
    whole, _, fraction = text.partition(".")
    if places is not None:
        fraction = fraction.rstrip("0").ljust(places, "0")
    return f"{whole},{fraction}" if fraction else whole


def short(value: Decimal | str | int | None) -> str:
    """A number without zeros at its end: 20, 7,5."""
    text = number(value)
    return text.rstrip("0").rstrip(",") if "," in text else text


def percent(share: Decimal | str) -> str:
    """A share as per cent: 0.0382 as 3,82 %."""
    return f"{short(Decimal(share) * 100)} %"


def typed_number(typed: str) -> Decimal | None:
    """What someone typed into a score field; None for an empty one.

    Raises NumberUnclear for what is no number, and for "1.000", which may be a thousand or one.
    """
    text = re.sub(r"\s", "", typed)
    if not text:
        return None
    thousands = re.fullmatch(r"-?[0-9]{1,3}(\.[0-9]{3})+(,[0-9]+)?", text)
    if thousands or not re.fullmatch(r"-?[0-9]{1,9}([.,][0-9]{1,9})?", text):
        raise NumberUnclear(f"{typed!r} cannot be read as a number; write 12 or 12,5.", typed=typed)
    return Decimal(text.replace(",", "."))


def day(value: str | date | None) -> str:
    """A date as dd/mm/yyyy."""
    if not value:
        return ""
    found = value if isinstance(value, date) else date.fromisoformat(value[:10])
    return found.strftime("%d/%m/%Y")


def moment(value: str | datetime | None) -> str:
    """An instant as hh:mm dd/mm/yyyy in Hanoi."""
    if not value:
        return ""
    found = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return found.astimezone(HANOI).strftime("%H:%M %d/%m/%Y")
