"""What one asks the registry: organisations, clusters with their members and leaders, accounts with their roles."""

from services.registry.views.accounts import account_by_login, all_accounts
from services.registry.views.clusters import all_clusters, cluster_of
from services.registry.views.model import MODEL
from services.registry.views.organisations import all_organisations

__all__ = ["MODEL", "account_by_login", "all_accounts", "all_clusters", "all_organisations", "cluster_of"]
