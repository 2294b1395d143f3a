"""Facts that the tests of evidence, comments and returned sheets start from, and one of each of their events."""

from __future__ import annotations

from datetime import date

from services.evaluations import domain
from tests.services.evaluations import given as the

REPORT = domain.File("5e" * 32, "Báo cáo năm.pdf", "application/pdf", 81_234)
PHOTO = domain.File("0f" * 32, "ảnh.jpg", "image/jpeg", 512)
REASON = "Mục A1 chưa có số liệu quý IV, đề nghị bổ sung."
BACK_ON = date(2024, 12, 5)


def attach(item: str = "A1", file: domain.File = REPORT) -> domain.AttachEvidence:
    return domain.AttachEvidence(**the.KEY, item=item, file=file)


def attached(item: str = "A1", file: domain.File = REPORT) -> domain.EvidenceAttached:
    return domain.EvidenceAttached(**the.KEY, item=item, sha256=file.sha256, name=file.name, media_type=file.media_type, size=file.size)


def remove(item: str = "A1", file: domain.File = REPORT) -> domain.RemoveEvidence:
    return domain.RemoveEvidence(**the.KEY, item=item, sha256=file.sha256, reason="nhầm tệp")


def removed(item: str = "A1", file: domain.File = REPORT) -> domain.EvidenceRemoved:
    return domain.EvidenceRemoved(**the.KEY, item=item, sha256=file.sha256, reason="nhầm tệp")


def give_back(*items: str, reason: str = REASON, due_on: date | None = BACK_ON) -> domain.ReturnSheet:
    return domain.ReturnSheet(**the.KEY, reason=reason, items=items, due_on=due_on)


def returned(*items: str, due_on: date = BACK_ON) -> domain.SheetReturned:
    return domain.SheetReturned(**the.KEY, reason=REASON, items=items, due_on=due_on)


def comment(words: str = "Số liệu lấy từ báo cáo tháng 11.", item: str = "A1") -> domain.CommentItem:
    return domain.CommentItem(**the.KEY, item=item, comment=words)


def review(words: str = "Chưa rõ nguồn số liệu.", item: str = "A1") -> domain.ReviewItem:
    return domain.ReviewItem(**the.KEY, item=item, comment=words)


def commented(words: str, item: str = "A1") -> domain.ItemCommented:
    return domain.ItemCommented(**the.KEY, item=item, comment=words)


HANDED_IN = (the.entered(*the.ALL), the.submitted())
"""A sheet that was scored and handed in."""

FACTS = (attached(), removed(), commented("Chưa rõ nguồn số liệu."), returned("A1", "B1"))
"""One of each event."""
