"""Errors cross a process boundary as data and are raised again as what they were."""

from __future__ import annotations

import importlib
import json
import pkgutil
from collections.abc import Iterator

import pytest

import shared
from shared import errors

for module in pkgutil.iter_modules(shared.__path__):
    if module.name not in ("rpc", "service", "ground"):  # these stand on nameko and define no error
        importlib.import_module(f"shared.{module.name}")
for room in ("registry", "campaigns", "evaluations"):
    importlib.import_module(f"services.{room}.domain")


def _all(root: type[errors.CommendationError]) -> Iterator[type[errors.CommendationError]]:
    yield root
    for child in root.__subclasses__():
        yield from _all(child)


EVERY = sorted({kind for kind in _all(errors.CommendationError) if "tests" not in kind.__module__}, key=lambda kind: kind.__qualname__)


def test_the_rooms_errors_are_among_those_tried() -> None:
    assert len(EVERY) > 25
    assert {"StaleVersion", "EventTooLarge", "SchemaUnknown", "PassOrder", "MembershipConflict", "SheetStale"} <= {
        kind.__name__ for kind in EVERY
    }


@pytest.mark.parametrize("kind", EVERY, ids=lambda kind: kind.__name__)
def test_an_error_comes_back_as_the_class_it_was(kind: type[errors.CommendationError]) -> None:
    data = json.loads(json.dumps(kind("Khối has no leader.", stream="a", errors=[{"at": "row 3"}]).to_data()))
    again = errors.CommendationError.from_data(data)
    assert again.to_data() == data
    assert (again.message, str(again)) == ("Khối has no leader.", "Khối has no leader.")
    if kind is not errors.CommendationError:
        assert type(again) is kind
        assert (again.code, again.status) == (kind.code, kind.status)


def test_no_two_errors_share_a_code() -> None:
    codes = [kind.code for kind in EVERY if "code" in kind.__dict__]
    assert len(codes) == len(set(codes))


def test_every_error_has_a_code_of_its_own() -> None:
    assert [kind.__name__ for kind in EVERY if "code" not in kind.__dict__] == []


def test_a_code_of_a_newer_release_keeps_its_words_and_status() -> None:
    data = {"code": "awards.unheard_of", "message": "Not so.", "status": 409, "details": {"unit": "a"}}
    again = errors.CommendationError.from_data(data)
    assert isinstance(again, errors.RemoteError)
    assert again.to_data() == data


def test_an_answer_that_is_hardly_an_error_is_still_one() -> None:
    again = errors.CommendationError.from_data({"code": "new"})
    assert (again.message, again.details, again.to_data()["status"]) == ("", {}, 500)
