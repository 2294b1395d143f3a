"""Requests between services: what comes back of an answer, of an error on purpose, of any other, and of silence."""

from __future__ import annotations

from typing import Any

import eventlet
import pytest
import structlog
from amqp.exceptions import ConnectionForced
from kombu.exceptions import OperationalError
from nameko.exceptions import UnknownService
from structlog.testing import capture_logs

from shared.errors import CommendationError, NotFound, Unavailable
from shared.rpc import Network, Request, rpc
from shared.telemetry import UNLOGGED

REQUEST = Request("an", {"unit": "u1"}, "r1", "course")


class Answering:
    """A service that keeps what it was asked, and under which names its lines are logged."""

    def __init__(self, result: Any = None, error: Exception | None = None) -> None:
        self.result, self.error = result, error
        self.asked: list[Request] = []
        self.course: dict[str, Any] = {}

    @rpc
    def unit(self, request: Request) -> Any:
        self.asked.append(request)
        self.course = structlog.contextvars.get_contextvars()
        if self.error is not None:
            raise self.error
        return self.result


def test_a_request_arrives_as_it_was_sent_with_the_method_that_it_has_reached() -> None:
    service = Answering({"key": "u1"})
    with capture_logs() as logs:
        assert service.unit(REQUEST.to_data()) == {"result": {"key": "u1"}}
    assert service.asked == [Request("an", {"unit": "u1"}, "r1", "course", method="unit")]
    assert service.course == {"correlation": "course", "command": "r1", "actor": "an"}
    assert structlog.contextvars.get_contextvars() == {}, "the next request would be logged as part of this one"
    assert logs == [{"event": "request_answered", "method": "Answering.unit", "log_level": "info"}]


@pytest.mark.parametrize("correlation", ["course", UNLOGGED])
def test_what_no_database_can_hold_is_refused_before_anybody_looks_it_up(correlation: str) -> None:
    service = Answering({"key": "u1"})
    answer = service.unit(Request("an", {"unit": "u\x001"}, "r1", correlation).to_data())
    assert (answer["error"]["code"], answer["error"]["details"]["errors"][0]["at"]) == ("validation", "unit")
    assert service.asked == []


def test_what_a_request_causes_is_known_as_its_work() -> None:
    context = REQUEST.context
    assert (context.actor, context.correlation, context.causation) == ("an", "course", "r1")
    assert Request("an").id != Request("an").id
    assert Request("an").correlation != Request("an").correlation


def test_an_error_on_purpose_is_answered_in_full() -> None:
    error = NotFound("There is no unit u1.", unit="u1")
    with capture_logs() as logs:
        assert Answering(error=error).unit(REQUEST.to_data()) == {"error": error.to_data()}
    refused = {"method": "Answering.unit", "code": "not_found", "reason": "There is no unit u1.", "log_level": "info"}
    assert logs == [{"event": "request_refused", **refused}]


def test_any_other_error_says_nothing_but_a_number_to_ask_for() -> None:
    with capture_logs() as logs:
        answer = Answering(error=ValueError("password of the database")).unit(REQUEST.to_data())
    told = "Something went wrong in the service; tell the administrator this number: course"
    assert answer == {"error": {"code": "internal", "message": told, "status": 500, "details": {"correlation": "course"}}}
    assert [(line["event"], line["method"], line["log_level"]) for line in logs] == [("request_failed", "Answering.unit", "error")]


class Line:
    """nameko's client, as far as it is used: what is sent, and what comes of it."""

    correlation_id = "c1"

    def __init__(self, answer: Any = None, *, error: BaseException | None = None, lost: bool = False, seconds: float = 0) -> None:
        self._answer, self._error, self._lost, self._seconds = answer, error, lost, seconds
        self.sent: list[tuple[str, str, dict[str, Any]]] = []
        self._path: list[str] = []

    def __getattr__(self, name: str) -> Line:
        self._path.append(name)
        return self

    def call_async(self, request: dict[str, Any]) -> Line:
        if self._lost and self._error is not None:
            raise self._error
        self.sent.append((self._path[0], self._path[1], request))
        return self

    def result(self) -> Any:
        eventlet.sleep(self._seconds)
        if self._error is not None:
            raise self._error
        return self._answer


def asked(line: Line, forgotten: list[str], seconds: float = 5) -> Any:
    return Network(line, forgotten.append).ask("registry", "unit", REQUEST, seconds=seconds)


def test_an_answer_comes_back_as_the_result_or_as_the_error_that_it_was() -> None:
    forgotten: list[str] = []
    line = Line({"result": [1, 2]})
    assert asked(line, forgotten) == [1, 2]
    assert line.sent == [("registry", "unit", REQUEST.to_data())]
    with pytest.raises(NotFound, match=r"There is no unit u1\.") as refused:
        asked(Line({"error": NotFound("There is no unit u1.", unit="u1").to_data()}), forgotten)
    assert refused.value.details == {"unit": "u1"}
    assert forgotten == [], "an answer was taken as lost"


@pytest.mark.parametrize("error", [UnknownService("registry"), OSError("reset"), ConnectionForced("closed"), OperationalError("away")])
@pytest.mark.parametrize("lost", [True, False])
def test_a_service_that_cannot_be_reached_is_unavailable_and_its_answer_no_more_waited_for(error: Exception, lost: bool) -> None:
    forgotten: list[str] = []
    with pytest.raises(Unavailable, match=r"^The service registry does not answer; try again in a moment\.$") as away:
        asked(Line(error=error, lost=lost), forgotten)
    assert away.value.details == {"service": "registry"}
    assert forgotten == ([] if lost else ["c1"])


def test_a_service_that_takes_too_long_is_unavailable_and_its_answer_forgotten() -> None:
    forgotten: list[str] = []
    with pytest.raises(Unavailable):
        asked(Line({"result": 1}, seconds=60), forgotten, seconds=0.01)
    assert forgotten == ["c1"], "what comes later would be kept for ever"


def test_an_error_of_our_own_making_is_not_taken_for_silence() -> None:
    with pytest.raises(CommendationError) as internal:
        asked(Line(error=CommendationError("ours")), [])
    assert not isinstance(internal.value, Unavailable)
