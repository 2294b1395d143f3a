"""What one scorer may give for one item."""

from decimal import Decimal

from shared.rubric.errors import ScoreOutOfRange, ScoreTooPrecise
from shared.rubric.model import Item


def check_score(item: Item, value: Decimal) -> None:
    """Refuse a score outside 0..maximum (`ScoreOutOfRange`) or of more decimals than allowed (`ScoreTooPrecise`)."""
    details = {"item": item.key, "value": str(value), "maximum": format(item.maximum, "f"), "places": item.places}
    if not value.is_finite() or not 0 <= value <= item.maximum:
        raise ScoreOutOfRange(
            f"Item {item.key}: {value} is outside 0 to {item.maximum:f}; give a score from 0 to {item.maximum:f}.",
            **details,
        )
    if _places(value) > item.places:
        allowed = "no decimals" if item.places == 0 else f"at most {item.places} decimals"
        raise ScoreTooPrecise(
            f"Item {item.key}: {value} (maximum {item.maximum:f}) has {_places(value)} decimals; give {allowed}.",
            **details,
        )


def _places(value: Decimal) -> int:
    _, _, digits = f"{value:f}".partition(".")
    return len(digits.rstrip("0"))
