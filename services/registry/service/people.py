"""Entrypoints for people, their posts and transfers. Personal data are sealed and opened here, and are nowhere else in clear."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from services.registry import domain, schemas, views
from services.registry.keys import Keys
from services.registry.schemas.people import PERSONAL, Details
from services.registry.service.base import Part
from services.registry.service.keys import KeysProvider
from shared.bounds import PEOPLE_OPENED_MAX, UNITS_BELOW_MAX
from shared.calendar import legal_date, utc_now
from shared.errors import NotFound
from shared.plain import plain
from shared.rpc import Request, rpc
from shared.schema import load
from shared.sealed import Sealed
from shared.sealing import SealBroken, marked, opened, seal
from shared.telemetry import logger

PURPOSE = "registry.person"
FORGOTTEN = "(đã xoá dữ liệu cá nhân)"
"""In the place of the name of a person who is forgotten."""

UNREADABLE = "(không mở được dữ liệu cá nhân)"
"""In the place of a name that does not open though nobody asked to forget it: the keys are not those that go with the log."""

log = logger(__name__)


class People(Part):
    """People, posts, transfers, and forgetting a person."""

    keys: Any = KeysProvider()

    @rpc
    def register_person(self, request: Request) -> dict[str, Any]:
        self.permit(request)
        asked = load(schemas.RegisterPerson, _without(request.data, PERSONAL))
        self._open_on(asked.unit, asked.from_on, "unit")
        sealed, told = self._sealed(request, asked.person)
        command = domain.RegisterPerson(asked.person, sealed, asked.post, asked.unit, asked.from_on, asked.document)
        return self.facts.execute(told, domain.PERSON, _stream(asked.person), command)

    @rpc
    def correct_details(self, request: Request) -> dict[str, Any]:
        self.permit(request)
        asked = load(schemas.CorrectDetails, _without(request.data, PERSONAL))
        self._known(asked.person)
        sealed, told = self._sealed(request, asked.person)
        command = domain.CorrectDetails(asked.person, sealed, asked.reason)
        return self.facts.execute(told, domain.PERSON, _stream(asked.person), command)

    @rpc
    def take_post(self, request: Request) -> dict[str, Any]:
        self.permit(request)
        command = load(schemas.TakePost, request.data)
        self._open_on(command.unit, command.from_on, "unit")
        return self.facts.execute(request, domain.PERSON, _stream(command.person), command)

    @rpc
    def leave_post(self, request: Request) -> dict[str, Any]:
        self.permit(request)
        command = load(schemas.LeavePost, request.data)
        return self.facts.execute(request, domain.PERSON, _stream(command.person), command)

    @rpc
    def offer_transfer(self, request: Request) -> dict[str, Any]:
        """Offer a person to another unit, in the name of the unit whose post they hold."""
        self.permit(request)
        command = load(schemas.OfferTransfer, {**request.data, "by": request.actor})
        self._open_on(command.to_unit, command.moves_on, "to_unit")
        return self.facts.execute(request, domain.PERSON, _stream(command.person), command)

    @rpc
    def accept_transfer(self, request: Request) -> dict[str, Any]:
        """Take the person in the name of the receiving unit: the post there ends, the one here begins."""
        offered = self._offered(request)
        self.permit(request, to_unit=offered.to_unit)
        command = load(schemas.AcceptTransfer, {**request.data, "by": request.actor})
        self._open_on(offered.to_unit, offered.moves_on, "to_unit")
        return self.facts.execute(request, domain.PERSON, _stream(command.person), command)

    @rpc
    def refuse_transfer(self, request: Request) -> dict[str, Any]:
        self.permit(request, to_unit=self._offered(request).to_unit)
        command = load(schemas.RefuseTransfer, request.data)
        return self.facts.execute(request, domain.PERSON, _stream(command.person), command)

    @rpc
    def withdraw_transfer(self, request: Request) -> dict[str, Any]:
        self.permit(request, from_unit=self._offered(request).from_unit)
        command = load(schemas.WithdrawTransfer, request.data)
        return self.facts.execute(request, domain.PERSON, _stream(command.person), command)

    @rpc
    def forget_person(self, request: Request) -> dict[str, Any]:
        """Record that a person is forgotten, and destroy their key."""
        self.permit(request)
        command = load(schemas.ForgetPerson, request.data)
        self._known(command.person)
        self.keys.doom(command.person)
        answer = self.facts.execute(request, domain.PERSON, _stream(command.person), command)
        self.keys.destroy(command.person)
        return answer

    @rpc
    def people(self, request: Request) -> list[dict[str, Any]]:
        """Who is in a post of a `unit` on a day (`on`), or ever was: the periods with `full_name`."""
        self.permit(request)
        asked = load(schemas.PeopleOf, request.data)
        with self.views.reading() as reading:
            rows = views.people_of(reading, asked.unit, asked.on)
        return plain(named(self.keys, rows))

    @rpc
    def find_people(self, request: Request) -> list[dict[str, Any]]:
        """Who bears a `name`, by words of it without marks, and holds a post today in a `unit` or below it: the periods with `full_name`.

        No name is kept that could be looked up: those of PEOPLE_OPENED_MAX people are opened and compared. Raises TooManyPeople.
        """
        self.permit(request)
        asked, today = load(schemas.FindPeople, request.data), legal_date(utc_now())
        with self.views.reading() as reading:
            units = views.at_and_below(reading, asked.unit, today, UNITS_BELOW_MAX)
            rows = views.people_in(reading, units, today, PEOPLE_OPENED_MAX + 1) if units else []
        if units is None or len(rows) > PEOPLE_OPENED_MAX:
            raise domain.TooManyPeople(
                f"At and below {asked.unit} are more than {UNITS_BELOW_MAX} units or {PEOPLE_OPENED_MAX} people; choose a smaller unit.",
                most_units=UNITS_BELOW_MAX,
                most=PEOPLE_OPENED_MAX,
            )
        words = views.letters(asked.name).split()
        return plain([row for row in named(self.keys, rows) if words and _bears(row["full_name"], words)])

    @rpc
    def person(self, request: Request) -> dict[str, Any]:
        """A person with `full_name`, posts and transfers."""
        person = str(request.data["person"])
        state, _ = self.facts.load(domain.PERSON, _stream(person))
        self.permit(request, in_care=self._in_care(request, state))
        with self.views.reading() as reading:
            found = views.person_of(reading, person)
        if found is None:
            raise NotFound(f"There is no person {person}.", person=person)
        return plain(named(self.keys, [found])[0])

    @rpc
    def person_details(self, request: Request) -> dict[str, Any]:
        """All that is kept of who a person is; of one who is forgotten the mark alone."""
        self.permit(request)
        state = self._known(str(request.data["person"]))
        (found,) = details_of(self.keys, [None if state.forgotten else state.sealed])
        return found.to_data() if isinstance(found, Details) else Details(found).to_data()

    @rpc
    def transfers(self, request: Request) -> list[dict[str, Any]]:
        """The transfers from and to a `unit` that wait for an answer, with `full_name`."""
        self.permit(request)
        with self.views.reading() as reading:
            rows = views.open_transfers(reading, str(request.data["unit"]))
        return plain(named(self.keys, rows))

    def _known(self, person: str) -> domain.Person:
        state, _ = self.facts.load(domain.PERSON, _stream(person))
        if state.sealed is None:
            raise NotFound(f"There is no person {person}; register them first.", person=person)
        return state

    def _offered(self, request: Request) -> domain.TransferOffered:
        """The transfer that a request is about. Raises NotFound."""
        state = self._known(str(request.data.get("person")))
        found = state.transfer(str(request.data.get("transfer")))
        if found is None:
            raise NotFound(f"There is no transfer {request.data.get('transfer')} of this person.")
        return found.offered

    def _in_care(self, request: Request, person: domain.Person) -> list[str]:
        """Of the person's units one that the visitor acts for, where there is one: it is enough to act for one of them."""
        acted_for = {grant.scope for grant in self.views.grants(request.actor)}
        units = sorted(person.units())
        return [unit for unit in units if unit in acted_for][:1] or units

    def _sealed(self, request: Request, person: str) -> tuple[Sealed, Request]:
        """The details of a request, sealed, and the request without them.

        In their place it has their mark: what is kept of a command, to tell its repetition, is then nothing that a guessed name could be
        tried against. Details that say what is sealed already are what is sealed, so that they change nothing.
        """
        details = load(schemas.PersonDetails, {name: request.data[name] for name in PERSONAL if name in request.data}).to_data()
        key = self.keys.key_for(person)
        if key is None:
            raise domain.PersonIsForgotten(f"Person {person} is forgotten; nothing new is recorded of them.", person=person)
        told = replace(request, data={**_without(request.data, PERSONAL), "details": marked(key, PURPOSE, details)})
        state, _ = self.facts.load(domain.PERSON, _stream(person))
        held = state.sealed
        if held is not None and held.key == key.id and opened(key, PURPOSE, held) == details:
            return held, told
        return seal(key, PURPOSE, details), told


