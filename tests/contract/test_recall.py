"""A service reads its own log on a shorter way than what comes from outside, and reads the same there."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.console.contracts import catalogues
from shared.schema import Catalogue, Record
from tests.shared.given import an_event
from tests.support.records import any_of

CATALOGUES: list[Catalogue] = catalogues()
NEWEST = [(catalogue, schema) for catalogue in CATALOGUES for schema in catalogue.schemas.values()]


@pytest.mark.parametrize(("catalogue", "schema"), NEWEST, ids=[f"{catalogue.service}.{schema.__name__}" for catalogue, schema in NEWEST])
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_every_event_is_recalled_as_it_is_decoded(catalogue: Catalogue, schema: type[Record], data: st.DataObject) -> None:
    told = data.draw(any_of(schema.record))
    stored = catalogue.encode(told)
    kept: dict[str, Any] = json.loads(json.dumps(stored.data))
    decoded = catalogue.decode(an_event(type=stored.type, schema=stored.schema, data=kept))
    recalled = catalogue.recall("page-1", stored.type, stored.schema, kept)
    assert recalled == decoded == told
    assert repr(recalled) == repr(decoded)
