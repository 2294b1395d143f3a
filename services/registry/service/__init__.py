"""The registry as a nameko service: entrypoints only."""

from __future__ import annotations

from services.registry.service.accounts import Accounts
from services.registry.service.clusters import Clusters
from services.registry.service.organisations import Organisations


class RegistryService(Organisations, Clusters, Accounts):
    """Organisations, clusters and memberships, leaders by season, accounts and roles."""
