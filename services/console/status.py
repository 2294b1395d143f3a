"""`commendation status`: where every service stands, what is late, and what is missing."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from services.console.site import MODELLED, Site, open_site
from shared.config import SERVICES, load
from shared.errors import CommendationError, Unavailable


@click.command()
@click.option(
    "--ready", type=click.Choice(SERVICES), help="Only say whether this service is ready; exit code 1 and what is missing if not."
)
def status(ready: str | None) -> None:
    """Show each service's log and relay, how far its read model is behind, what is parked, and what it lacks."""
    config = load()
    with open_site(config) as site:
        if ready is not None:
            _say_ready(site, ready)
            return
        told = {service: _health(site, service) for service in MODELLED}
        heads = {service: health["head"] for service, health in told.items() if health is not None}
        table = Table("service", "events", "relay", "reads", "behind", "parked", "lacks", title=f"site {config.site}")
        late = False
        for service, health in told.items():
            if health is None:
                late = True
                table.add_row(service, "-", "-", "-", "-", "-", "it does not answer")
                continue
            behind = {row["service"]: heads.get(row["service"], 0) - row["position"] for row in health["cursors"]}
            late = late or any(count > 0 for count in behind.values()) or bool(health["parked"] or health["faults"] or health["missing"])
            table.add_row(
                service,
                str(health["head"]),
                _relay(health["relay"]),
                ", ".join(row["service"] for row in health["cursors"]) or "-",
                ", ".join(f"{name} {count}" for name, count in behind.items() if count > 0) or "0",
                str(len(health["parked"])),
                "; ".join(_lacks(health)) or "-",
            )
        Console().print(table)
        sys.exit(1 if late else 0)


def _say_ready(site: Site, service: str) -> None:
    try:
        health = site.health(service)
    except Unavailable as error:
        click.echo(f"{service}: {error.message}", err=True)
        sys.exit(1)
    if health["missing"]:
        click.echo(f"{service}: {'; '.join(_lacks(health))}", err=True)
        sys.exit(1)
    click.echo(f"{service}: ready")


def _health(site: Site, service: str) -> dict[str, Any] | None:
    try:
        return site.health(service)
    except CommendationError:
        return None


def _relay(relay: Mapping[str, Any]) -> str:
    """The state of the process that was asked, where one was; the position that the broker has confirmed; what is still to publish."""
    behind = f", {relay['behind']} behind" if relay.get("behind") else ""
    at = f"at {relay['position']}{behind}" if "position" in relay else ""
    return " ".join(part for part in (relay.get("state"), at) if part) or "-"


def _lacks(health: Mapping[str, Any]) -> list[str]:
    """What is missing, with the reasons and figures that operators may see, and what is wrong."""
    reasons = [health.get(part, {}).get("reason") for part in ("database", "relay", "feed")]
    model = health["model"]
    if model is not None and model["state"] != "live":
        reasons.append(f"{model['position']} of {model['of']} events")
    return [*health["missing"], *(f"({reason})" for reason in dict.fromkeys(reasons) if reason), *health["faults"]]
