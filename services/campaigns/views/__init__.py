"""What one asks the campaigns service, and what it knows of clusters from the registry's events."""

from services.campaigns.views.campaigns import all_campaigns, campaign_of
from services.campaigns.views.clusters import cluster_in
from services.campaigns.views.model import MODEL
from services.campaigns.views.rubrics import all_rubrics, rubric_content

__all__ = ["MODEL", "all_campaigns", "all_rubrics", "campaign_of", "cluster_in", "rubric_content"]
