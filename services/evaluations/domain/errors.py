"""Why evaluations refuse something."""

from __future__ import annotations

from shared.errors import DomainError


class SheetClosed(DomainError):
    """The sheet takes no scores: its pass is not open, it is not assigned to this scorer, or it has been submitted."""

    code = "evaluations.sheet_closed"


class SheetStale(DomainError):
    """Somebody else saved the sheet since it was read."""

    code = "evaluations.sheet_stale"


class ScoresRefused(DomainError):
    """Some scores break the rubric; none was recorded. `details["errors"]`: {"at": item key, "message"} for each."""

    code = "evaluations.scores_refused"


class SheetIncomplete(DomainError):
    """The pass asks for a score of every content item. `details["missing"]`: their keys."""

    code = "evaluations.sheet_incomplete"


class ItemNotHere(DomainError):
    """The rubric leaves the item to other passes."""

    code = "evaluations.item_not_here"


class ReasonMissing(DomainError):
    """A score differs from the pass before without saying why."""

    code = "evaluations.reason_missing"


class ItemNotReturned(DomainError):
    """The sheet was given back for other items only. `details["items"]`: their keys."""

    code = "evaluations.item_not_returned"


class NotHandedIn(DomainError):
    """The sheet is still with its scorer."""

    code = "evaluations.not_handed_in"


class ItemsUnknown(DomainError):
    """Items were named that the sheet does not have. `details["items"]`: the keys that were given."""

    code = "evaluations.items_unknown"


class ReasonTooShort(DomainError):
    """A sheet is given back with words from which its scorer knows what to do. `details`: letters, least."""

    code = "evaluations.reason_too_short"


class ReturnDayMissing(DomainError):
    """Nobody said by when the sheet is to come back, or a day that is past."""

    code = "evaluations.return_day_missing"


class EvidenceMissing(DomainError):
    """The pass asks for evidence of every item that needs it and has points. `details["missing"]`: their keys."""

    code = "evaluations.evidence_missing"


class EvidenceNamesMakers(DomainError):
    """In a blind pass: the file says who made it. `details["found"]`: where."""

    code = "evaluations.evidence_names_makers"


class EvidenceUnknown(DomainError):
    """The item has no file of this digest."""

    code = "evaluations.evidence_unknown"


class TooMuchEvidence(DomainError):
    """The item has as many files as it takes. `details["most"]`: how many."""

    code = "evaluations.too_much_evidence"


class PeriodUnknown(DomainError):
    """No month or quarter has this key, or the scheme does not rate such periods, or it is still to come."""

    code = "evaluations.period_unknown"


class SchemeUnknown(DomainError):
    """No rating scheme of this key and version, or none is in force on the day."""

    code = "evaluations.scheme_unknown"


class RatingsRefused(DomainError):
    """Some rows break the scheme; none was taken. `details["errors"]`: {"at": "subject.figure", "code", "values", "message"} for each."""

    code = "evaluations.ratings_refused"


class RatingsClosed(DomainError):
    """What is asked does not go in the state in which the ratings are. `details["state"]`."""

    code = "evaluations.ratings_closed"


class RatingsStale(DomainError):
    """Somebody else saved the ratings since they were read."""

    code = "evaluations.ratings_stale"


class QuotaExceeded(DomainError):
    """More subjects have a grade than its quota allows. `details["lines"]`: the quotas that are exceeded, with their arithmetic."""

    code = "evaluations.quota_exceeded"


class DocumentMissing(DomainError):
    """A higher quota holds by a document only, and none is named."""

    code = "evaluations.document_missing"


class InitiativeConflict(DomainError):
    """What is asked of an initiative does not agree with what is recorded of it."""

    code = "evaluations.initiative_conflict"


class NotExamined(DomainError):
    """No council has found for the initiative in this scope."""

    code = "evaluations.not_examined"


class ConflictOfInterest(DomainError):
    """The scorer is not free towards the unit; the sheet is not taken. `details`: unit, pass_key, scorer, ground, basis, deniable."""

    code = "evaluations.conflict_of_interest"


class OwnUnit(DomainError):
    """The account has its post in the unit whose sheet is given back or looked through, or whose result is adjusted. `details`: unit."""

    code = "evaluations.own_unit"


