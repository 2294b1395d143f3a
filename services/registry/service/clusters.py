"""Entrypoints for clusters."""

from __future__ import annotations

from typing import Any

from services.registry import domain, schemas, views
from services.registry.service.base import Part
from shared.calendar import legal_date, utc_now
from shared.errors import NotFound
from shared.plain import plain
from shared.rpc import Request, rpc
from shared.schema import load


class Clusters(Part):
    """Clusters, memberships, leaders by season. A cluster is run by the offices of the network, its organiser, and its own."""

    @rpc
    def form_cluster(self, request: Request) -> dict[str, Any]:
        self.permit(request)
        command = load(schemas.FormCluster, request.data)
        return self._on_cluster(request, command, command.organiser, command.cluster)

    @rpc
    def describe_list(self, request: Request) -> dict[str, Any]:
        self._permit_run(request)
        return self._on_cluster(request, load(schemas.DescribeList, request.data))

    @rpc
    def rename_cluster(self, request: Request) -> dict[str, Any]:
        self._permit_run(request)
        return self._on_cluster(request, load(schemas.RenameCluster, request.data))

    @rpc
    def dissolve_cluster(self, request: Request) -> dict[str, Any]:
        self._permit_run(request)
        return self._on_cluster(request, load(schemas.DissolveCluster, request.data))

    @rpc
    def admit_member(self, request: Request) -> dict[str, Any]:
        self._permit_run(request)
        command = load(schemas.AdmitMember, request.data)
        return self._on_cluster(request, command, command.unit)

    @rpc
    def admit_members(self, request: Request) -> dict[str, Any]:
        """Admit several units from one day on, all or none."""
        self._permit_run(request)
        command = load(schemas.AdmitMembers, request.data)
        return self._on_cluster(request, command, *command.units)

    @rpc
    def release_member(self, request: Request) -> dict[str, Any]:
        self._permit_run(request)
        return self._on_cluster(request, load(schemas.ReleaseMember, request.data))

    @rpc
    def designate_leader(self, request: Request) -> dict[str, Any]:
        self._permit_run(request)
        return self._on_cluster(request, load(schemas.DesignateLeader, request.data))

    @rpc
    def consent_to_lead(self, request: Request) -> dict[str, Any]:
        """A unit says that it is ready to lead in a season; nobody is designated by that."""
        self._permit_run(request)
        return self._on_cluster(request, load(schemas.ConsentToLead, request.data))

    @rpc
    def decline_to_lead(self, request: Request) -> dict[str, Any]:
        """A unit says that it will not lead in a season, and why."""
        self._permit_run(request)
        return self._on_cluster(request, load(schemas.DeclineToLead, request.data))

    @rpc
    def clusters(self, request: Request) -> list[dict[str, Any]]:
        self.permit(request)
        with self.views.reading() as reading:
            return plain(views.all_clusters(reading, legal_date(utc_now())))

    @rpc
    def cluster(self, request: Request) -> dict[str, Any]:
        self.permit(request)
        with self.views.reading() as reading:
            found = views.cluster_of(reading, str(request.data["cluster"]), legal_date(utc_now()))
        if found is None:
            raise NotFound(f"There is no cluster {request.data['cluster']}.")
        return plain(found)

    def _permit_run(self, request: Request) -> None:
        state, _ = self.facts.load(domain.CLUSTER, f"cluster-{request.data.get('cluster')}")
        self.permit(request, organiser=() if state.formed is None else state.formed.organiser)

    def _on_cluster(self, request: Request, command: Any, *organisations: str) -> dict[str, Any]:
        """Decide on the ground of the organisations that the command names."""
        states = {key: self.facts.load(domain.ORGANISATION, f"organisation-{key}")[0] for key in dict.fromkeys(organisations)}
        ground = domain.ClusterGround({key: state for key, state in states.items() if state.registered is not None})
        return self.facts.execute(request, domain.cluster(ground), f"cluster-{command.cluster}", command)
