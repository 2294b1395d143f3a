"""What the campaigns service refuses."""

from __future__ import annotations

from shared.errors import DomainError, Unavailable


class RubricFixed(DomainError):
    """A published rubric never changes; a new season or a correction is a rubric of its own."""

    code = "campaigns.rubric_fixed"


class RubricInUse(DomainError):
    """A rubric that campaigns run under is not withdrawn. `details["campaigns"]`."""

    code = "campaigns.rubric_in_use"


class RubricGone(DomainError):
    """The rubric was withdrawn: no campaign is launched under it."""

    code = "campaigns.rubric_withdrawn"


class DraftStale(DomainError):
    """Somebody else saved the draft since it was read."""

    code = "campaigns.draft_stale"


class DraftClosed(DomainError):
    """The draft was published or discarded."""

    code = "campaigns.draft_closed"


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


class PairingImpossible(DomainError):
    """No draw keeps to the rules. `details`: rules that cannot hold, units that compete, checkers that are left to them."""

    code = "campaigns.pairing_impossible"


class PairingStands(DomainError):
    """The pass has been drawn already; to draw again needs a reason."""

    code = "campaigns.pairing_stands"


class PhaseOrder(DomainError):
    """A phase is opened as planned, then extended, closed or opened again; the message says which comes first."""

    code = "campaigns.phase_order"


class TooLate(DomainError):
    """The phase ended for this unit; an extension or grace would let it in. `details`: unit, phase, last_day."""

    code = "campaigns.too_late"


class ReasonMissing(DomainError):
    """What moves a term, ends a phase early, or freezes a board is explained."""

    code = "campaigns.reason_missing"


class CriteriaDropped(DomainError):
    """A campaign under another may add criteria, not drop or lower them. `details["errors"]`: {"at": item key, "message"} for each."""

    code = "campaigns.criteria_dropped"


class StandsFrozen(DomainError):
    """The campaign's boards are frozen; what they rest on does not change until they are thawed."""

    code = "campaigns.frozen"


class NotSealed(Unavailable):
    """Rankings did not say in time what its boards are, shown or made anew. `details["waited"]`: seconds."""

    code = "campaigns.not_sealed"


class MattersOpen(DomainError):
    """The result cannot be final yet. `details["matters"]`: {"kind", "at", "count"} of all in the way; of a pass also its "title"."""

    code = "campaigns.matters_open"


class InspectionConflict(DomainError):
    """The inspection says something else already, or its dates do not follow one another."""

    code = "campaigns.inspection_conflict"


class InspectionOver(DomainError):
    """The inspection was concluded or called off."""

    code = "campaigns.inspection_over"


class NothingDue(DomainError):
    """The unit does not owe what it is to be reminded of."""

    code = "campaigns.nothing_due"


class NoMailbox(DomainError):
    """No functional mailbox of the unit is known."""

    code = "campaigns.no_mailbox"
