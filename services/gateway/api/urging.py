"""Urging over the API: who has not, reminders, mailboxes, mails and working days."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from services.gateway import schemas
from services.gateway.api import blueprint, told
from services.gateway.network import command, query
from shared.plain import plain

Command = tuple[dict[str, Any], int]

urging = blueprint("urging", "", "Urging (đôn đốc): what is due and late by working days, reminders and their mails.")
BLUEPRINTS = (urging,)


@urging.route("/due")
class Due(MethodView):
    @urging.arguments(schemas.DueAsked, location="query")
    @urging.response(200, schemas.Due)
    def get(self, asked: dict[str, Any]) -> Any:
        """Who has not: registrations, covenants, sheets and follow-ups that are owed."""
        return query("campaigns", "due", **asked)


@urging.route("/reminders")
class Reminders(MethodView):
    @urging.arguments(schemas.RemindUnit)
    @urging.response(201, schemas.Recorded)
    @urging.alt_response(200, schema=schemas.Recorded)
    def post(self, body: dict[str, Any]) -> Command:
        """Remind a unit of what it owes; a second time on the same day records nothing."""
        return told("campaigns", "remind_unit", body)


@urging.route("/mailboxes")
class Mailboxes(MethodView):
    @urging.response(200, schemas.Mailbox(many=True))
    def get(self) -> list[dict[str, Any]]:
        """The functional mailboxes of units."""
        return list(query("campaigns", "mailboxes"))


@urging.route("/mailboxes/<unit>")
class Mailbox(MethodView):
    @urging.arguments(schemas.SetMailbox)
    @urging.response(201, schemas.Recorded)
    @urging.alt_response(200, schema=schemas.Recorded)
    def put(self, body: dict[str, Any], unit: str) -> Command:
        """Name the functional mailbox of a unit, or none."""
        return told("campaigns", "set_unit_mailbox", body, unit=unit)


@urging.route("/mails")
class Mails(MethodView):
    @urging.response(200, schemas.Mails)
    def get(self) -> Any:
        """The mails of reminders, those that failed first."""
        return query("campaigns", "mails")


@urging.route("/mails/<event>/retry")
class Retry(MethodView):
    @urging.response(200, schemas.RetriedMail)
    def post(self, event: str) -> Any:
        """Send a mail that was given up once more."""
        return command("campaigns", "retry_mail", {"event": event})


@urging.route("/working-days")
class WorkingDays(MethodView):
    @urging.arguments(schemas.WorkingDaysAsked, location="query")
    @urging.response(200, schemas.WorkingDays)
    def get(self, asked: dict[str, Any]) -> Any:
        """Working days between two days, or the day so many working days after one."""
        return query("campaigns", "working_days", **plain(asked))
