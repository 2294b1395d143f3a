"""Commands and events of the registry at its boundary."""

from services.registry.schemas import accounts, clusters, organisations
from services.registry.schemas.accounts import GrantRole, OpenAccount, RevokeRole, is_account_id
from services.registry.schemas.clusters import AdmitMember, DesignateLeader, FormCluster, ReleaseMember
from services.registry.schemas.organisations import RegisterOrganisation
from shared.schema import Catalogue

EVENTS = Catalogue("registry", *organisations.EVENTS, *clusters.EVENTS, *accounts.EVENTS)

__all__ = [
    "EVENTS",
    "AdmitMember",
    "DesignateLeader",
    "FormCluster",
    "GrantRole",
    "OpenAccount",
    "RegisterOrganisation",
    "ReleaseMember",
    "RevokeRole",
    "is_account_id",
]
