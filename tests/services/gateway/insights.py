"""What rankings and audit answer to questions about boards, for the pages of the small world."""

from __future__ import annotations

from typing import Any

HEAD = {
    "campaign": "td-2024",
    "title": "Phong trào 2024",
    "season": 2024,
    "cluster": "khoi",
    "cluster_name": "Khối nội chính",
    "state": "open",
    "illustrative": True,
    "frozen": {"since": "2024-11-19T03:00:00Z", "reason": "Chờ <bỏ> phiếu"},
    "as_of": None,
}
NAMES = {"btp": "Bộ Tư pháp", "bca": "Bộ Công an"}
VERSIONS = [{"rubric": "r-2024", "title": "Thang điểm 2024", "season": 2024}, {"rubric": "r-2025", "title": "Bản sửa", "season": 2024}]
PROOF = {
    "item": "I.1",
    "pass_key": "self",
    "scorer": "J1",
    "sha256": "ab" * 32,
    "media_type": "application/pdf",
    "size": 9,
    "event": "0190-proof",
}
RUNS = [{"campaign": "td-2024", "title": "Phong trào 2024", "season": 2024}, {"campaign": "td-2023", "title": "2023", "season": 2023}]


def prospect(unit: str, **more: Any) -> dict[str, Any]:
    return {
        "unit": unit,
        "rank": 1,
        "total": "30.5",
        "best": 1,
        "best_exact": True,
        "worst": 2,
        "worst_exact": False,
        "lowest": "20",
        "highest": "40",
        "open_items": ["I.1"],
        **more,
    }


def prospects(_data: dict[str, Any]) -> dict[str, Any]:
    out = prospect("bca", rank=None, total=None, best=None, worst=None, lowest=None, highest=None, open_items=[])
    passes = [{"pass_key": "self", "title": "Tự chấm", "state": "open"}, {"pass_key": "cluster", "title": "Khối", "state": "waiting"}]
    told = {"units": 2, "may_win": 1, "found": 2, "rows": [prospect("btp"), out], "next": None}
    return {**HEAD, "scale": "40", "items": 3, "passes": passes, **told, "names": NAMES}


def supposed(data: dict[str, Any]) -> dict[str, Any]:
    def row(unit: str, rank: int | None, was: int | None) -> dict[str, Any]:
        told = {"status": "ranked" if rank else "no_scores", "rank": rank, "total": "12.5" if rank else None}
        return {"unit": unit, "name": NAMES[unit], **told, "was": {"status": "ranked", "rank": was, "total": "30.5" if was else None}}

    return {
        **HEAD,
        "hypothetical": True,
        "rubric": data.get("rubric") or "r-2024",
        "scale": "40",
        "weights": data.get("weights", {}),
        "without": data.get("without", []),
        "units": 2,
        "rows": [row("bca", 1, 2), row("btp", None, None)],
        "next": None,
        "changed": 1,
        "ignored": 2,
        "versions": VERSIONS,
        "scorers": [{"scorer": "btp", "name": "Bộ Tư pháp"}, {"scorer": "J1", "name": "J1"}],
        "items": [{"item": "I.1", "title": "Một", "kind": "content", "weight": "1"}],
    }


def firm(data: dict[str, Any]) -> dict[str, Any]:
    rivals = [{"unit": "bca", "lead": "1", "spread": "7", "margin": "14.28"}, {"unit": "bca", "lead": "9", "spread": "7", "margin": None}]
    told = {"first": ["btp"], "percent": data["percent"], "method": "exact", "stands": False, "margin": "14.28", "rivals": rivals}
    counted = {"sharing": 1, "others": 2, "overtaken_by": ["bca"], "overtaking": 1}
    return {**HEAD, "hypothetical": True, "percent": data["percent"], "firmness": {**told, **counted}, "names": NAMES}


def compared(data: dict[str, Any]) -> dict[str, Any]:
    def side(name: str) -> dict[str, Any]:
        return {**HEAD, "campaign": data[name]["campaign"], "rubric": "r-2024", "hypothetical": False, "versions": VERSIONS}

    item = {
        "item": "I.1",
        "title": "Một",
        "before": None,
        "after": "5",
        "difference": "5",
        "passes": [None, "self"],
        "events": ["0190-event"],
    }
    row = {
        "unit": "btp",
        "direction": "up",
        "rank_before": 2,
        "rank_after": 1,
        "total_before": "20",
        "total_after": "30.5",
        "difference": "10.5",
        "items": [item],
        "others": "6",
        "others_count": 2,
        "rest": "-0.5",
        "adjustments_gained": ["Cờ"],
        "adjustments_lost": [],
    }
    left = {
        **row,
        "unit": "bca",
        "direction": "left",
        "rank_after": None,
        "total_after": None,
        "difference": None,
        "items": [],
        "rest": "0",
    }
    rules = [{"part": "rubric", "key": "", "change": "changed", "field": "season", "before": 2023, "after": 2024}]
    sides = {"before": side("before"), "after": side("after")}
    told = {**sides, "hypothetical": False, "illustrative": True, "units": 2, "rows": [row, left], "next": None}
    return {**told, "rules": rules, "names": NAMES, "campaigns": RUNS}


def history(data: dict[str, Any]) -> dict[str, Any]:
    told = {"unit": "btp", "status": "ranked", "rank": 1, "total": "30.5", "groups": {}, "ranked": 3, "scale": "40"}
    return {"unit": data["unit"], "line": [data["unit"], *data["before"]], "names": NAMES, "seasons": [{**HEAD, **told}]}


