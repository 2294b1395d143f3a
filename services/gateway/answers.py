"""Answers that many ask for at once: a question is under way once at a time, and whoever asks meanwhile shares the next.

What is given is no older than the request by more than ANSWER_FRESH_SECONDS, and never from before a change that this gateway has passed
on: an answer counts for those who came before its question was put, and for so long after. Beyond that it is kept only to be told by the
service that it still holds, which then need not send it again.
"""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

from flask import current_app

from services.gateway.network import changed_at, query
from shared.bounds import ANSWER_BYTES_KEPT_MAX, ANSWER_FRESH_SECONDS, ANSWERS_KEPT_MAX

EXTENSION = "commendation.answers"


@dataclass(frozen=True)
class Answer:
    """What a service said, as JSON for programs, and what tells it from any other answer to the question."""

    revision: str
    said: dict[str, Any]
    text: bytes


@dataclass
class _Question:
    begun: int = 0
    answered: int = 0
    put_at: float = float("-inf")
    answer: Answer | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)


class Answers:
    """The answers of one process, ANSWERS_KEPT_MAX of them at most, and none of more than ANSWER_BYTES_KEPT_MAX."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._questions: OrderedDict[str, _Question] = OrderedDict()

    def shared(self, key: str, ask: Callable[[str | None], dict[str, Any]], since: float = 0.0) -> Answer:
        """The answer to the question of this key, which is the same for all who may put it.

        ask(known): puts it; the service answers {revision, unchanged} where `known` still holds. since: the time by the clock before which
        no question counts. Raises what `ask` raises.
        """
        question = self._questions.setdefault(key, _Question())
        self._questions.move_to_end(key)
        while len(self._questions) > ANSWERS_KEPT_MAX:
            self._questions.popitem(last=False)
        if question.answer is not None and question.put_at > max(self._clock() - ANSWER_FRESH_SECONDS, since):
            return question.answer
        arrived = question.begun
        with question.lock:
            if question.answer is None or question.answered <= arrived:
                question.begun += 1
                number, put_at = question.begun, self._clock()
                question.answer = _taken(question.answer, ask(None if question.answer is None else question.answer.revision))
                question.answered, question.put_at = number, put_at
            answer = question.answer
        if len(answer.text) > ANSWER_BYTES_KEPT_MAX:
            self._questions.pop(key, None)
        return answer


def _taken(kept: Answer | None, said: dict[str, Any]) -> Answer:
    if kept is not None and said.get("unchanged"):
        return kept
    text = json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()
    return Answer(said.get("revision") or hashlib.sha256(text).hexdigest()[:32], said, text)


def query_shared(service: str, method: str, **data: Any) -> Answer:
    """Ask a service in the name of whoever is signed in what it answers alike to all who are."""
    answers = cast("Answers", current_app.extensions.setdefault(EXTENSION, Answers()))
    key = json.dumps([service, method, data], sort_keys=True)

    def ask(known: str | None) -> dict[str, Any]:
        asked = data if known is None else {**data, "known": known}
        return cast("dict[str, Any]", query(service, method, **asked))

    return answers.shared(key, ask, changed_at())