class SheetsFrozen(DomainError):
    """The campaign is frozen; who does not see what is pending neither returns nor comments on what was handed in."""

    code = "evaluations.sheets_frozen"


class ScorerIsRecused(DomainError):
    """The scorer has stepped back from the unit in this pass."""

    code = "evaluations.scorer_recused"


class ConflictNotStanding(DomainError):
    """No such conflict stands, or it is not one that is declared."""

    code = "evaluations.conflict_not_standing"


class ConflictUndeniable(DomainError):
    """The rules do not let this ground be denied."""

    code = "evaluations.conflict_undeniable"


class NotAssigned(DomainError):
    """The scorer is not called to this sheet."""

    code = "evaluations.not_assigned"


class RecusalLate(DomainError):
    """The sheet has been handed in; it is returned before its scorer steps back."""

    code = "evaluations.recusal_late"


class RecusalUnknown(DomainError):
    """No recusal stands that could be taken back."""

    code = "evaluations.recusal_unknown"


class RecusalStays(DomainError):
    """The pass is closed; who stepped back in it stays so."""

    code = "evaluations.recusal_stays"


class ResultFinal(DomainError):
    """The campaign's result is final."""

    code = "evaluations.result_final"


class NotTakingPart(DomainError):
    """The unit is no member of the campaign."""

    code = "evaluations.not_taking_part"


class AdjustmentConflict(DomainError):
    """An adjustment of this id stands with other particulars."""

    code = "evaluations.adjustment_conflict"


class AdjustmentRuleUnknown(DomainError):
    """No rule of this key is in force on the day, or it is of another kind; or neither rule nor kind and title are given."""

    code = "evaluations.adjustment_rule_unknown"


class AdjustmentPoints(DomainError):
    """The points are not those that the rule, the scale or the kind of the adjustment allows."""

    code = "evaluations.adjustment_points"


class AdjustmentDates(DomainError):
    """The days of the adjustment cannot be."""

    code = "evaluations.adjustment_dates"


class AdjustmentTwice(DomainError):
    """The rule, one of its family, or the decision counts for the unit already. `details`: adjustment, title, document of the other."""

    code = "evaluations.adjustment_twice"


class AppealConflict(DomainError):
    """What is asked of an appeal does not agree with what is recorded of it."""

    code = "evaluations.appeal_conflict"


class AppealEarly(DomainError):
    """No score stands yet against which one could appeal."""

    code = "evaluations.appeal_early"


class AppealLate(DomainError):
    """The term for appeals is over. `details["due_on"]`: its last day."""

    code = "evaluations.appeal_late"


class AppealPending(DomainError):
    """An appeal against the item waits for its answer."""

    code = "evaluations.appeal_pending"


class AppealSettled(DomainError):
    """The appeal has been answered or withdrawn."""

    code = "evaluations.appeal_settled"


class AppealOutcome(DomainError):
    """Outcome and scores of an answer do not agree."""

    code = "evaluations.appeal_outcome"


class PassesOpen(DomainError):
    """Scores of an answer come after all passes. `details["passes"]`: those that are open or still to come."""

    code = "evaluations.passes_open"


class BallotRefused(DomainError):
    """A ballot cannot be opened so. `details`: errors, {"at", "message"} of the field; fault, what is wrong there."""

    code = "evaluations.ballot_refused"


class BallotClosedAlready(DomainError):
    """The ballot is over."""

    code = "evaluations.ballot_over"


class BallotNotByThisWay(DomainError):
    """Votes in this ballot are given in another way."""

    code = "evaluations.ballot_not_by_this_way"


class NotAnElector(DomainError):
    """The account does not vote here."""

    code = "evaluations.not_an_elector"


class AlreadyVoted(DomainError):
    """The account has voted in this ballot; how, nobody says."""

    code = "evaluations.already_voted"


class LetterRefused(DomainError):
    """A written opinion cannot be entered so. `details`: errors and fault, as of BallotRefused."""

    code = "evaluations.letter_refused"


class PaperRefused(DomainError):
    """The paper says more than it may; nothing was counted and the account may vote."""

    code = "evaluations.paper_refused"


class ClosingRefused(DomainError):
    """The ballot is not closed now, or not by this account. `details`: errors, fault, and missing, how many have not voted."""

    code = "evaluations.closing_refused"
