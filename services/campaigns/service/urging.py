"""Entrypoints for urging: who has not, reminders, mailboxes and the mails that are on their way."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from services.campaigns import domain, schemas, views
from services.campaigns.outbox import Outbox
from services.campaigns.service.base import Part
from services.campaigns.service.mail import MailProvider
from shared.access import NETWORK, OPERATOR, Role
from shared.calendar import legal_date, utc_now
from shared.plain import plain
from shared.rpc import Request, rpc
from shared.schema import load
from shared.workdays import add_working_days, working_days_between

MAILS_MAX = 200
"""Mails of one answer: those that failed come first, and more nobody reads."""

DAY = timedelta(days=1)


class Urging(Part):
    """What is due and late, and who was reminded of it."""

    outbox = MailProvider()

    @rpc
    def due(self, request: Request) -> dict[str, Any]:
        """What is owed: all, or of a `campaign`, `cluster`, `unit`, `about`, or only what is `late`.

        {today, rows, units}: rows by the day they are due, each as `views.owed` says it with `left` working days, or `late` by so many
        (0 on the days off after its day), and `tentative` where a year's decision on days off is not known; units: {unit, owed, late}.
        Of a frozen campaign nobody is told who owes a sheet but the office, inspectors and whoever owes it: what is handed in or given
        back meanwhile would be seen here before the boards show it.
        """
        self.permit(request)
        asked = load(schemas.AskDue, request.data)
        today = legal_date(utc_now())
        rows = [_counted(row, today) for row in self._owed_as_told(request) if _is_asked(row, asked, today)]
        return plain({"today": today, "rows": rows, "units": _by_unit(rows)})

    @rpc
    def remind_unit(self, request: Request) -> dict[str, Any]:
        if request.data.get("campaign") is None:
            self.permit(request, cluster=(), organiser=())
        else:
            self._permit(request)
        command = load(schemas.RemindUnit, request.data)
        due_on = next((row["due_on"] for row in self._owed_as_told(request) if _owed(row) == command.owed), None)
        ground = domain.UrgingGround(due_on, legal_date(utc_now()))
        return self.facts.execute(request, domain.reminders(ground), f"reminders-{command.unit}", command)

    def _owed_as_told(self, request: Request) -> list[dict[str, Any]]:
        """What is owed, as far as who asks is told of it."""
        held = {(grant.role, grant.scope) for grant in self.views.grants(request.actor)}
        with self.views.reading() as reading:
            found, frozen = views.owed(reading), views.frozen_campaigns(reading)
        if request.actor == OPERATOR or held & {(Role.OFFICE, NETWORK), (Role.INSPECTOR, NETWORK)}:
            return found
        own = {scope for role, scope in held if role is Role.SECRETARY}
        return [row for row in found if row["about"] != domain.About.SHEET or row["campaign"] not in frozen or row["unit"] in own]

    @rpc
    def set_unit_mailbox(self, request: Request) -> dict[str, Any]:
        self.permit(request)
        command = load(schemas.SetUnitMailbox, request.data)
        with self.views.reading() as reading:
            known = views.is_unit(reading, command.unit)
        ground = domain.UrgingGround(None, legal_date(utc_now()), known)
        return self.facts.execute(request, domain.reminders(ground), f"reminders-{command.unit}", command)

    @rpc
    def mailboxes(self, request: Request) -> list[dict[str, Any]]:
        self.permit(request)
        with self.views.reading() as reading:
            return views.all_mailboxes(reading)

    @rpc
    def mails(self, request: Request) -> dict[str, Any]:
        """Mails of reminders: {counts: {waiting, sent, failed}, mails: the latest, those that failed first}."""
        self.permit(request)
        outbox: Outbox = self.outbox
        return plain(outbox.told(MAILS_MAX))

    @rpc
    def retry_mail(self, request: Request) -> dict[str, Any]:
        """Send a mail that was given up once more: {"retried": bool}, False where it was not given up."""
        self.permit(request)
        outbox: Outbox = self.outbox
        return {"retried": outbox.retry(str(request.data["event"]))}

    @rpc
    def working_days(self, request: Request) -> dict[str, Any]:
        """Working days from `first` to `last`, both counted, or the day so many (`count`) working days after `first`."""
        self.permit(request)
        asked = load(schemas.AskWorkingDays, request.data)
        if asked["last"] is not None:
            return plain(working_days_between(asked["first"], asked["last"]))
        return plain(add_working_days(asked["first"], asked["count"]))


def _is_asked(row: dict[str, Any], asked: dict[str, Any], today: date) -> bool:
    about = asked["about"] and asked["about"].value
    wanted = {"campaign": asked["campaign"], "cluster": asked["cluster"], "unit": asked["unit"], "about": about}
    return all(value in (None, row[name]) for name, value in wanted.items()) and (not asked["late"] or row["due_on"] < today)


def _counted(row: dict[str, Any], today: date) -> dict[str, Any]:
    late = row["due_on"] < today
    days = working_days_between(row["due_on"] + DAY, today) if late else working_days_between(today + DAY, row["due_on"])
    return {**row, "left": None if late else days.days, "late": days.days if late else None, "tentative": days.tentative}


def _by_unit(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        unit = found.setdefault(row["unit"], {"unit": row["unit"], "owed": 0, "late": 0})
        unit["owed"] += 1
        unit["late"] += row["late"] is not None
    return sorted(found.values(), key=lambda unit: (-unit["late"], -unit["owed"], unit["unit"]))


def _owed(row: dict[str, Any]) -> domain.Owed:
    return domain.Owed(row["unit"], domain.About(row["about"]), row["campaign"], row["subject"])
