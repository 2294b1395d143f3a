"""Entrypoints for councils."""

from __future__ import annotations

from typing import Any

from services.registry import domain, schemas, views
from services.registry.service.people import People, named
from shared.errors import NotFound
from shared.plain import plain
from shared.rpc import Request, rpc
from shared.schema import load


class Councils(People):
    """Councils, their terms and members."""

    @rpc
    def form_council(self, request: Request) -> dict[str, Any]:
        self.permit(request)
        command = load(schemas.FormCouncil, request.data)
        self._open_on(command.organisation, command.formed_on, "organisation")
        return self.facts.execute(request, domain.COUNCIL, f"council-{command.council}", command)

    @rpc
    def open_term(self, request: Request) -> dict[str, Any]:
        self.permit(request, organisation=self._organisation(request))
        command = load(schemas.OpenTerm, request.data)
        return self.facts.execute(request, domain.COUNCIL, f"council-{command.council}", command)

    @rpc
    def appoint_member(self, request: Request) -> dict[str, Any]:
        self.permit(request, organisation=self._organisation(request))
        command = load(schemas.AppointMember, request.data)
        remembered = (domain.PERSON, f"person-{command.person}", domain.AskPerson(command.person))
        return self.facts.execute(request, domain.COUNCIL, f"council-{command.council}", command, resting_on=[remembered])

    @rpc
    def relieve_member(self, request: Request) -> dict[str, Any]:
        self.permit(request, organisation=self._organisation(request))
        command = load(schemas.RelieveMember, request.data)
        return self.facts.execute(request, domain.COUNCIL, f"council-{command.council}", command)

    @rpc
    def councils(self, request: Request) -> list[dict[str, Any]]:
        """All councils, without their members."""
        self.permit(request)
        with self.views.reading() as reading:
            return plain(views.all_councils(reading))

    @rpc
    def council(self, request: Request) -> dict[str, Any]:
        """A council with its terms, and the members of each with `full_name`."""
        self.permit(request, organisation=self._organisation(request))
        with self.views.reading() as reading:
            found = views.council_of(reading, str(request.data["council"]))
            if found is None:
                raise NotFound(f"There is no council {request.data['council']}.")
            members = [row for term in found["terms"] for row in term["members"]]
            sealed = views.sealed_of(reading, {row["person"] for row in members})
        told = iter(named(self.keys, [{**row, "sealed": sealed.get(row["person"])} for row in members]))
        return plain({**found, "terms": [{**term, "members": [next(told) for _ in term["members"]]} for term in found["terms"]]})

    def _organisation(self, request: Request) -> str:
        """Whose council a request is about. Raises NotFound."""
        council = str(request.data.get("council"))
        state, _ = self.facts.load(domain.COUNCIL, f"council-{council}")
        if state.formed is None:
            raise NotFound(f"There is no council {council}; form it first.", council=council)
        return str(state.formed.organisation)
