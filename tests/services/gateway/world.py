"""A small world for the web part: a network that answers from given data, and a clock that stands where it is put."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from shared import permissions
from shared.errors import CommendationError, NotFound, Unavailable
from tests.services.gateway import checking, insights

PASSWORD = "ba từ dễ nhớ"
SHEET_URL = "/campaigns/td-2024/sheets/btp/self/btp"


@dataclass
class Clock:
    now: datetime = datetime(2024, 11, 20, 3, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **time: float) -> None:
        self.now += timedelta(**time)


@dataclass(frozen=True)
class Call:
    """What the web part asked."""

    service: str
    method: str
    data: dict[str, Any]
    actor: str
    command: str
    correlation: str
    seconds: float


Answer = Any | CommendationError | Callable[[dict[str, Any]], Any]


@dataclass
class FakeNetwork:
    """Answers from `answers`, a value, an error to raise, or a function of the data; keeps every call."""

    answers: dict[tuple[str, str], Answer] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    away: set[str] = field(default_factory=set)

    def ask(self, service: str, method: str, data: dict[str, Any], *, actor: str, command: str, correlation: str, seconds: float) -> Any:
        self.calls.append(Call(service, method, copy.deepcopy(data), actor, command, correlation, seconds))
        if service in self.away:
            raise Unavailable(f"The service {service} does not answer; try again in a moment.", service=service)
        answer = self.answers[service, method]
        if isinstance(answer, CommendationError):
            raise answer
        return copy.deepcopy(answer(data) if callable(answer) else answer)

    def told(self, service: str, method: str) -> list[Call]:
        return [call for call in self.calls if (call.service, call.method) == (service, method)]


def recorded(position: int = 7, *, repeated: bool = False) -> dict[str, Any]:
    return {"stream": "s", "version": 1, "position": position, "events": ["e1"], "repeated": repeated}


ACCOUNTS = {
    "thuky": {
        "account": "a-1",
        "login": "thuky",
        "post": "Thư ký <b>",
        "organisation": "btp",
        "roles": [{"role": "secretary", "scope": "btp"}],
    },
    "office": {
        "account": "a-2",
        "login": "office",
        "post": "Cơ quan thường trực",
        "organisation": "ban",
        "roles": [{"role": role, "scope": "*"} for role in ("office", "council", "inspector", "administrator")],
    },
}

CAMPAIGN = {
    "campaign": "td-2024",
    "title": "Phong trào 2024",
    "cluster": "khoi",
    "season": 2024,
    "rubric": "r-2024",
    "starts_on": "2024-01-01",
    "ends_on": "2024-12-31",
    "registration_due_on": "2024-03-31",
    "legal_basis": "HD 1",
    "state": "open",
    "finalised_on": None,
    "illustrative": True,
    "audience": ["btp", "bca"],
    "kind": "regular",
    "organiser": "ban",
    "parent": None,
    "audience_is": "members",
    "plan_document": "Kế hoạch 1",
    "plan": [{"key": "midyear_review", "title": "Sơ kết 6 tháng", "from_on": "2024-07-01", "due_on": "2024-07-31"}],
    "compact": {"version": 1, "title": "Giao ước 2024", "text": "Điều <1>", "issued_on": "2024-01-02"},
    "frozen": None,
    "seal": None,
}
FINAL = {**CAMPAIGN, "campaign": "td-2023", "title": "Phong trào 2023", "season": 2023, "state": "final", "finalised_on": "2024-02-01"}
UNITS = [
    {"unit": "btp", "registered_on": "2024-03-01", "covenant": {"signatory": "Bộ trưởng", "signed_on": "2024-03-02"}},
    {"unit": "bca", "registered_on": None, "covenant": None},
]
PASSES = [
    {
        "pass_key": "self",
        "title": "Tự chấm",
        "state": "open",
        "due_on": "2024-11-22",
        "assignments": [{"unit": "btp", "scorers": ["btp"]}],
    },
    {"pass_key": "cluster", "title": "Khối chấm", "state": "waiting", "due_on": None, "assignments": []},
]


def phase(key: str, state: str, **more: Any) -> dict[str, Any]:
    shown = {"phase": key, "title": None, "is_pass": False, "state": state, "from_on": None, "opened_on": None, "due_on": None}
    return {**shown, "closed_on": None, "graces": [], "changes": [], **more}


PHASES = [
    phase(
        "registration",
        "closed",
        opened_on="2024-01-01",
        due_on="2024-04-15",
        changes=[{"what": "extended", "on": "2024-03-30", "until_on": "2024-04-15", "units": [], "reason": "Lũ <lụt>"}],
    ),
    phase("midyear_review", "waiting", title="Sơ kết 6 tháng", from_on="2024-07-01", due_on="2024-07-31"),
    phase("self", "open", title="Tự chấm", is_pass=True, opened_on="2024-11-01", due_on="2024-11-22"),
    phase("cluster", "waiting", title="Khối chấm", is_pass=True),
]
TASK = {
    "campaign": "td-2024",
    "title": "Phong trào 2024",
    "season": 2024,
    "illustrative": True,
    "unit": "btp",
    "pass_key": "self",
    "scorer": "btp",
    "due_on": "2024-11-22",
    "submitted_at": None,
    "handed_in_on": None,
    "late": None,
    "state": "open",
    "scored": 1,
    "version": 3,
    "items": 3,
    "optional": 2,
}


def item(key: str, kind: str = "content", **more: Any) -> dict[str, Any]:
    return {
        "key": key,
        "title": f"Tiêu chí {key}",
        "kind": kind,
        "maximum": "20",
        "weight": "1",
        "places": 2,
        "evidence_required": False,
        "evidence_note": "",
        "scored_here": True,
        "score": None,
        "reason": None,
        "baseline": None,
        "previous": [],
        "evidence": [],
        "comments": [],
        "flagged": False,
        **more,
    }


def sheet(**more: Any) -> dict[str, Any]:
    return {
        "campaign": "td-2024",
        "title": "Phong trào 2024",
        "season": 2024,
        "illustrative": True,
        "unit": "btp",
        "pass_key": "self",
        "scorer": "btp",
        "state": "open",
        "editable": True,
        "assigned": True,
        "version": 3,
        "due_on": "2024-11-22",
        "requires_all": True,
        "passes": [{"pass_key": "self", "title": "Tự chấm"}, {"pass_key": "cluster", "title": "Khối chấm"}],
        "groups": [
            {
                "key": "I",
                "title": "Nhóm I",
                "maximum": "40",
                "sum": "7.50",
                "items": [item("I.1", score="7.50", reason="có"), item("I.2"), item("I.3", "penalty")],
            }
        ],
        "totals": {"content": "7.50", "bonus": "0", "penalty": "0", "total": "7.50", "scale": "40"},
        "missing": ["I.2"],
        "extended": False,
        "grace_until": None,
        "returned": None,
        "evidence_missing": [],
        **more,
    }


RUBRIC = {
    "key": "r-2024",
    "title": "Thang điểm 2024",
    "season": 2024,
    "scale": "40",
    "legal_basis": [{"title": "HD 1", "number": "804/HD-SNV", "issued_on": "2018-07-18"}],
    "passes": [{"key": "self", "title": "Tự chấm"}],
    "groups": [{"key": "I", "title": "Nhóm I", "maximum": "40", "items": [{"key": "I.1", "title": "Một", "maximum": "40", "weight": "1"}]}],
    "tie_breaks": [{"by": "content"}, {"by": "group", "key": "I"}],
}


LINE = {
    "rubric": "r-2024",
    "title": "Thang điểm 2024",
    "season": 2024,
    "scale": "40",
    "based_on": None,
    "published_on": "2024-01-15",
    "in_force_from": "2024-01-01",
    "in_force_until": None,
    "withdrawn_on": None,
    "withdrawn_for": None,
}
CHANGES = [{"part": "rubric", "key": "", "change": "changed", "field": "season", "before": 2024, "after": 2025}]
SAVED = {"edition": 3, "saved_by": "a-2", "saved_at": "2024-11-19T03:00:00Z"}
TEMPLATE = {
    "template": "mau",
    "title": "Mẫu",
    "season": 2018,
    "scale": "40",
    "standing": "old",
    "source": "HD 1",
    "note": {"vi": "Chưa đủ", "en": "Not all"},
    "refusal": None,
}


def row(unit: str, rank: int | None, total: str | None, **more: Any) -> dict[str, Any]:
    return {
        "unit": unit,
        "name": f"Tên {unit}",
        "status": "ranked" if rank else "no_scores",
        "rank": rank,
        "total": total,
        "content": total,
        "bonus": "0" if total else None,
        "penalty": "0" if total else None,
        "groups": {"I": total},
        "missing": [],
        "tied": 0,
        "tie_steps": [],
        "complete": True,
        "shared": False,
        **more,
    }


def board(data: dict[str, Any]) -> dict[str, Any]:
    head = {
        "campaign": data["campaign"],
        "board": data["board"],
        "title": "Phong trào 2024",
        "season": 2024,
        "cluster": "khoi",
        "cluster_name": "Khối nội chính",
        "state": "final" if data["campaign"] == "td-2023" else "open",
        "illustrative": True,
        "as_of": data.get("as_of"),
        "frozen": None,
        "seal": "5ea1" * 16 if data["campaign"] == "td-2023" else None,
        "rules": RUBRIC,
        "scale": "40",
        "names": {"btp": "Bộ Tư pháp", "bca": "Bộ Công an"},
        "found": 4,
        "after": None,
    }
    if data["board"] == "standings":
        tied = [row(unit, 1, "30.50", shared=True) for unit in ("btp", "bca")]
        head["rows"] = [*tied, row("ktnn", 3, "29"), row("ttcp", None, None)]
    elif data["board"] == "flag":
        head |= {"candidates": ["btp", "bca"], "needs_vote": True}
        head["rows"] = [
            {"unit": "btp", "name": "Bộ Tư pháp", "rank": 1, "total": "30.50", "eligible": True, "reasons": [], "candidate": True},
            {
                "unit": "ttcp",
                "name": "Thanh tra",
                "rank": None,
                "total": None,
                "eligible": False,
                "reasons": ["not_registered", "no_scores"],
                "candidate": False,
            },
        ]
    else:
        head |= {
            "next_season": 2025,
            "rule": "elected",
            "designated": {"leader": "bca", "deputies": ["btp"], "basis": "elected", "document": "BB 1"},
        }
        head["rows"] = [
            {"unit": "bca", "name": "Bộ Công an", "rank": None, "led": [2020], "deputised": [], "standing": 1, "leads_now": True}
        ]
    return head


EXPLANATION = {
    "unit": "btp",
    "name": "Bộ Tư pháp",
    "campaign": "td-2024",
    "title": "Phong trào 2024",
    "season": 2024,
    "illustrative": True,
    "as_of": None,
    "status": "ranked",
    "rank": 1,
    "ranked": 3,
    "total": "30.50",
    "scale": "40",
    "content": "32.50",
    "bonus": "0",
    "penalty": "2",
    "total_rounding": {"places": 2, "mode": "half_up"},
    "caps": [{"over": "bonus", "maximum": "5", "before": "6", "after": "5"}],
    "missing": ["I.9"],
    "disqualified": [{"item": "I.8", "panel": "1", "threshold": "2"}],
    "tied_with": ["bca"],
    "tie_steps": [
        {"by": "content", "key": None, "value": "32.50", "marks": [], "decided": False},
        {"by": "count_highest", "key": None, "value": None, "marks": [["10", 2]], "decided": True},
    ],
    "names": {"btp": "Bộ Tư pháp", "bca": "Bộ Công an"},
    "groups": [{"key": "I", "title": "Nhóm I", "maximum": "40", "value": "32.50"}],
    "items": [
        {
            "key": "I.1",
            "title": "Một",
            "group": "I",
            "kind": "content",
            "maximum": "40",
            "statistic": "trimmed_mean",
            "dropped": 1,
            "panel_rounding": {"places": 2, "mode": "half_up"},
            "weight": "2",
            "item_rounding": None,
            "threshold": None,
            "pass_key": "self",
            "panel": "16.25",
            "value": "32.50",
            "points": "32.50",
            "note": None,
            "passes": [
                {
                    "key": "self",
                    "title": "Tự chấm",
                    "counts": True,
                    "panel": "16.25",
                    "value": "32.50",
                    "note": None,
                    "scores": [
                        {
                            "scorer": "J1",
                            "score": "16.25",
                            "recorded_at": "2024-11-20T03:00:00Z",
                            "reason": "<i>rõ</i>",
                            "event": "0190-event",
                            "use": "counted",
                        }
                    ],
                }
            ],
        },
        {
            "key": "I.2",
            "title": "Hai",
            "group": "I",
            "kind": "bonus",
            "maximum": "5",
            "statistic": "mean",
            "dropped": 0,
            "panel_rounding": None,
            "weight": "1",
            "item_rounding": None,
            "threshold": None,
            "pass_key": None,
            "panel": None,
            "value": None,
            "points": None,
            "note": None,
            "passes": [],
        },
    ],
}
VOTE = {
    "members": 15,
    "in_favour": 13,
    "against": 0,
    "blank": 1,
    "absent": 1,
    "held_on": "2024-03-28",
    "minutes": "BB 1",
    "threshold": "80",
    "basis": "?",
    "verified": False,
    "ratio": "86.6",
    "passed": True,
    "ballot": None,
}
DECISION = {
    "number": "01/QĐ",
    "decided_on": "2024-04-05",
    "signatory": "Chủ tịch",
    "authority": "Hội đồng",
    "unit": "btp",
    "form": "Cờ thi đua",
    "season": 2023,
    "campaign": "td-2023",
    "proposal": "p1",
    "event": "0190-decision",
    "illustrative": True,
}


def proposal(key: str, **more: Any) -> dict[str, Any]:
    return {
        "proposal": key,
        "campaign": "td-2023",
        "season": 2023,
        "cluster": "khoi",
        "unit": "btp",
        "form": "Cờ thi đua",
        "reason": "Dẫn đầu",
        "state": "proposed",
        "vote": None,
        "decision": None,
        "ballots": [],
        "illustrative": True,
        "standing": {"rank": 1, "total": "30.50"},
        **more,
    }


def health(service: str) -> dict[str, Any]:
    cursors = [
        {"site": "vn", "service": producer, "position": 100} for producer in ("registry", "campaigns", "evaluations", "awards", "audit")
    ]
    return {
        "service": service,
        "site": "vn",
        "head": 100,
        "cursors": cursors,
        "parked": [],
        "faults": [],
        "database": {"state": "ok"},
        "relay": {"state": "active", "position": 100, "behind": 0, "fence": 1, "reason": ""},
        "feed": {"state": "active", "reason": ""},
        "model": {"name": service, "version": 1, "state": "live", "position": 100, "of": 100},
        "missing": [],
    }


LENT = {
    "account": "a-1",
    "role": "secretary",
    "scope": "btp",
    "to_account": "a-2",
    "from_on": "2024-11-18",
    "until_on": "2024-11-30",
    "reason": "Đi công tác",
}


def _with_days(account: dict[str, Any]) -> dict[str, Any]:
    roles = [{**held, "from_on": "2024-01-01", "until_on": None, "document": "QĐ 1"} for held in account["roles"]]
    return {**account, "roles": roles, "lent": [LENT] if account["account"] == LENT["account"] else [], "borrowed": []}


def organisation_of(rows: Any, key: str) -> dict[str, Any]:
    """One of these organisations, as it was registered and nothing since."""
    row = next((row for row in rows if row["organisation"] == key), None)
    if row is None:
        raise NotFound(f"There is no organisation {key}.", organisation=key)
    told = {"kind": None, "statistics_code": None, "sector_parent": None, "ended_on": None, **row}
    return {
        **told,
        "on": "2024-11-20",
        "known_on": None,
        "open": True,
        "names": [{"value": row["name"], "from_on": None, "until_on": None}],
        "codes": [],
        "successions": [],
        "facts": [{"change": "registered", "data": told, "known_on": "2024-01-01", "recorded_at": "", "event": "e1"}],
    }


def answers() -> dict[tuple[str, str], Answer]:
    campaigns = {"td-2024": CAMPAIGN, "td-2023": FINAL}
    cluster = {
        "cluster": "khoi",
        "name": "Khối nội chính",
        "organiser": "ban",
        "formed_on": "2015-01-01",
        "leader_rule": "elected",
        "level": "Trung ương",
        "completeness": "partial",
        "source": "Báo Pháp luật <1>",
        "as_of": "2022-08-05",
        "dissolved_on": None,
        "dissolved_by": None,
    }
    names = [
        {"name": "Khối tư pháp", "from_on": "2015-01-01", "document": None},
        {"name": "Khối nội chính", "from_on": "2019-01-01", "document": "QĐ 5"},
    ]
    members = [{"unit": "btp", "from_on": "2015-01-01", "until_on": None}]
    leaders = [{"season": 2020, "leader": "bca", "deputies": ["btp", "ktnn"], "basis": "elected", "document": "BB"}]
    organisations = [("btp", "Bộ Tư pháp"), ("bca", "Bộ Công an"), ("ban", "Ban TĐKT"), ("ktnn", "Kiểm toán"), ("ttcp", "Thanh tra")]

    def registered() -> Any:
        return found["registry", "organisations"]

    found: dict[tuple[str, str], Answer] = {
        ("registry", "account_by_login"): lambda data: ACCOUNTS.get(data["login"]),
        ("registry", "accounts"): [_with_days(account) for account in ACCOUNTS.values()],
        ("registry", "posts"): [{name: account[name] for name in ("account", "post", "organisation")} for account in ACCOUNTS.values()],
        ("registry", "lent_roles"): [LENT],
        ("registry", "permissions"): permissions.table().to_data(),
        ("registry", "people"): lambda data: [
            {"person": f"p-{data['unit']}", "full_name": "Nguyễn Văn Mẫu", "post": "Chuyên viên", "from_on": "2020-01-01", "until_on": None}
        ],
        ("registry", "organisations"): [
            {"organisation": key, "name": name, "level": "TW", "code": None, "parent": None, "opened_on": "1945-08-28"}
            for key, name in organisations
        ],
        ("registry", "count_organisations"): lambda data: len(registered()),
        ("registry", "organisation_names"): lambda data: {
            "position": 0,
            "names": {row["organisation"]: row["name"] for row in registered()},
        },
        ("registry", "organisation_terms"): {"levels": ["TW"], "kinds": ["phường"]},
        ("registry", "organisation_by_code"): {"code": "G09", "organisation": None, "held": []},
        ("registry", "organisation"): lambda data: organisation_of(registered(), data["organisation"]),
        ("registry", "lineage"): {"ancestors": [], "heirs": [], "complete": True},
        ("registry", "clusters"): [{**cluster, "members": 1, "leader": None}],
        ("registry", "cluster"): {**cluster, "names": names, "members": members, "leaders": leaders},
        ("campaigns", "rubrics"): [LINE],
        ("campaigns", "rubric"): RUBRIC,
        ("campaigns", "rubric_versions"): [LINE, {**LINE, "rubric": "r-2025", "season": 2025, "based_on": "r-2024"}],
        ("campaigns", "compare_rubrics"): {"before": RUBRIC, "after": {**RUBRIC, "key": "r-2025", "season": 2025}, "differences": CHANGES},
        ("campaigns", "rubric_drafts"): [{"draft": "d1", "key": "r-2026", "title": "Nháp 2026", "season": 2026, **SAVED}],
        ("campaigns", "rubric_draft"): {"draft": "d1", "content": {**RUBRIC, "key": "r-2026", "based_on": "r-2024"}, **SAVED},
        ("campaigns", "rubric_templates"): [TEMPLATE],
        ("campaigns", "rubric_template"): {**TEMPLATE, "rubric": RUBRIC},
        ("campaigns", "campaigns"): [CAMPAIGN, FINAL],
        ("campaigns", "campaign"): lambda data: {**campaigns[data["campaign"]], "units": UNITS, "passes": PASSES, "phases": PHASES},
        ("campaigns", "campaign_tree"): {
            **CAMPAIGN,
            "children": [{**CAMPAIGN, "campaign": "td-2023", "title": "Đợt ngắn", "children": []}],
        },
        ("campaigns", "targets"): [
            {"campaign": "td-2024", "unit": "btp", "person": None, "title": "TTLDXS", "registered_on": "2024-03-01"},
            {"campaign": "td-2024", "unit": "btp", "person": "p-1", "title": "CSTDCS", "registered_on": "2024-03-01"},
        ],
        ("campaigns", "titles"): [
            {"code": "TTLDXS", "name": "Tập thể lao động xuất sắc", "subject": "collective", "basis": "Luật", "verified": False},
            {"code": "CSTDCS", "name": "Chiến sĩ thi đua cơ sở", "subject": "person", "basis": "Luật", "verified": True},
        ],
        ("campaigns", "unsigned"): ["bca"],
        ("rankings", "pending_board"): board,
        ("evaluations", "sheet"): sheet(),
        ("evaluations", "tasks"): [TASK, {**TASK, "unit": "bca", "state": "submitted", "due_on": "2024-11-19"}],
        ("evaluations", "my_ballots"): [],
        ("evaluations", "appeals"): {"appeals": [], "term": None, "unfinished": []},
        ("evaluations", "conflicts"): [],
        ("evaluations", "check_conflicts"): [],
        ("evaluations", "rating_periods"): [],
        ("evaluations", "sheets"): [{**TASK, "state": "submitted", "late": True}],
        ("rankings", "boards"): [
            {
                "campaign": "td-2024",
                "title": "Phong trào 2024",
                "season": 2024,
                "cluster": "khoi",
                "cluster_name": "Khối nội chính",
                "illustrative": True,
                "final": False,
            }
        ],
        ("rankings", "board"): board,
        ("rankings", "explain"): EXPLANATION,
        ("awards", "proposals"): [
            proposal("p0", unit="bca"),
            proposal("p1", state="decided", vote=VOTE, decision=DECISION),
            proposal("p2", state="voted", vote={**VOTE, "passed": False}),
        ],
        ("awards", "decisions"): [DECISION],
        ("awards", "handovers"): [
            {
                "handover": "h1",
                "cluster": "khoi",
                "season": 2024,
                "from_unit": None,
                "to_unit": "bca",
                "handed_on": "2024-04-10",
                "document": "BB 2",
            }
        ],
        ("campaigns", "tie_ballots"): [],
        ("awards", "forms"): [{"form": "Cờ thi đua"}],
        ("audit", "streams"): [{"site": "vn", "service": "registry", "events": 5, "last": 5, "digest": "ab12"}],
        ("audit", "verify"): {
            "verification": "v1",
            "state": "done",
            "checked": 5,
            "found": 1,
            "behind": {"awards": 2},
            "unreached": {},
            "findings": [{"site": "vn", "service": "registry", "position": 3, "kind": "changed", "message": "event e3: data differs"}],
        },
    }
    commands = {
        "registry": "register_organisation rename_organisation recode_organisation retype_organisation move_organisation "
        "merge_organisation split_organisation dissolve_organisation correct_organisation form_cluster describe_list "
        "rename_cluster dissolve_cluster admit_member admit_members release_member designate_leader consent_to_lead decline_to_lead "
        "open_account grant_role revoke_role delegate_role end_delegation",
        "campaigns": "publish_rubric withdraw_rubric draft_rubric copy_rubric discard_draft publish_draft "
        "launch_campaign register_unit record_registration issue_compact sign_covenant open_pass close_pass "
        "record_tie_vote take_tie_ballot plan_phases open_phase extend_phase give_grace close_phase reopen_phase "
        "freeze thaw finalise "
        "register_person_target withdraw_person_target register_unit_target withdraw_unit_target",
        "evaluations": "score_items submit_sheet",
        "awards": "propose_flag record_vote take_ballot decide hand_over_flag",
        "audit": "take_checkpoint",
    }
    for service, methods in commands.items():
        found |= {(service, method): recorded() for method in methods.split()}
    found |= insights.ANSWERS
    found |= checking.answers() | {("campaigns", method): recorded() for method in checking.COMMANDS}
    found["evaluations", "import_sheets"] = {"sheets": [recorded()], "position": 7}
    for service in ("registry", "campaigns", "evaluations", "awards", "rankings", "audit"):
        found[service, "health"] = health(service)
    return found
