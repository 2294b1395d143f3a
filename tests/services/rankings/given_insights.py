"""What units said to leading their cluster: one of each event, and a cluster for them."""

from __future__ import annotations

from datetime import date

from services.registry import domain as registry

CONSENTED = registry.LeadershipConsented("noi-chinh", 2025, "kiem-toan", date(2024, 12, 20))
DECLINED = registry.LeadershipDeclined("noi-chinh", 2025, "toa-an", date(2024, 12, 21), "Đơn vị đang sắp xếp lại tổ chức")
EVENTS = (CONSENTED, DECLINED)
