"""Clusters over the API."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from services.gateway import schemas
from services.gateway.api import blueprint, told
from services.gateway.network import query

Command = tuple[dict[str, Any], int]

clusters = blueprint("clusters", "/clusters", "Clusters (khối, cụm thi đua), their members and leaders.")
BLUEPRINTS = (clusters,)


@clusters.route("")
class Clusters(MethodView):
    @clusters.response(200, schemas.ClusterLine(many=True))
    def get(self) -> list[dict[str, Any]]:
        """All clusters."""
        return list(query("registry", "clusters"))

    @clusters.arguments(schemas.FormCluster)
    @clusters.response(201, schemas.Recorded)
    @clusters.alt_response(200, schema=schemas.Recorded)
    def post(self, body: dict[str, Any]) -> Command:
        """Form a cluster."""
        return told("registry", "form_cluster", body)


@clusters.route("/<cluster>")
class Cluster(MethodView):
    @clusters.response(200, schemas.Cluster)
    def get(self, cluster: str) -> Any:
        """A cluster with its members and leaders."""
        return query("registry", "cluster", cluster=cluster)


@clusters.route("/<cluster>/list")
class List(MethodView):
    @clusters.arguments(schemas.DescribeList)
    @clusters.response(201, schemas.Recorded)
    @clusters.alt_response(200, schema=schemas.Recorded)
    def put(self, body: dict[str, Any], cluster: str) -> Command:
        """Say how complete the list of members is, and by which source."""
        return told("registry", "describe_list", body, cluster=cluster)


@clusters.route("/<cluster>/names")
class Names(MethodView):
    @clusters.arguments(schemas.RenameCluster)
    @clusters.response(201, schemas.Recorded)
    @clusters.alt_response(200, schema=schemas.Recorded)
    def post(self, body: dict[str, Any], cluster: str) -> Command:
        """Rename a cluster."""
        return told("registry", "rename_cluster", body, cluster=cluster)


@clusters.route("/<cluster>/dissolution")
class Dissolution(MethodView):
    @clusters.arguments(schemas.DissolveCluster)
    @clusters.response(201, schemas.Recorded)
    @clusters.alt_response(200, schema=schemas.Recorded)
    def post(self, body: dict[str, Any], cluster: str) -> Command:
        """Dissolve a cluster, and end the memberships that last."""
        return told("registry", "dissolve_cluster", body, cluster=cluster)


@clusters.route("/<cluster>/admissions")
class Admissions(MethodView):
    @clusters.arguments(schemas.AdmitMembers)
    @clusters.response(201, schemas.Recorded)
    @clusters.alt_response(200, schema=schemas.Recorded)
    def post(self, body: dict[str, Any], cluster: str) -> Command:
        """Admit several units, all or none."""
        return told("registry", "admit_members", body, cluster=cluster)


@clusters.route("/<cluster>/members")
class Members(MethodView):
    @clusters.arguments(schemas.AdmitMember)
    @clusters.response(201, schemas.Recorded)
    @clusters.alt_response(200, schema=schemas.Recorded)
    def post(self, body: dict[str, Any], cluster: str) -> Command:
        """Admit a unit."""
        return told("registry", "admit_member", body, cluster=cluster)


@clusters.route("/<cluster>/members/<unit>/release")
class Release(MethodView):
    @clusters.arguments(schemas.ReleaseMember)
    @clusters.response(201, schemas.Recorded)
    @clusters.alt_response(200, schema=schemas.Recorded)
    def post(self, body: dict[str, Any], cluster: str, unit: str) -> Command:
        """End a unit's membership."""
        return told("registry", "release_member", body, cluster=cluster, unit=unit)


@clusters.route("/<cluster>/leaders")
class Leaders(MethodView):
    @clusters.arguments(schemas.DesignateLeader)
    @clusters.response(201, schemas.Recorded)
    @clusters.alt_response(200, schema=schemas.Recorded)
    def post(self, body: dict[str, Any], cluster: str) -> Command:
        """Designate leader and deputies of a season."""
        return told("registry", "designate_leader", body, cluster=cluster)
