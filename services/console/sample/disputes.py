"""A declared conflict of interest in the sample, of a ground that hinders nobody, and an appeal that is rejected: both illustrative."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

RUNNING, FINISHED = "noi-chinh-2024", "noi-chinh-2023"


class Asked(NamedTuple):
    """One command to the evaluations service: in whose name, and what."""

    name: str
    login: str
    method: str
    data: dict[str, Any]


def disputes(campaign: str) -> Iterator[Asked]:
    """What a unit says of itself before it checks another."""
    if campaign == RUNNING:
        said = {"campaign": campaign, "unit": "btp", "scorer": "ktnn", "ground": "other"}
        note = "Minh hoạ: hai đơn vị cùng thực hiện một đề án liên ngành trong năm."
        yield Asked("conflict", "thuky.ktnn", "declare_conflict", {**said, "note": note})


def appeals(campaign: str) -> Iterator[Asked]:
    """What a unit says against a score that it was given, once all passes are closed, and the answer, by who scored nobody."""
    if campaign == FINISHED:
        key = {"campaign": campaign, "unit": "vksndtc", "appeal": "kien-nghi-minh-hoa-2023"}
        text = "Minh hoạ: phụ lục gửi bổ sung đã khớp với báo cáo; đề nghị xem lại điểm báo cáo."
        yield Asked("appeal", "thuky.vksndtc", "lodge_appeal", {**key, "items": ["III.4"], "text": text})
        answer = "Minh hoạ: phụ lục bổ sung được gửi sau khi chấm chéo kết thúc; giữ nguyên điểm đã thẩm định."
        yield Asked("appeal answered", "lanhdao", "answer_appeal", {**key, "outcome": "rejected", "answer": answer, "scores": []})
