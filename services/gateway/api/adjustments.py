"""Adjustments over the API."""

from __future__ import annotations

from typing import Any

from flask import Response
from flask.views import MethodView

from services.gateway import evidence, schemas
from services.gateway.api import blueprint, told
from services.gateway.network import query
from shared.files import ENDINGS

Command = tuple[dict[str, Any], int]

adjustments = blueprint("adjustments", "/campaigns/<campaign>/adjustments", "Bonus, penalty and exclusion beside the sheets.")
files = blueprint("adjustment-evidence", "/campaigns/<campaign>/adjustment-evidence", "Files that adjustments name.")
files.url_value_preprocessor(lambda _endpoint, _values: evidence.make_room())
rules = blueprint("adjustment-rules", "/adjustment-rules", "The grounds for adjustments, as dated data.")
BLUEPRINTS = (adjustments, files, rules)


@adjustments.route("")
class Adjustments(MethodView):
    @adjustments.arguments(schemas.AdjustmentsAsked, location="query")
    @adjustments.response(200, schemas.Adjustment(many=True))
    def get(self, asked: dict[str, Any], campaign: str) -> list[dict[str, Any]]:
        """The adjustments of a campaign, or of a unit in it."""
        return list(query("evaluations", "adjustments", campaign=campaign, **asked))

    @adjustments.arguments(schemas.MakeAdjustment)
    @adjustments.response(201, schemas.Recorded)
    @adjustments.alt_response(200, schema=schemas.Recorded)
    def post(self, body: dict[str, Any], campaign: str) -> Command:
        """Adjust a unit's result."""
        return told("evaluations", "make_adjustment", body, campaign=campaign)


@adjustments.route("/<adjustment>/reversal")
class Reversal(MethodView):
    @adjustments.arguments(schemas.ReverseAdjustment)
    @adjustments.response(201, schemas.Recorded)
    @adjustments.alt_response(200, schema=schemas.Recorded)
    def post(self, body: dict[str, Any], campaign: str, adjustment: str) -> Command:
        """Take an adjustment back; not by the account that made it."""
        return told("evaluations", "reverse_adjustment", body, campaign=campaign, adjustment=adjustment)


@adjustments.route("/<adjustment>/evidence/<sha256>")
class Evidence(MethodView):
    @adjustments.arguments(schemas.AdjustedUnit, location="query")
    @adjustments.response(200, content_type=", ".join(sorted(ENDINGS)))
    def get(self, asked: dict[str, Any], campaign: str, adjustment: str, sha256: str) -> Response:
        """A file that the adjustment names, where it lies in the store, compared with its digest."""
        return evidence.answer_of_adjustment(campaign, asked["unit"], adjustment, sha256)


@files.route("")
class Files(MethodView):
    @files.arguments(schemas.AdjustedUnit, location="query")
    @files.response(200, schemas.UnitFile(many=True))
    def get(self, asked: dict[str, Any], campaign: str) -> list[dict[str, Any]]:
        """The files on the sheets of a unit, which an adjustment may name by their digests; for whoever makes adjustments."""
        return evidence.of_unit(campaign, asked["unit"])

    @files.arguments(schemas.EvidenceFile, location="files", content_type="multipart/form-data")
    @files.arguments(schemas.AdjustedUnit, location="query")
    @files.response(201, schemas.KeptFile)
    def post(self, body: dict[str, Any], asked: dict[str, Any], campaign: str) -> dict[str, Any]:
        """Keep a file, to be named by its digest in `evidence` of an adjustment of the unit; what it is says its content."""
        return evidence.keep(campaign, asked["unit"], body["file"].read())


@rules.route("")
class Rules(MethodView):
    @rules.response(200, schemas.AdjustmentRule(many=True))
    def get(self) -> list[dict[str, Any]]:
        """The rules of all times."""
        return list(query("evaluations", "adjustment_rules"))
