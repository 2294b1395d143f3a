"""Why a rebuild does not go on; in each case the live rows stay as they are."""

from __future__ import annotations

from http import HTTPStatus

from shared.errors import CommendationError, NotFound


class RebuildShort(CommendationError):
    """The feeds end before what the live rows hold."""

    code = "rebuild_short"


class RebuildUnderWay(CommendationError):
    """Another process builds this read model now."""

    code = "rebuild_under_way"
    status = HTTPStatus.CONFLICT


class RebuildAborted(CommendationError):
    """The generation is built no more: an operator has aborted it."""

    code = "rebuild_aborted"
    status = HTTPStatus.CONFLICT


class RebuildParked(CommendationError):
    """The new generation parks what the live one has folded: readers would see less."""

    code = "rebuild_parked"
    status = HTTPStatus.CONFLICT


class NothingBuilt(NotFound):
    """No generation is being built."""

    code = "nothing_built"
