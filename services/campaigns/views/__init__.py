"""What one asks the campaigns service, and what it knows of clusters from the registry's events."""

from services.campaigns.views.campaigns import all_campaigns, campaign_of, tree, unsigned
from services.campaigns.views.clusters import cluster_in
from services.campaigns.views.inspections import all_inspections, inspection_of
from services.campaigns.views.kin import is_unit, kin_on
from services.campaigns.views.model import MODEL
from services.campaigns.views.pairing import checked_in
from services.campaigns.views.rubrics import all_drafts, all_rubrics, draft_of, rubric_content, versions_of
from services.campaigns.views.targets import targets_of
from services.campaigns.views.urging import all_mailboxes, frozen_campaigns, owed

__all__ = [
    "MODEL",
    "all_campaigns",
    "all_drafts",
    "all_inspections",
    "all_mailboxes",
    "all_rubrics",
    "campaign_of",
    "checked_in",
    "cluster_in",
    "draft_of",
    "frozen_campaigns",
    "inspection_of",
    "is_unit",
    "kin_on",
    "owed",
    "rubric_content",
    "targets_of",
    "tree",
    "unsigned",
    "versions_of",
]
