"""What one asks the registry: organisations, clusters with their members and leaders, accounts with their roles."""

from services.registry.views.accounts import account_by_login, administrators, all_accounts, all_posts, lent_by
from services.registry.views.as_of import (
    Wanted,
    at_and_below,
    count_on,
    lineage_of,
    names_since,
    organisation_on,
    organisations_on,
    terms_used,
    with_codes,
)
from services.registry.views.clusters import all_clusters, cluster_of
from services.registry.views.councils import all_councils, council_of
from services.registry.views.model import MODEL
from services.registry.views.organisations import letters
from services.registry.views.people import open_transfers, people_in, people_of, person_of, sealed_of

__all__ = [
    "MODEL",
    "Wanted",
    "account_by_login",
    "administrators",
    "all_accounts",
    "all_clusters",
    "all_councils",
    "all_posts",
    "at_and_below",
    "cluster_of",
    "council_of",
    "count_on",
    "lent_by",
    "letters",
    "lineage_of",
    "names_since",
    "open_transfers",
    "organisation_on",
    "organisations_on",
    "people_in",
    "people_of",
    "person_of",
    "sealed_of",
    "terms_used",
    "with_codes",
]
