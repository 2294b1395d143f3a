"""`commendation init`: a network of one's own with its first administrator."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace

import click

from services.console.process import folder_lock, free_port, patch, running
from services.console.run import log_to
from shared.config import load
from shared.errors import ConfigurationError


@click.command()
@click.option("--login", prompt="Sign-in name of the administrator", help="3 to 60 of a-z, 0-9, '.', '-', '_'.")
@click.option("--post", default="Quản trị hệ thống", show_default=True, help="Post (chức danh) of the administrator.")
@click.option("--password", prompt=True, hide_input=True, confirmation_prompt=True, envvar="COMMENDATION_ADMIN_PASSWORD", help="Asked for.")
def init(login: str, post: str, password: str) -> None:
    """Make a network without sample data: its first administrator opens the other accounts."""
    config = load()
    patch()
    with ExitStack() as stack:
        if config.embedded:
            stack.enter_context(folder_lock(config.var))
        log_to(config)
        services = ("registry", "gateway") if config.embedded else ()
        from services.gateway.passwords import hash_of
        from shared.ids import new_id
        from shared.rpc import Request

        kept = hash_of(password)
        if config.embedded:
            config = replace(config, http_host="127.0.0.1", http_port=free_port())  # nobody is to reach it while it is being made
        network = stack.enter_context(running(config, services)).network
        if network.ask("registry", "network_state", Request("system"))["founded"]:
            raise ConfigurationError("This network has been founded already; sign in as its administrator.")
        account = new_id()
        found = Request("system", {"account": account, "login": login, "post": post, "sample": False}, id=f"init:{login}")
        # the password first: an init that is cut off between the two can be done again, a founding cannot
        network.ask("gateway", "set_password", Request("system", {"account": account, "hash": kept}))
        network.ask("registry", "found_network", found)
        click.echo(f"The network of site {config.site!r} is founded; {login} is its administrator. `commendation run` starts it.")
