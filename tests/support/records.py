"""Hypothesis strategies for dataclasses of the domain, made from the types of their fields."""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from hypothesis import strategies as st

from tests.shared.given import instants, json_data, words

_FEW = st.sampled_from(["a", "b", "c"])
_SIMPLE: dict[Any, st.SearchStrategy[Any]] = {
    str: _FEW | _FEW | words.filter(lambda text: "\x00" not in text),
    int: st.integers(0, 9) | st.integers(-(2**53) + 1, 2**53 - 1),
    bool: st.booleans(),
    Decimal: st.decimals(-1000, 1000, places=2) | st.sampled_from([Decimal("-0.00"), Decimal("1E+3"), Decimal(10**20)]),
    date: st.dates(),
    datetime: instants,
    Any: json_data,
}


def any_of(kind: Any) -> st.SearchStrategy[Any]:
    """Any value of a type that a record may hold; texts are few, so that one event often speaks of what another has said."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if kind in _SIMPLE:
        return _SIMPLE[kind]
    if kind is types.NoneType:
        return st.none()
    if origin in (typing.Union, types.UnionType):
        return st.one_of(*map(any_of, arguments))
    if origin in (tuple, frozenset):
        if origin is tuple and arguments[-1] is not Ellipsis:
            return st.tuples(*map(any_of, arguments))
        return st.lists(any_of(arguments[0]), max_size=3).map(origin)
    if origin in (dict, Mapping):
        return st.dictionaries(any_of(arguments[0]), any_of(arguments[1]), max_size=3)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return st.sampled_from(kind)
    if is_dataclass(kind):
        hints = typing.get_type_hints(kind)
        return st.builds(typing.cast("type[Any]", kind), **{field.name: any_of(hints[field.name]) for field in fields(kind)})
    raise TypeError(f"No values are known of {kind!r}")
