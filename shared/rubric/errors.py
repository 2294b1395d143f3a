"""What can be wrong with a rubric or with a score given under it."""

from typing import ClassVar

from shared.errors import DomainError, ValidationFailed


class RubricInvalid(DomainError):
    """The rubric cannot work as it is built; `details["errors"]` lists {"at", "code", "message", "values"}."""

    code: ClassVar[str] = "rubric.invalid"


class RubricUnbalanced(DomainError):
    """Its sums do not agree; `details["imbalances"]` lists {"at", "title", "declared", "found", "difference"}."""

    code: ClassVar[str] = "rubric.unbalanced"


class RubricUnreadable(ValidationFailed):
    """The text or data is not a rubric; `details["errors"]` lists {"at", "code", "message", "values"}."""

    code: ClassVar[str] = "rubric.unreadable"


class ItemUnknown(DomainError):
    code: ClassVar[str] = "rubric.item_unknown"


class ScoreRefused(DomainError):
    """A score that the rubric does not allow; `details` names item, value, maximum and places."""

    code: ClassVar[str] = "rubric.score_refused"


class ScoreOutOfRange(ScoreRefused):
    code: ClassVar[str] = "rubric.score_out_of_range"


class ScoreTooPrecise(ScoreRefused):
    code: ClassVar[str] = "rubric.score_too_precise"
