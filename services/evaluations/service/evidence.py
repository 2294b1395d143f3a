"""Entrypoints for evidence. The gateway writes files to the blob store and reads them there; what they are is found out here."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import Any

from eventlet import tpool
from nameko.extensions import DependencyProvider

from services.evaluations import domain, schemas, views
from services.evaluations.service.sheets import Sheets, sheet_stream, stream_of
from shared import files, traces
from shared.blobs import Blobs, open_blobs
from shared.bounds import ORPHAN_DAYS_MIN, STORED_FILES_MAX
from shared.calendar import utc_now
from shared.errors import NotFound
from shared.ground import configuration
from shared.plain import plain
from shared.rpc import Request, rpc
from shared.schema import load


class BlobsProvider(DependencyProvider):
    """Injects the blob store that the configuration names."""

    def setup(self) -> None:
        self._blobs = open_blobs(configuration().blobs_at)

    def get_dependency(self, worker_ctx: Any) -> Blobs:
        return self._blobs


class Evidence(Sheets):
    """Files that are shown for the items of a sheet."""

    blobs: Any = BlobsProvider()

    @rpc
    def attach_evidence(self, request: Request) -> dict[str, Any]:
        """Show a file that lies in the blob store for an item; in a blind pass only one that does not name its makers."""
        self.permit(request)
        given = load(schemas.AttachEvidence, request.data)
        content = self.blobs.get(given["sha256"])
        kind = files.kind_of(content)
        file = domain.File(given["sha256"], given["name"], kind, len(content))
        at = {name: given[name] for name in ("campaign", "unit", "pass_key", "scorer", "item")}
        command = domain.AttachEvidence(**at, file=file)
        ground = self._ground(command)
        # to look into a long document takes seconds, for which the other requests of the process do not wait
        if ground.rule.blind and (named := tpool.execute(traces.found, content, kind)):
            raise domain.EvidenceNamesMakers(
                "In this pass nobody is to know who made a file, and this one says it; send it by page or API, which take that out.",
                found=named,
            )
        return self.facts.execute(request, self._impartial(request, domain.sheet(ground), command), stream_of(command), command)

    @rpc
    def remove_evidence(self, request: Request) -> dict[str, Any]:
        """Take a file back from an item of an open sheet, with the reason."""
        self.permit(request)
        command = load(schemas.RemoveEvidence, request.data)
        decider = self._impartial(request, domain.sheet(self._ground(command)), command)
        return self.facts.execute(request, decider, stream_of(command), command)

    @rpc
    def stored_evidence(self, request: Request) -> dict[str, Any]:
        """What lies in the blob store after this digest, `after`: {"files": [{sha256, size, kept_at}]}, the next so many."""
        self.permit(request)
        found = self.blobs.stored(str(request.data.get("after", "")))
        return {"files": plain(list(itertools.islice(found, STORED_FILES_MAX)))}

    @rpc
    def drop_evidence(self, request: Request) -> dict[str, Any]:
        """Remove files that no event names, as the console has found, and that were not put there since `before`: {"dropped": [sha256]}."""
        self.permit(request)
        given = load(schemas.DropEvidence, request.data)
        before = min(given["before"], utc_now() - timedelta(days=ORPHAN_DAYS_MIN))
        return {"dropped": [sha256 for sha256 in given["files"] if self.blobs.remove(sha256, before)]}

    @rpc
    def evidence(self, request: Request) -> dict[str, Any]:
        """One file of an item as its sheet has it, for whoever sees the sheet: {sha256, name, media_type, size}. Raises NotFound."""
        self._permit(request)
        given = load(schemas.Evidence, request.data)
        key = domain.SubmitSheet(given["campaign"], given["unit"], given["pass_key"], given["scorer"])
        for file in self._seen(request, key).evidence.get(given["item"], ()):
            if file.sha256 == given["sha256"]:
                return plain(file)
        raise NotFound(f"Item {given['item']} shows no such file, or does no more.", item=given["item"], sha256=given["sha256"])

    @rpc
    def unit_evidence(self, request: Request) -> list[dict[str, Any]]:
        """What the sheets of a `unit` in a `campaign` show, by pass: [{pass_key, scorer, item, sha256, name, media_type, size}]."""
        self.permit(request)
        campaign, unit = str(request.data["campaign"]), str(request.data["unit"])
        with self.views.reading() as reading:
            scorers = views.scorers_of(reading, campaign, unit)
        found = []
        for pass_key, scorer in [(pass_key, scorer) for pass_key, named in scorers.items() for scorer in named]:
            shown = self._at(sheet_stream(campaign, unit, pass_key, scorer), None).evidence
            at = {"pass_key": pass_key, "scorer": scorer}
            found += [{**at, "item": item, **plain(file)} for item, held in shown.items() for file in held]
        return found
