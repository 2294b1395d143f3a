"""How the sheets of the running sample season are filled and handed in; one with evidence, which is given back for an item and comes again.

Illustrative throughout: the file says so itself, and the scores that stand in the end are those of the sample's own table.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from shared.blobs import digest_of

LEADER = "khoitruong"
GIVEN_BACK = {
    "unit": "bqllang",
    "items": ["I.2"],
    "reason": "Minh hoạ: điểm tự chấm chất lượng, tiến độ cao hơn số liệu trong báo cáo; đề nghị đơn vị rà soát lại.",
}
TOO_MUCH = Decimal(2)
"""Points by which the item that is given back was first scored too high."""

_PAGE = b"BT /F1 16 Tf 72 760 Td (BAO CAO MINH HOA - khong phai so lieu that \\(illustrative\\)) Tj ET"
_OBJECTS = (
    b"<< /Type /Catalog /Pages 2 0 R >>",
    b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
    b"<< /Length %d >>\nstream\n%s\nendstream" % (len(_PAGE), _PAGE),
    b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
)


class Asked(NamedTuple):
    """One command to the evaluations service: in whose name, and what; file: bytes that lie in the blob store before it."""

    name: str
    login: str
    method: str
    data: dict[str, Any]
    file: bytes | None = None


def handed_in(campaign: str, unit: str, secretary: str, scores: Sequence[dict[str, str]]) -> Iterator[Asked]:
    """A sheet as its secretary fills it and hands it in."""
    key = {"campaign": campaign, "unit": unit, "pass_key": "self", "scorer": unit}
    again = [one for one in scores if unit == GIVEN_BACK["unit"] and one["item"] in GIVEN_BACK["items"]]
    first = [{**one, "score": str(Decimal(one["score"]) + TOO_MUCH)} if one in again else one for one in scores]
    yield Asked(f"scores {unit}", secretary, "score_items", {**key, "scores": first})
    if again:
        file = report()
        shown = {"item": "I.1", "sha256": digest_of(file), "name": "Báo cáo năm (minh hoạ).pdf"}
        yield Asked(f"evidence {unit}", secretary, "attach_evidence", {**key, **shown}, file)
    yield Asked(f"submit {unit}", secretary, "submit_sheet", key)
    if again:
        back = {name: GIVEN_BACK[name] for name in ("items", "reason")}
        yield Asked(f"return {unit}", LEADER, "return_sheet", {**key, **back})
        yield Asked(f"corrected {unit}", secretary, "score_items", {**key, "scores": again})
        yield Asked(f"submit again {unit}", secretary, "submit_sheet", key)


def report() -> bytes:
    """A PDF of one page, the same bytes at every load."""
    made, places = bytearray(b"%PDF-1.4\n"), []
    for number, content in enumerate(_OBJECTS, start=1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(_OBJECTS) + 1, len(made))
    return bytes(made) + b"xref\n0 %d\n0000000000 65535 f \n" % (len(_OBJECTS) + 1) + table + end
