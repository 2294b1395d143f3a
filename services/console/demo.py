"""`commendation demo` and `commendation sample`: the sample season, for a look or into a network that runs."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from services.console.process import free_port, patch, running
from shared.blobs import open_blobs
from shared.config import SERVICES, Config, load
from shared.errors import ConfigurationError


@click.command()
def demo() -> None:
    """Run the sample season through all services in a temporary folder and print the three boards of 2023."""
    patch()
    from services.console.sample import load_season
    from services.console.sample.season import settle
    from shared.rpc import Request
    from shared.telemetry import configure

    with tempfile.TemporaryDirectory(prefix="commendation-demo-") as folder:
        config = Config(var=Path(folder), http_port=free_port())
        configure("INFO", Path(folder) / "network.log")
        with running(config, SERVICES) as started:
            load_season(started.network, open_blobs(config.blobs_at), progress=True)
            settle(started.network)
            boards = {
                name: started.network.ask("rankings", "board", Request("system", {"campaign": "noi-chinh-2023", "board": name}))
                for name in ("standings", "flag", "leader")
            }
    print_boards(boards)


@click.command()
def sample() -> None:
    """Load the sample season into a network whose services run on a broker."""
    config = load()
    if config.embedded:
        raise ConfigurationError("Embedded, the sample comes with the start: `commendation run --sample`.")
    patch()
    from services.console.run import refuse_exposed_sample
    from services.console.sample import accounts_text, load_season
    from shared.telemetry import configure

    configure("ERROR")
    refuse_exposed_sample(config)
    with running(replace(config), []) as started:
        load_season(started.network, open_blobs(config.blobs_at), progress=True)
    click.echo(accounts_text())


def print_boards(boards: dict[str, dict[str, Any]]) -> None:
    """The three boards as tables, marked where their scores are illustrative."""
    console = Console()
    first = boards["standings"]
    note = "  (số liệu minh hoạ, không phải kết quả chính thức)" if first["illustrative"] else ""
    console.print(f"[bold]{first['cluster_name']}, {first['season']}[/bold]{note}", highlight=False)
    table = Table("Hạng", "Đơn vị", "Tổng điểm", "Nội dung", "Thưởng", "Trừ", title="Bảng điểm (standings)")
    for row in first["rows"]:
        table.add_row(*(_text(row[name]) for name in ("rank", "name", "total", "content", "bonus", "penalty")))
    console.print(table)
    flag = Table("Hạng", "Đơn vị", "Tổng điểm", "Đủ điều kiện", "Đề nghị tặng cờ", title="Cờ thi đua (flag)")
    for row in boards["flag"]["rows"]:
        reasons = ", ".join(row["reasons"])
        flag.add_row(
            _text(row["rank"]), row["name"], _text(row["total"]), "có" if row["eligible"] else reasons, "●" if row["candidate"] else ""
        )
    console.print(flag)
    leader = boards["leader"]
    table = Table(
        "Đơn vị", "Đã làm Khối trưởng", "Đã làm Khối phó", "Hạng điểm", f"Năm {leader['next_season']}", title="Khối trưởng (leader)"
    )
    designated = leader["designated"] or {}
    for row in leader["rows"]:
        post = {designated.get("leader"): "Khối trưởng", **dict.fromkeys(designated.get("deputies", ()), "Khối phó")}.get(row["unit"], "")
        years = (", ".join(map(str, row["led"])), ", ".join(map(str, row["deputised"])))
        table.add_row(row["name"], *years, _text(row["standing"]), post)
    console.print(table)


def _text(value: Any) -> str:
    return "" if value is None else str(value)
