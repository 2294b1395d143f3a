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
