"""Clusters beside that of the season: real lists of members as published, each marked complete or partial with its source."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import resources
from typing import Any

import yaml


def clusters() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """The commands to the registry in their order: name of the step, method and data."""
    plan = yaml.safe_load(resources.files(__package__).joinpath("clusters.yaml").read_text(encoding="utf-8"))
    registered = [
        {"change": "register", "organisation": key, "name": name, "level": level, "parent": "tphcm" if key.startswith("tphcm-") else None}
        for level, named in plan["organisations"].items()
        for key, name in named.items()
    ]
    yield "organisations of clusters", "record_organisations", {"changes": registered}
    for one in plan["clusters"]:
        key = {"cluster": one["cluster"]}
        formed = {name: one[name] for name in ("name", "organiser", "level", "formed_on")}
        yield f"cluster {one['cluster']}", "form_cluster", {**key, **formed}
        yield f"members {one['cluster']}", "admit_members", {**key, "units": one["members"], "from_on": one["formed_on"]}
        yield f"list {one['cluster']}", "describe_list", {**key, "completeness": one["completeness"], "source": one["source"]}
        for leader in one.get("leaders", ()):
            yield f"leader {one['cluster']} {leader['season']}", "designate_leader", {**key, **leader}