def named(keys: Keys, rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rows with `full_name` in the place of `sealed`."""
    listed = [dict(row) for row in rows]
    found = details_of(keys, [row.pop("sealed") for row in listed])
    return [{"full_name": one.full_name if isinstance(one, Details) else one, **row} for one, row in zip(found, listed, strict=True)]


def details_of(keys: Keys, values: list[Sealed | None]) -> list[Details | str]:
    """What these values open to, or the mark in the place of a name where they do not."""
    held = keys.keys_of(sealed.key for sealed in values if sealed is not None)

    def one(sealed: Sealed | None) -> Details | str:
        if sealed is None:
            return FORGOTTEN
        try:
            return Details.from_data(opened(held[sealed.key], PURPOSE, sealed))
        except (LookupError, SealBroken) as error:
            log.warning("details_unreadable", key=sealed.key, error=type(error).__name__)
            return UNREADABLE

    return [one(sealed) for sealed in values]


def _bears(name: str, words: Sequence[str]) -> bool:
    """Whether a name that could be opened has words that begin with each of these."""
    parts = views.letters(name).split()
    return name != UNREADABLE and all(any(part.startswith(word) for part in parts) for word in words)


def _stream(person: str) -> str:
    return f"person-{person}"


def _without(data: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    left_out = set(names)
    return {name: value for name, value in data.items() if name not in left_out}
