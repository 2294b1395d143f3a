"""`commendation run`: the whole network in one process on the embedded default, or the services named on a broker."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from services.console.process import check_address, folder_lock, is_loopback, patch, running
from shared.blobs import open_blobs
from shared.config import SERVICES, Config, load
from shared.errors import ConfigurationError

if TYPE_CHECKING:
    from shared.rpc import Network


@click.command()
@click.option("--sample", is_flag=True, help="Load the sample season with its accounts, once. Loopback only.")
@click.option("--host", help="Address to listen on; 127.0.0.1 by default.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on; 8000 by default.")
@click.option("--service", "services", multiple=True, type=click.Choice(SERVICES), help="Only this service (repeatable); needs a broker.")
def run(sample: bool, host: str | None, port: int | None, services: tuple[str, ...]) -> None:
    """Start the network and serve until Ctrl-C."""
    config = configured(host, port)
    wanted = services or SERVICES
    if config.embedded and set(wanted) != set(SERVICES):
        raise ConfigurationError("Single services need a broker: set COMMENDATION_BROKER_URL=amqp://..., or run them all.")
    serves = "gateway" in wanted
    if sample and serves:
        refuse_exposed_sample(config)
    if serves:
        check_address(config.http_host, config.http_port)
    patch()
    with ExitStack() as stack:
        if config.embedded:
            stack.enter_context(folder_lock(config.var))
        log_to(config)
        if config.embedded and not sample:
            from services.console.site import LocalSite

            with LocalSite(config) as site:
                if site.holds_sample():
                    refuse_exposed_sample(config)
                if not site.founded():
                    click.echo(
                        "No network here yet: `commendation init` makes one, `commendation run --sample` shows an example.", err=True
                    )
        running_services = stack.enter_context(running(config, wanted))
        if not config.embedded and serves:
            _refuse_served_sample(config, running_services.network)
        if sample:
            from services.console.sample import accounts_text, load_season

            load_season(running_services.network, open_blobs(config.blobs_at), progress=True)
            click.echo(accounts_text())
        if serves:
            click.echo(f"Listening on http://{config.http_host}:{config.http_port}  (Ctrl-C stops)")
        running_services.wait()
        click.echo("Stopping.")


def configured(host: str | None = None, port: int | None = None) -> Config:
    """The configuration of the environment with what the command line says."""
    config = load()
    return replace(config, http_host=host or config.http_host, http_port=port or config.http_port)


def refuse_exposed_sample(config: Config) -> None:
    """Sample accounts have published passwords: a network that holds them is for this machine only."""
    if is_loopback(config.http_reached_at):
        return
    raise ConfigurationError(
        f"This network holds sample accounts with published passwords and does not listen on {config.http_reached_at}. "
        "Use 127.0.0.1, or make a network of your own in another folder (COMMENDATION_VAR) with `commendation init`."
    )


def _refuse_served_sample(config: Config, network: Network) -> None:
    """On a broker the registry says whether the network holds sample accounts; it may start after us."""
    import time

    from shared.bounds import START_SECONDS_MAX
    from shared.errors import Unavailable
    from shared.rpc import Request

    if is_loopback(config.http_reached_at):
        return
    deadline = time.monotonic() + START_SECONDS_MAX
    while True:
        try:
            if network.ask("registry", "network_state", Request("system"), seconds=5)["sample"]:
                refuse_exposed_sample(config)
            return
        except Unavailable:
            if time.monotonic() > deadline:
                raise


def log_to(config: Config) -> None:
    """Embedded, the log goes to a file beside the data, so that the terminal stays readable; else to standard error."""
    from shared.telemetry import configure

    configure(config.log_level, Path(config.var) / "network.log" if config.embedded else None)
