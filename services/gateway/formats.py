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


def typed_day(typed: str) -> str:
    """A day as people write it (5/11/2024, 05.11.2024, 05112024) as ISO text; what is no day stays as typed, to be refused."""
    text = re.sub(r"\s", "", typed)
    found = re.fullmatch(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", text) or re.fullmatch(r"(\d\d)(\d\d)(\d{4})", text)
    if not found:
        return typed
    in_month, month, year = map(int, found.groups())
    try:
        return date(year, month, in_month).isoformat()
    except ValueError:
        return typed


def typed_moment(typed: str) -> datetime | None:
    """An instant as people write it (05/11/2024 17:30, 17:30 05/11/2024) or in ISO format, without a zone where none was given.

    None for what is no instant.
    """
    text = " ".join(typed.split())
    written = re.fullmatch(r"(\d{1,2}:\d{2}) (\S+)", text)
    in_day, _, in_hour = (f"{written[2]} {written[1]}" if written else text).partition(" ")
    try:
        return datetime.fromisoformat(f"{typed_day(in_day)} {in_hour.zfill(5)}" if in_hour else text)
    except ValueError:
        return None


def day_field(value: str | date | None) -> str:
    """What stands in a field for a day: the day as dd/mm/yyyy; what was typed and is none, as it was typed."""
    try:
        return day(value)
    except ValueError:
        return str(value)


def moment(value: str | datetime | None) -> str:
    """An instant as hh:mm dd/mm/yyyy in Hanoi."""
    if not value:
        return ""
    found = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return found.astimezone(HANOI).strftime("%H:%M %d/%m/%Y")


def printable(text: str) -> str:
    """Text as Word and Excel files can hold it: what XML knows no character for, and earlier releases took, is a blank."""
    return _UNPRINTABLE.sub(" ", text)


_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
