"""Requests between services: what they carry, how errors come back, and how long one waits."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import eventlet
import nameko.rpc
from nameko.constants import RPC_EXCHANGE_CONFIG_KEY
from nameko.exceptions import UnknownService
from nameko.rpc import Client, ClusterRpc

from shared.bounds import RPC_SECONDS_MAX
from shared.broker.draining import BROKER_ERRORS, ReplyListener, Rpc
from shared.errors import CommendationError, Unavailable
from shared.event import Context
from shared.ids import new_id
from shared.schema import check_storable
from shared.telemetry import UNLOGGED, correlated, logger

log = logger(__name__)


def separate(site: str) -> dict[str, str]:
    """Keep the requests of one site apart from those of others on the same broker; the settings to give nameko.

    nameko lets one name the exchange, but not the queues, which it calls by service alone: two sites would answer each other's requests.
    The template is that of 3.0.0rc11, which is pinned; a test sees that queues of two sites differ.
    """
    nameko.rpc.RPC_QUEUE_TEMPLATE = f"rpc-{site}.{{}}"
    return {RPC_EXCHANGE_CONFIG_KEY: f"commendation.rpc.{site}"}


@dataclass(frozen=True, slots=True)
class Request:
    """A command or query on its way: who asks, in what course, and what. `id` makes a repeated command the same command.

    method: the entrypoint that it has reached, under whose name the table of permissions has it.
    """

    actor: str
    data: dict[str, Any] = field(default_factory=dict)
    id: str = field(default_factory=new_id)
    correlation: str = field(default_factory=new_id)
    method: str = ""

    @property
    def context(self) -> Context:
        return Context(actor=self.actor, correlation=self.correlation, causation=self.id)

    def to_data(self) -> dict[str, Any]:
        return {"actor": self.actor, "data": self.data, "id": self.id, "correlation": self.correlation}

    @staticmethod
    def from_data(data: Mapping[str, Any]) -> Request:
        return Request(str(data["actor"]), dict(data["data"]), str(data["id"]), str(data["correlation"]))


def rpc(method: Callable[[Any, Request], Any]) -> Any:
    """An RPC entrypoint that takes a Request and answers {"result"} or {"error"}; logs with the request's correlation id."""

    @functools.wraps(method)
    def answer(self: Any, request: dict[str, Any]) -> dict[str, Any]:
        asked = replace(Request.from_data(request), method=method.__name__)
        if asked.correlation == UNLOGGED:
            return _answered_unlogged(method, self, asked)
        with correlated(correlation=asked.correlation, command=asked.id, actor=asked.actor):
            try:
                check_storable(asked.data)
                result = method(self, asked)
                log.info("request_answered", method=method.__qualname__)
                return {"result": result}
            except CommendationError as error:
                log.info("request_refused", method=method.__qualname__, code=error.code, reason=error.message)
                return {"error": error.to_data()}
            except Exception:
                log.exception("request_failed", method=method.__qualname__)
                hidden = CommendationError(
                    f"Something went wrong in the service; tell the administrator this number: {asked.correlation}",
                    correlation=asked.correlation,
                )
                return {"error": hidden.to_data()}

    return Rpc.decorator(answer)


def _answered_unlogged(method: Callable[[Any, Request], Any], service: Any, asked: Request) -> dict[str, Any]:
    """The answer to a request of which no line is written; of one that fails only that and where, for an operator has to know."""
    try:
        check_storable(asked.data)
        return {"result": method(service, asked)}
    except CommendationError as error:
        return {"error": error.to_data()}
    except Exception as error:
        log.error("request_failed", method=method.__qualname__, error=type(error).__name__)
        return {"error": CommendationError("Something went wrong in the service; tell the administrator.").to_data()}


class Network:
    """The other services of this site, as one calls them: `network.ask("registry", "organisations", request)`."""

    def __init__(self, client: Client, forget: Callable[[str], None]) -> None:
        self._client = client
        self._forget = forget

    def ask(self, service: str, method: str, request: Request, *, seconds: float = RPC_SECONDS_MAX) -> Any:
        """Send a request and wait for its answer.

        Raises the CommendationError that the service answered, or Unavailable when none came in time.
        """
        call = None
        try:
            with eventlet.Timeout(seconds):
                call = getattr(getattr(self._client, service), method).call_async(request=request.to_data())
                answer = call.result()
        except (eventlet.Timeout, UnknownService, *BROKER_ERRORS) as error:
            if call is not None:
                self._forget(call.correlation_id)
            raise Unavailable(f"The service {service} does not answer; try again in a moment.", service=service) from error
        if "error" in answer:
            raise CommendationError.from_data(answer["error"])
        return answer["result"]


class NetworkProvider(ClusterRpc):
    """Injects the Network. A request that waits longer on the broker than anyone waits for its answer expires there."""

    reply_listener = ReplyListener()

    def __init__(self) -> None:
        super().__init__(expiration=RPC_SECONDS_MAX)

    def get_dependency(self, worker_ctx: Any) -> Network:
        return self.network(worker_ctx.context_data)

    def network(self, context_data: dict[str, Any] | None = None) -> Network:
        """A Network for code that runs outside a worker, such as a web page."""
        client = Client(self.publisher.publish, self.reply_listener.register_for_reply, context_data or {})
        return Network(client, lambda correlation: self.reply_listener.pending.pop(correlation, None))
