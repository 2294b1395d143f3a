"""Evidence for the items of a sheet over the API."""

from __future__ import annotations

from typing import Any

from flask import Response
from flask.views import MethodView

from services.gateway import evidence, schemas
from services.gateway.api import blueprint, recorded, told
from shared.files import ENDINGS

Command = tuple[dict[str, Any], int]

files = blueprint(
    "evidence", "/campaigns/<campaign>/sheets/<unit>/<pass_key>/<scorer>/items/<item>/evidence", "Files of evidence (minh chứng)."
)
files.url_value_preprocessor(lambda _endpoint, _values: evidence.make_room())
BLUEPRINTS = (files,)


@files.route("")
class Files(MethodView):
    @files.arguments(schemas.EvidenceFile, location="files", content_type="multipart/form-data")
    @files.response(201, schemas.Recorded)
    @files.alt_response(200, schema=schemas.Recorded)
    def post(self, body: dict[str, Any], campaign: str, unit: str, pass_key: str, scorer: str, item: str) -> Command:
        """Attach a file to an item of an open sheet. What it is says its content; in a blind pass what names its makers is taken out."""
        key = {"campaign": campaign, "unit": unit, "pass_key": pass_key, "scorer": scorer}
        answer = evidence.attach(key, item, body["file"].filename or "", body["file"].read())
        return answer, recorded(answer)


@files.route("/<sha256>")
class File(MethodView):
    @files.response(200, content_type=", ".join(sorted(ENDINGS)))
    def get(self, campaign: str, unit: str, pass_key: str, scorer: str, item: str, sha256: str) -> Response:
        """A file as it was attached, compared with its digest."""
        return evidence.answer({"campaign": campaign, "unit": unit, "pass_key": pass_key, "scorer": scorer}, item, sha256)


@files.route("/<sha256>/removal")
class Removal(MethodView):
    @files.arguments(schemas.RemoveEvidence)
    @files.response(201, schemas.Recorded)
    @files.alt_response(200, schema=schemas.Recorded)
    def post(self, body: dict[str, Any], **at: str) -> Command:
        """Take a file back from an item of an open sheet. Its bytes stay: the log speaks of them."""
        return told("evaluations", "remove_evidence", body, **at)
