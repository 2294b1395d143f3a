"""The command `commendation`. Each command imports what it needs itself: ranking files must not start a web server's libraries."""

from __future__ import annotations

import importlib
import sys

import click

from shared.errors import CommendationError

COMMANDS = {
    "run": "Start the network in this process (or one of its services).",
    "init": "Make a network of one's own with its first administrator.",
    "demo": "Run the sample season in a temporary folder and print the three boards.",
    "sample": "Load the sample season into a network that runs.",
    "rank": "Rank the units of a score file by a rubric.",
    "status": "Show where every service stands, and what is late.",
    "rebuild": "Build the read models anew beside the live ones.",
    "export": "Write events (CloudEvents, one JSON a line) or a board.",
    "verify": "Compare the audit log with the services, event by event; `verify board` boards by two evaluators, `verify place` proofs.",
    "seals": "Make sealed boards anew from exported events and compare them.",
    "parked": "List the events that could not be folded; show, retry or discard them.",
    "reorganisation": "Record the reorganisation of 1 July 2025 from the official tables.",
    "evidence": "List files that no event names, and remove old ones.",
    "snapshots": "Drop what services keep so as to load long streams faster.",
    "contracts": "Write the contracts folder from the schemas.",
}

MODULES = {"sample": "demo"}
"""Commands that live in another's module."""


class LazyGroup(click.Group):
    """Finds a command in the module of its name."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = MODULES.get(cmd_name, cmd_name)
        command = getattr(importlib.import_module(f"services.console.{module}"), cmd_name)
        if not isinstance(command, click.Command):
            raise TypeError(f"services.console.{cmd_name} has no command")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.command(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
def commendation() -> None:
    """The commendation network: emulation and commendation (thi đua, khen thưởng) for networks of state agencies."""


def main() -> None:
    """Run the command line; an error of ours is one clear message and exit code 2."""
    try:
        commendation()
    except CommendationError as error:
        click.echo(f"commendation: {error.message}", err=True)
        sys.exit(2)
