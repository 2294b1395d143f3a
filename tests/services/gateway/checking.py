"""What the fake network says of pairings, inspections and what is due."""

from __future__ import annotations

from typing import Any

PAIRING = {
    "pass_key": "cluster",
    "drawn": {
        "campaign": "td-2024",
        "pass_key": "cluster",
        "seed": "0f" * 16,
        "checks_each": 1,
        "rules": ["not_kin"],
        "units": ["bca", "btp", "ktnn"],
        "kin": [],
        "last_year": [],
        "pairs": [{"unit": "bca", "by": ["ktnn"]}, {"unit": "btp", "by": ["bca"]}, {"unit": "ktnn", "by": ["btp"]}],
        "reason": None,
    },
    "corrected": [{"campaign": "td-2024", "pass_key": "cluster", "unit": "btp", "checkers": ["ktnn"], "reason": "Vì <b>"}],
    "pairs": [{"unit": "bca", "by": ["ktnn"]}, {"unit": "btp", "by": ["ktnn"]}, {"unit": "ktnn", "by": ["btp"]}],
    "breaches": [{"unit": "btp", "checker": "ktnn", "rule": "not_kin"}],
    "reproduced": True,
    "opened": False,
}

INSPECTION = {
    "inspection": "kt-1",
    "campaign": "td-2024",
    "unit": "btp",
    "planned_on": "2024-10-15",
    "team": ["Phó Trưởng ban", "Chuyên viên"],
    "document": "KH 12",
    "state": "held",
    "held_on": "2024-10-15",
    "concluded_on": None,
    "conclusion": None,
    "conclusion_document": None,
    "reason": None,
    "findings": [
        {
            "inspection": "kt-1",
            "finding": "1",
            "place": 3,
            "text": "Chưa lập sổ <i>",
            "severity": "shortcoming",
            "follow_up_due_on": "2024-11-15",
            "follow_ups": [],
            "open": True,
        },
        {
            "inspection": "kt-1",
            "finding": "2",
            "place": 4,
            "text": "Lưu ý",
            "severity": "remark",
            "follow_up_due_on": None,
            "follow_ups": [{"on": "2024-10-20", "text": "Đã làm"}],
            "open": False,
        },
    ],
}


def owed(unit: str = "btp", about: str = "sheet", **more: Any) -> dict[str, Any]:
    return {
        "unit": unit,
        "about": about,
        "campaign": "td-2024",
        "subject": f"self/{unit}",
        "due_on": "2024-11-15",
        "scored": unit,
        "pass_key": "self",
        "inspection": None,
        "finding": None,
        "title": "Phong trào 2024",
        "cluster": "khoi",
        "reminded": None,
        "left": None,
        "late": 3,
        "tentative": False,
        **more,
    }


FOLLOW_UP = owed(
    about="follow_up",
    subject="kt-1/1",
    scored=None,
    pass_key=None,
    inspection="kt-1",
    finding="1",
    due_on="2024-11-29",
    left=7,
    late=None,
    tentative=True,
    reminded={"times": 2, "last_on": "2024-11-18", "text": "Sắp đến hạn.", "channel": "mail"},
)
REGISTRATION = owed("bca", "registration", subject=None, scored=None, pass_key=None, due_on="2024-11-20", left=0, late=None)


def due(data: dict[str, Any]) -> dict[str, Any]:
    rows = [row for row in (owed(), FOLLOW_UP, REGISTRATION) if data.get("unit") in (None, row["unit"])]
    return {"today": "2024-11-20", "rows": rows, "units": []}


MAILS = {
    "counts": {"waiting": 0, "sent": 4, "failed": 1},
    "mails": [
        {
            "event": "e-7",
            "unit": "bca",
            "address": "vanthu@bca.example.vn",
            "about": "sheet",
            "due_on": "2024-11-15",
            "state": "failed",
            "attempts": 8,
            "next_at": "2024-11-18T03:00:00Z",
            "error": "no such mailbox",
            "sent_at": None,
        }
    ],
}


def answers() -> dict[tuple[str, str], Any]:
    return {
        ("campaigns", "pairings"): [PAIRING],
        ("campaigns", "inspections"): [{**INSPECTION, "findings": 2, "open": 1}],
        ("campaigns", "inspection"): INSPECTION,
        ("campaigns", "due"): due,
        ("campaigns", "mailboxes"): [{"unit": "btp", "address": "vanthu@btp.example.vn"}],
        ("campaigns", "mails"): MAILS,
        ("campaigns", "retry_mail"): {"retried": True},
        ("campaigns", "working_days"): {"days": 10, "tentative": False},
    }


COMMANDS = [
    "draw_pairing",
    "correct_pair",
    "plan_inspection",
    "hold_inspection",
    "record_finding",
    "follow_up_finding",
    "conclude_inspection",
    "cancel_inspection",
    "remind_unit",
    "set_unit_mailbox",
]
