"""What the campaigns service refuses."""

from __future__ import annotations

from shared.errors import DomainError


class RubricFixed(DomainError):
    """A published rubric never changes; a new season or a correction is a rubric of its own."""

    code = "campaigns.rubric_fixed"


class CampaignConflict(DomainError):
    """The campaign exists with other particulars."""

    code = "campaigns.conflict"


class NotInAudience(DomainError):
    """The unit is no member of the campaign's cluster in its season."""

    code = "campaigns.not_in_audience"


class NotRegistered(DomainError):
    """Covenant and sheets need a registration first."""

    code = "campaigns.not_registered"


class PassOrder(DomainError):
    """A pass is opened once, in the rubric's order; the one before must have been opened."""

    code = "campaigns.pass_order"


class CampaignFinal(DomainError):
    """The campaign is finalised: nothing in it changes any more."""

    code = "campaigns.final"


class NotReady(DomainError):
    """Something must come first; the message names it."""

    code = "campaigns.not_ready"
