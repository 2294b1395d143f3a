"""What members of the sample's cluster said to leading it next season: invented, said so in the reason and by the mark on its boards."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

SEASON = 2025


def answers(cluster: str) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    """The commands to the registry: name of the step, in whose name, method and data."""
    asked = {"cluster": cluster, "season": SEASON}
    consents = {**asked, "unit": "vksndtc", "on": "2024-12-20"}
    yield "consents to lead", "thuky.vksndtc", "consent_to_lead", consents
    reason = "Minh hoạ: đơn vị đang thực hiện nhiệm vụ đột xuất"
    yield "declines to lead", "thuky.ttcp", "decline_to_lead", {**asked, "unit": "ttcp", "on": "2024-12-23", "reason": reason}
