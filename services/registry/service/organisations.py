"""Entrypoints for organisations."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from services.registry import domain, schemas, views
from services.registry.domain.codes import as_now_written
from services.registry.domain.history import BEGINNING, EVER
from services.registry.domain.lineage import Ground, above, codes_of, named_by, record, refusals
from services.registry.domain.organisations import Change
from services.registry.service.base import Part
from shared.calendar import legal_date, utc_now
from shared.errors import NotFound, ValidationFailed
from shared.plain import plain
from shared.rpc import Request, rpc
from shared.schema import Record, load


class Organisations(Part):
    """Organisations and their lineage."""

    @rpc
    def register_organisation(self, request: Request) -> dict[str, Any]:
        self.permit(request)
        return self._change_organisation(request, schemas.RegisterOrganisation)

    @rpc
    def rename_organisation(self, request: Request) -> dict[str, Any]:
        self.permit(request)
        return self._change_organisation(request, schemas.RenameOrganisation)

    @rpc
    def recode_organisation(self, request: Request) -> dict[str, Any]:
        self.permit(request)
        return self._change_organisation(request, schemas.RecodeOrganisation)

    @rpc
    def retype_organisation(self, request: Request) -> dict[str, Any]:
        self.permit(request)
        return self._change_organisation(request, schemas.RetypeOrganisation)

    @rpc
    def move_organisation(self, request: Request) -> dict[str, Any]:
        self.permit(request)
        return self._change_organisation(request, schemas.MoveOrganisation)

    @rpc
    def merge_organisation(self, request: Request) -> dict[str, Any]:
        self.permit(request)
        return self._change_organisation(request, schemas.MergeOrganisation)

    @rpc
    def split_organisation(self, request: Request) -> dict[str, Any]:
        self.permit(request)
        return self._change_organisation(request, schemas.SplitOrganisation)

    @rpc
    def dissolve_organisation(self, request: Request) -> dict[str, Any]:
        self.permit(request)
        return self._change_organisation(request, schemas.DissolveOrganisation)

    @rpc
    def correct_organisation(self, request: Request) -> dict[str, Any]:
        self.permit(request)
        return self._change_organisation(request, schemas.CorrectOrganisation)

    @rpc
    def record_organisations(self, request: Request) -> dict[str, Any]:
        """Record several changes, all or none, each decided on what those before it made: see `schemas.load_changes`.

        Answers {"position", "events": how many, "repeated"}; a refusal says in `details["change"]` which change it is about, from 0.
        """
        self.permit(request)
        answers = self._change_organisations(request, schemas.load_changes(request.data))
        return {
            "position": max(answer["position"] for answer in answers),
            "events": sum(len(answer["events"]) for answer in answers),
            "repeated": any(answer["repeated"] for answer in answers),
        }

    @rpc
    def rehearse_organisations(self, request: Request) -> dict[str, Any]:
        """What `record_organisations` would refuse of these changes: {"refused": [{"change": which, from 0, "error"}]}. Records nothing."""
        self.permit(request)
        changes = schemas.load_changes(request.data)
        found: dict[str, domain.Organisation] = {}
        self._look_up(found, {change.organisation for change in changes})
        refused = refusals(self._ground_of_changes(changes, found), changes)
        return {"refused": [{"change": error.details["change"], "error": error.to_data()} for error in refused]}

    @rpc
    def organisations(self, request: Request) -> list[dict[str, Any]]:
        """The organisations that are wanted (see `views.Wanted`; `q`: the text), by name; with `page` a page of them."""
        self.permit(request)
        page = request.data.get("page")
        with self.views.reading() as reading:
            return plain(views.organisations_on(reading, _wanted(request), page if page is None else max(1, int(page))))

    @rpc
    def count_organisations(self, request: Request) -> int:
        """How many organisations are wanted."""
        self.permit(request)
        with self.views.reading() as reading:
            return views.count_on(reading, _wanted(request))

    @rpc
    def organisation_names(self, request: Request) -> dict[str, Any]:
        """The names today of the organisations recorded after a position (`after`, 0 for all): {"position", "names"}."""
        self.permit(request)
        with self.views.reading() as reading:
            return views.names_since(reading, int(request.data.get("after", 0)), _today())

    @rpc
    def organisation_terms(self, request: Request) -> dict[str, Any]:
        """The words for levels and kinds that organisations have or had: {"levels", "kinds"}."""
        self.permit(request)
        with self.views.reading() as reading:
            return views.terms_used(reading)

    @rpc
    def organisation(self, request: Request) -> dict[str, Any]:
        """An organisation on a day (`on`) as it was known on a day (`known_on`): see `views.organisation_on`."""
        self.permit(request)
        key = str(request.data["organisation"])
        with self.views.reading() as reading:
            found = views.organisation_on(reading, key, _day(request, "on") or _today(), _day(request, "known_on"))
        if found is None:
            raise NotFound(f"There is no organisation {key}.", organisation=key)
        return plain(found)

    @rpc
    def organisation_by_code(self, request: Request) -> dict[str, Any]:
        """Who has a code on a day, in whichever form it is written: {"code", "organisation": its key or None, "held": [...]}.

        held: all that have or had it, the latest first, each with `from_on`, None where that is not known, and `until_on`, the first day on
        which it has it no more, None while it lasts.
        """
        self.permit(request)
        code, on = as_now_written(str(request.data["code"])), _day(request, "on") or _today()
        with self.views.reading() as reading:
            held = views.with_codes(reading, [code], _day(request, "known_on"))
        holder = next((row["organisation"] for row in held if row["from_on"] <= on < row["until_on"]), None)
        told = [{**row, "from_on": _known(row["from_on"], BEGINNING), "until_on": _known(row["until_on"], EVER)} for row in held]
        return plain({"code": code, "organisation": holder, "held": told})

    @rpc
    def lineage(self, request: Request) -> dict[str, Any]:
        """Whom an organisation came from and who went on with it, to any depth: see `views.lineage_of`."""
        self.permit(request)
        with self.views.reading() as reading:
            return plain(views.lineage_of(reading, str(request.data["organisation"]), _day(request, "known_on")))

    def _change_organisation(self, request: Request, schema: type[Record]) -> dict[str, Any]:
        return self._change_organisations(request, [load(schema, request.data)])[0]

    def _change_organisations(self, request: Request, changes: Sequence[Change]) -> list[dict[str, Any]]:
        asked: dict[str, list[str]] = {}
        for change in changes:
            asked.setdefault(change.organisation, []).append(type(change).__name__)
        named: dict[str, domain.Organisation] = {}
        self._look_upwards(named, {key for change in changes for key in named_by(change)})
        rested_on = sorted(
            named.keys() - asked.keys()
        )  # held by their versions too: two moves at once could close a circle, an heir could end
        streams = [(domain.ORGANISATION, f"organisation-{key}", " ".join(asked.get(key, ()))) for key in (*asked, *rested_on)]

        def decide(states: Sequence[domain.Organisation]) -> list[Sequence[Any]]:
            decided = record(self._ground_of_changes(changes, dict(zip((*asked, *rested_on), states, strict=True))), changes)
            return [*decided.values(), *((),) * len(rested_on)]

        return self.facts.execute_jointly(request, streams, decide)[: len(asked)]

    def _ground_of_changes(self, changes: Sequence[Change], held: Mapping[str, domain.Organisation]) -> Ground:
        """What the changes rest on, from the streams, so that what was recorded a moment ago counts.

        held: the organisations that they change, at least, as they were loaded.
        """
        codes = {code for change in changes for code in codes_of(change, held[change.organisation])}
        holders = self._holders_of(codes)
        known = dict(held)
        self._look_up(known, {key for keys in holders.values() for key in keys})
        wanted = {key for change in changes for key in named_by(change)}
        self._look_upwards(known, wanted.union(*(above(held[change.organisation]) for change in changes)))
        return Ground(known, holders)

    def _look_upwards(self, known: dict[str, domain.Organisation], wanted: set[str]) -> None:
        """Look up the wanted and all above them."""
        looked_at: set[str] = set()
        while wanted:
            self._look_up(known, wanted)
            looked_at |= wanted
            wanted = {key for one in wanted for key in above(known[one])} - looked_at

    def _look_up(self, known: dict[str, domain.Organisation], wanted: Iterable[str]) -> None:
        missing = sorted(set(wanted) - known.keys())
        states = self.facts.load_many(domain.ORGANISATION, [f"organisation-{key}" for key in missing])
        known.update(zip(missing, states.values(), strict=True))

    def _holders_of(self, codes: Collection[str]) -> dict[str, list[str]]:
        """Who has or had these codes: by the views, and by what they have not folded yet."""
        holders: dict[str, list[str]] = {code: [] for code in codes}
        if not codes:
            return holders
        store = self.facts.store
        position = self.views.projector.cursor(store.site, self.name)
        with self.views.reading() as reading:
            for row in views.with_codes(reading, codes):
                holders[row["code"]].append(row["organisation"])
        while events := store.feed(position):
            position = events[-1].position
            for event in events:
                said = event.data.get("code") or event.data.get("value")
                if event.type.startswith("registry.Organisation") and isinstance(said, str) and as_now_written(said) in holders:
                    holders[as_now_written(said)].append(event.data["organisation"])
        return holders


def _today() -> date:
    return legal_date(utc_now())


def _known(day: date, bound: date) -> date | None:
    return None if day == bound else day


def _wanted(request: Request) -> views.Wanted:
    data = request.data
    return views.Wanted(
        _today(), _day(request, "on"), _day(request, "known_on"), str(data.get("q") or ""), data.get("parent"), data.get("sector_parent")
    )


def _day(request: Request, name: str) -> date | None:
    given = request.data.get(name)
    try:
        return date.fromisoformat(given) if given else None
    except (TypeError, ValueError) as error:
        message = "Not a valid date."
        raise ValidationFailed(f"{name}: {message}", errors=[{"at": name, "message": message}]) from error
