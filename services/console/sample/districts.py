"""The end of the districts of Ho Chi Minh City, and with them of their clusters: a lineage as it was, for a look at any day."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import resources
from typing import Any

import yaml


def districts() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """The commands to the registry in their order: name of the step, method and data. The districts and clusters are there already."""
    plan = yaml.safe_load(resources.files(__package__).joinpath("districts.yaml").read_text(encoding="utf-8"))
    merged, ended = plan["merged"], plan["ended"]
    into, paper = merged["into"]["organisation"], {"effective_on": merged["effective_on"], "document": merged["document"]}
    changes = [{"change": "register", **merged["into"], "opened_on": merged["effective_on"]}]
    changes += [{"change": "merge", "organisation": district, "into": into, **paper} for district in merged["districts"]]
    over = {"effective_on": ended["effective_on"], "document": ended["document"]}
    changes += [{"change": "dissolve", "organisation": district, **over} for district in (into, *ended["districts"])]
    for unit in merged["districts"]:
        left = {"cluster": merged["cluster"], "unit": unit, "until_on": merged["last_day"]}
        yield f"end of membership {unit}", "release_member", left
    for cluster in ended["clusters"]:
        yield f"end of cluster {cluster}", "dissolve_cluster", {"cluster": cluster, **over}
    yield "end of the districts", "record_organisations", {"changes": changes}
