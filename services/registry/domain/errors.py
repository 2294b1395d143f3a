"""What the registry refuses."""

from __future__ import annotations

from shared.errors import DomainError


class AlreadyThere(DomainError):
    """What should be made exists already, with other particulars."""

    code = "registry.already_there"


class MembershipConflict(DomainError):
    """A membership would overlap another of the same unit, or end before it began."""

    code = "registry.membership"


class LeaderNotMember(DomainError):
    """Leader and deputy of a season are chosen from the cluster's members of that season."""

    code = "registry.leader_not_member"


class PersonIsForgotten(DomainError):
    """Nothing new is recorded of a person who has been forgotten."""

    code = "registry.person_forgotten"


class PostConflict(DomainError):
    """A post would be held twice at once, or left before it was taken."""

    code = "registry.post"


class TransferSettled(DomainError):
    """A transfer that was accepted, refused or withdrawn stays so. `details`: transfer, state."""

    code = "registry.transfer_settled"


class SameHand(DomainError):
    """Who offered does not accept: a transfer has two sides."""

    code = "registry.same_hand"


class TermConflict(DomainError):
    """A term of a council would overlap another, begin before the council or end before it begins."""

    code = "registry.term"


class SeatConflict(DomainError):
    """A second chair, a second seat of one person, or a day outside the term."""

    code = "registry.seat"


class ClusterEnded(DomainError):
    """The cluster has been dissolved, or would be before it began."""

    code = "registry.cluster_ended"


class ScopeRefused(DomainError):
    """There is no such scope, or the role has no meaning for it."""

    code = "registry.scope"


class RoleDates(DomainError):
    """The days of a grant or delegation do not follow one another, or are past."""

    code = "registry.role_dates"


class RoleNotHeld(DomainError):
    """What is to be lent is not held for the whole time: `details`: role, scope."""

    code = "registry.role_not_held"


class NotDelegable(DomainError):
    """Administration is granted, not lent."""

    code = "registry.not_delegable"


class LastAdministrator(DomainError):
    """Someone must administer the network without end."""

    code = "registry.last_administrator"


class TooManyPeople(DomainError):
    """A name is not looked for among so many: `details`: units and people at most, `most_units` and `most`."""

    code = "registry.too_many_people"


class OrganisationEnded(DomainError):
    """Nothing happens to an organisation after its end. `ended_on`: the first day on which it was no more; `heirs`: who went on."""

    code = "registry.organisation_ended"


class NotOpen(DomainError):
    """An organisation that the command names is not open on that day: it opened later, or had ended."""

    code = "registry.not_open"


class ParentCycle(DomainError):
    """An organisation would come to be under itself. `path`: from it through its parents back to it; `on`: from when."""

    code = "registry.parent_cycle"


class CodeTaken(DomainError):
    """Another organisation has this code on some of the days. `holder`: which; `from_on`, `until_on`: since when, and when it ends."""

    code = "registry.code_taken"


class CodeMalformed(DomainError):
    """A text that is no code of an organisation, or one of the other scheme."""

    code = "registry.code_malformed"


class BeforeOpening(DomainError):
    """A change is dated before the organisation's opening, or its end on the first day or before."""

    code = "registry.before_opening"


class HeirsConflict(DomainError):
    """Heirs named twice, too few of them, or shares that cannot be."""

    code = "registry.heirs"


class CorrectionConflict(DomainError):
    """A correction of what was not recorded, or that says what cannot be."""

    code = "registry.correction"
