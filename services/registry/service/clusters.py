"""Entrypoints for clusters."""

from __future__ import annotations

from typing import Any

from services.registry import domain, schemas, views
from services.registry.service.base import OFFICE, Part
from shared.errors import NotFound
from shared.plain import plain
from shared.rpc import Request, rpc
from shared.schema import load


class Clusters(Part):
    """Clusters, memberships, leaders by season."""

    @rpc
    def form_cluster(self, request: Request) -> dict[str, Any]:
        self.views.require(request, *OFFICE)
        command = load(schemas.FormCluster, request.data)
        self._existing(command.organiser)
        return self.facts.execute(request, domain.CLUSTER, f"cluster-{command.cluster}", command)

    @rpc
    def admit_member(self, request: Request) -> dict[str, Any]:
        self.views.require(request, *OFFICE)
        command = load(schemas.AdmitMember, request.data)
        self._existing(command.unit)
        return self.facts.execute(request, domain.CLUSTER, f"cluster-{command.cluster}", command)

    @rpc
    def release_member(self, request: Request) -> dict[str, Any]:
        self.views.require(request, *OFFICE)
        command = load(schemas.ReleaseMember, request.data)
        return self.facts.execute(request, domain.CLUSTER, f"cluster-{command.cluster}", command)

    @rpc
    def designate_leader(self, request: Request) -> dict[str, Any]:
        self.views.require(request, *OFFICE)
        command = load(schemas.DesignateLeader, request.data)
        return self.facts.execute(request, domain.CLUSTER, f"cluster-{command.cluster}", command)

    @rpc
    def clusters(self, request: Request) -> list[dict[str, Any]]:
        with self.views.reading() as reading:
            return plain(views.all_clusters(reading))

    @rpc
    def cluster(self, request: Request) -> dict[str, Any]:
        with self.views.reading() as reading:
            found = views.cluster_of(reading, str(request.data["cluster"]))
        if found is None:
            raise NotFound(f"There is no cluster {request.data['cluster']}.")
        return plain(found)
