"""Organisations, clusters (khối, cụm thi đua) and accounts: a module for each aggregate."""

from services.registry.domain.accounts import (
    ACCOUNT,
    LOGIN,
    Account,
    AccountOpened,
    GrantRole,
    LoginReserved,
    OpenAccount,
    RevokeRole,
    RoleGranted,
    RoleRevoked,
)
from services.registry.domain.clusters import (
    CLUSTER,
    AdmitMember,
    Basis,
    Cluster,
    ClusterFormed,
    DesignateLeader,
    FormCluster,
    LeaderDesignated,
    LeaderRule,
    MemberAdmitted,
    MemberReleased,
    Membership,
    ReleaseMember,
)
from services.registry.domain.errors import (
    AlreadyThere,
    LeaderNotMember,
    MembershipConflict,
)
from services.registry.domain.network import (
    NETWORK,
    FoundNetwork,
    NetworkFounded,
)
from services.registry.domain.organisations import (
    ORGANISATION,
    OrganisationRegistered,
    RegisterOrganisation,
)

__all__ = [
    "ACCOUNT",
    "CLUSTER",
    "LOGIN",
    "NETWORK",
    "ORGANISATION",
    "Account",
    "AccountOpened",
    "AdmitMember",
    "AlreadyThere",
    "Basis",
    "Cluster",
    "ClusterFormed",
    "DesignateLeader",
    "FormCluster",
    "FoundNetwork",
    "GrantRole",
    "LeaderDesignated",
    "LeaderNotMember",
    "LeaderRule",
    "LoginReserved",
    "MemberAdmitted",
    "MemberReleased",
    "Membership",
    "MembershipConflict",
    "NetworkFounded",
    "OpenAccount",
    "OrganisationRegistered",
    "RegisterOrganisation",
    "ReleaseMember",
    "RevokeRole",
    "RoleGranted",
    "RoleRevoked",
]
