"""Why awards refuse a command."""

from __future__ import annotations

from datetime import date

from shared.errors import DomainError


class NotFinal(DomainError):
    """A proposal rests on final results only."""

    code = "awards.not_final"


class NotCandidate(DomainError):
    """The unit is not among those that the flag board names."""

    code = "awards.not_candidate"


class FormUnknown(DomainError):
    """No rule is known for this form of commendation, or none for that day."""

    code = "awards.form_unknown"


class AlreadyProposed(DomainError):
    """One achievement is commended once: the unit has been proposed for this form in this campaign, or the proposal is another's."""

    code = "awards.already_proposed"


class VoteMiscounted(DomainError):
    """The counts of a vote do not add up to the members of the council."""

    code = "awards.vote_miscounted"


class VoteStands(DomainError):
    """A vote has been recorded and is changed by a correction with its reason only, and not once a decision rests on it."""

    code = "awards.vote_stands"


class VoteMissing(DomainError):
    """There is no vote to decide on or to correct."""

    code = "awards.vote_missing"


class VoteFailed(DomainError):
    """Fewer members were in favour than the rule asks for."""

    code = "awards.vote_failed"


class DateImpossible(DomainError):
    """A day that lies in the future, or before what it must follow."""

    code = "awards.date_impossible"


class NumberTaken(DomainError):
    """The authority has given this number to another decision of the year."""

    code = "awards.number_taken"


class AlreadyDecided(DomainError):
    """The proposal has its decision."""

    code = "awards.already_decided"


class NotDesignated(DomainError):
    """The rotation flag goes to the leader designated for the season, and to nobody else."""

    code = "awards.not_designated"


class NotHolder(DomainError):
    """The rotation flag is handed over by the unit that holds it."""

    code = "awards.not_holder"


class HandoverConflict(DomainError):
    """The id of a hand-over is used for another one already."""

    code = "awards.handover_conflict"


def check_day(what: str, day: date, today: date) -> None:
    """Refuse a day that lies in the future: what is recorded has happened."""
    if day > today:
        raise DateImpossible(f"{what} on {day}, which is after today, {today}; check the date.", day=day.isoformat())
