"""Work that takes seconds of the processor, such as a workbook of thousands of rows: done beside the requests, not before them."""

from __future__ import annotations

import contextvars
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar, cast

from flask import current_app

EXTENSION = "commendation.offload"
Said = ParamSpec("Said")
Made = TypeVar("Made")


def at_once(work: Callable[..., Any], *args: Any) -> Any:
    """Where nobody waits: the work here and now."""
    return work(*args)


def beside(work: Callable[Said, Made], *args: Said.args, **named: Said.kwargs) -> Made:
    """What the work makes, in a thread of its own where the app runs among others; it knows request and language."""
    offload = current_app.extensions[EXTENSION]
    context = contextvars.copy_context()
    return cast("Made", offload(context.run, lambda: work(*args, **named)))
