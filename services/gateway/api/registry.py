"""Organisations and clusters over the API."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from services.gateway import schemas
from services.gateway.api import blueprint, told
from services.gateway.network import query

Command = tuple[dict[str, Any], int]

organisations = blueprint("organisations", "/organisations", "Organisations (cơ quan, đơn vị).")
clusters = blueprint("clusters", "/clusters", "Clusters (khối, cụm thi đua), their members and leaders.")
BLUEPRINTS = (organisations, clusters)


@organisations.route("")
class Organisations(MethodView):
    @organisations.response(200, schemas.Organisation(many=True))
    def get(self) -> list[dict[str, Any]]:
        """All organisations."""
        return list(query("registry", "organisations"))

    @organisations.arguments(schemas.RegisterOrganisation)
    @organisations.response(201, schemas.Recorded)
    @organisations.alt_response(200, schema=schemas.Recorded)
    def post(self, body: dict[str, Any]) -> Command:
        """Register an organisation."""
        return told("registry", "register_organisation", body)


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
        """Designate leader and deputy of a season."""
        return told("registry", "designate_leader", body, cluster=cluster)
