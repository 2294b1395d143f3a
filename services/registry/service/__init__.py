"""The registry as a nameko service: entrypoints only."""

from __future__ import annotations

from services.registry.service.accounts import Accounts
from services.registry.service.clusters import Clusters
from services.registry.service.councils import Councils
from services.registry.service.organisations import Organisations
from services.registry.service.people import People


class RegistryService(Organisations, Clusters, Councils, People, Accounts):
    """Organisations, clusters and memberships, leaders by season, people and councils, accounts and roles."""