def honesty(data: dict[str, Any]) -> dict[str, Any]:
    own = {"campaign": "td-2024", "season": 2024, "unit": "btp", "own": "30", "final": "28", "difference": "2"}
    leaning = {"scorer": "J1", "cases": 9, "median": "0.05", "mad": "0.01", "all_median": "0", "all_mad": "0.01", "marked": True}
    few = {"scorer": "J2", "cases": 2, "median": None, "mad": None, "all_median": None, "all_mad": None, "marked": False}
    place = {"campaign": "td-2024", "season": 2024, "unit": "btp", "item": "I.1", "pass_key": "self", "scorer": "btp", "sha256": "ab" * 32}
    hints: dict[str, list[dict[str, Any]]] = {
        "own": [{**own, "cases": 3, "share": "0.05"}],
        "own_by_item": [{**own, "item": "I.1", "title": "Một", "maximum": "40"}],
        "leanings": [leaning, few],
        "own_favour": [{"scorer": "bca", "own_cases": 4, "own": "0.1", "other_cases": 1, "others": None, "marked": False}],
        "mutual": [{"units": ["bca", "btp"], "cases": [4, 5], "medians": ["0.1", "0.2"], "general": "0", "marked": True}],
        "late": [
            {
                "campaign": "td-2024",
                "unit": "btp",
                "pass_key": "self",
                "scorer": "btp",
                "changes": 12,
                "records": 20,
                "closed_at": "2024-11-20T03:00:00Z",
            }
        ],
        "proofs": [{"sha256": "ab" * 32, "places": [place, {**place, "unit": "bca"}]}],
    }
    limits = {"cases": 8, "mutual_cases": 4, "panel": 3, "far": 3, "late_hours": 6, "late_changes": 10}
    runs = [{**run, "passes": {"self": "Tự chấm"}} for run in RUNS]
    asked = {kind: hints[kind] for kind in (data["kind"], "own_by_item")} if data.get("kind") else {**hints}
    kinds = [kind for kind in asked if kind != "own_by_item"]
    marks = {kind: sum(bool(row["marked"]) for row in hints[kind]) for kind in ("leanings", "mutual", "own_favour")}
    counts = {kind: {"all": len(hints[kind]), "marked": marks.get(kind)} for kind in kinds}
    told = {"hints": asked, "counts": counts, "next": dict.fromkeys(kinds), "limits": limits}
    return {"cluster": data["cluster"], "illustrative": True, "campaigns": runs, **told, "names": NAMES}


def placed(data: dict[str, Any]) -> dict[str, Any]:
    return {
        "event": data["event"],
        "site": "vn",
        "service": "evaluations",
        "position": 12,
        "place": 12,
        "type": "evaluations.ItemsScored",
        "recorded_at": "2024-11-20T03:00:00Z",
        "actor": "a-1",
        "digest": "ab" * 32,
        "before": "cd" * 32,
        "after": None,
        "log": {"events": 12, "digest": "ef" * 32},
        "roles": [{"role": "secretary", "scope": "btp"}, {"role": "office", "scope": "*"}],
    }


CHECKPOINT: dict[str, Any] = {
    "checkpoint": "k1",
    "taken_at": "2024-12-01T03:00:00Z",
    "actor": "a-1",
    "digest": "0d" * 32,
    "heads": [
        {"site": "vn", "service": "campaigns", "size": 7, "root": "a1" * 32},
        {"site": "vn", "service": "evaluations", "size": 14, "root": "a2" * 32},
    ],
}


VERIFICATION: dict[str, Any] = {
    "verification": "v1",
    "started_at": "2024-12-01T03:00:00Z",
    "ended_at": "2024-12-01T03:05:00Z",
    "actor": "system",
    "checked": 21,
    "found": 0,
}


def proved(data: dict[str, Any]) -> dict[str, Any]:
    return {
        "form": "commendation.place.1",
        "event": data["event"],
        "site": "vn",
        "service": "evaluations",
        "position": 12,
        "index": 11,
        "leaf": "1f" * 32,
        "size": 14,
        "root": "a2" * 32,
        "path": ["b1" * 32, "b2" * 32],
        "checkpoint": CHECKPOINT,
    }


def entry(data: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"position": data["after"] + 1, "body": '{"id":"0190-event"}'}]


def consistent(data: dict[str, Any]) -> dict[str, Any]:
    after = {**CHECKPOINT, "checkpoint": data.get("after")}
    return {"form": "commendation.consistency.1", "before": CHECKPOINT, "after": after, "paths": []}


ANSWERS: dict[tuple[str, str], Any] = {
    ("rankings", "prospects"): prospects,
    ("rankings", "what_if"): supposed,
    ("rankings", "firmness"): firm,
    ("rankings", "compare"): compared,
    ("rankings", "history"): history,
    ("rankings", "honesty"): honesty,
    ("rankings", "proofs"): [PROOF],
    ("rankings", "board_under"): supposed,
    ("audit", "place"): placed,
    ("audit", "proof"): proved,
    ("audit", "entries"): entry,
    ("audit", "checkpoints"): [CHECKPOINT],
    ("audit", "checkpoint"): CHECKPOINT,
    ("audit", "result_checkpoint"): CHECKPOINT,
    ("audit", "verifications"): [VERIFICATION],
    ("audit", "heads"): {name: CHECKPOINT[name] for name in ("digest", "heads")},
    ("audit", "consistency"): consistent,
}
