"""Organisations over the API: of any day, as known on any day, and what changes them."""

from __future__ import annotations

from typing import Any

from flask import Response
from flask.views import MethodView

from services.gateway import organisation_workbook, schemas
from services.gateway.api import blueprint, exact, recorded, told
from services.gateway.downloads import XLSX
from services.gateway.network import command, query
from services.gateway.workbooks import excel
from shared.errors import DomainError, ValidationFailed
from shared.plain import plain

Command = tuple[dict[str, Any], int]

organisations = blueprint("organisations", "/organisations", "Organisations (cơ quan, đơn vị) and their lineage.")
codes = blueprint("organisation-codes", "/organisation-codes", "Codes of organisations, old and new.")
BLUEPRINTS = (organisations, codes)


class PreviewStale(DomainError):
    """What a workbook would do is no longer what its preview said."""

    code = "gateway.preview_stale"


@organisations.route("")
class Organisations(MethodView):
    @organisations.arguments(schemas.WantedOrganisations, location="query")
    @organisations.response(200, schemas.Organisation(many=True))
    def get(self, wanted: dict[str, Any]) -> list[dict[str, Any]]:
        """The organisations that are wanted, by name; without a day those of today and those that are to open."""
        return list(query("registry", "organisations", **plain(wanted)))

    @organisations.arguments(schemas.RegisterOrganisation)
    @organisations.response(201, schemas.Recorded)
    @organisations.alt_response(200, schema=schemas.Recorded)
    def post(self, body: dict[str, Any]) -> Command:
        """Register an organisation."""
        return told("registry", "register_organisation", body)


@organisations.route("/changes")
class Changes(MethodView):
    @organisations.arguments(schemas.RecordOrganisations)
    @organisations.response(201, schemas.RecordedOrganisations)
    @organisations.alt_response(200, schema=schemas.RecordedOrganisations)
    def post(self, body: dict[str, Any]) -> Command:
        """Record several changes, all or none, each on what those before it made."""
        answer = command("registry", "record_organisations", exact(body))
        return answer, recorded(answer)


@organisations.route("/workbook")
class Workbook(MethodView):
    @organisations.response(200, content_type=XLSX)
    def get(self) -> Response:
        """All organisations of today as a workbook to be edited and brought back."""
        return organisation_workbook.download()

    @organisations.arguments(schemas.WorkbookBrought, location="files")
    @organisations.arguments(schemas.WorkbookShown, location="query")
    @organisations.response(201, schemas.RecordedOrganisations)
    @organisations.alt_response(200, schema=schemas.RecordedOrganisations)
    def post(self, files: dict[str, Any], shown: dict[str, Any]) -> Command:
        """Record what a filled workbook (.xlsx or .csv) asks for, all or nothing; `digest`: of the preview, if one was looked at."""
        brought = organisation_workbook.read(files["file"].read())
        if brought.plan.faults:
            raise ValidationFailed("Nothing was recorded: the workbook has mistakes.", errors=_faults(brought))
        if shown.get("digest", brought.digest) != brought.digest:
            raise PreviewStale("Organisations have changed since the preview: look at it again.", digest=brought.digest)
        answer = organisation_workbook.record(brought)
        return answer, recorded(answer)


@organisations.route("/workbook/preview")
class WorkbookPreview(MethodView):
    @organisations.arguments(schemas.WorkbookBrought, location="files")
    @organisations.response(200, schemas.WorkbookPreview)
    def post(self, files: dict[str, Any]) -> dict[str, Any]:
        """What a filled workbook would change, and every mistake by its cell; records nothing."""
        brought = organisation_workbook.read(files["file"].read())
        return {
            "rows": len(brought.filled.rows),
            "changes": [{"row": one.row, **one.change} for one in brought.plan.planned],
            "faults": _faults(brought),
            "digest": brought.digest,
        }


@organisations.route("/<organisation>")
class Organisation(MethodView):
    @organisations.arguments(schemas.AsOfDays, location="query")
    @organisations.response(200, schemas.OrganisationHistory)
    def get(self, days: dict[str, Any], organisation: str) -> Any:
        """An organisation on a day, with its names, codes and everything that was recorded of it."""
        return query("registry", "organisation", organisation=organisation, **plain(days))


@organisations.route("/<organisation>/lineage")
class Lineage(MethodView):
    @organisations.arguments(schemas.KnownOn, location="query")
    @organisations.response(200, schemas.Lineage)
    def get(self, days: dict[str, Any], organisation: str) -> Any:
        """Whom an organisation came from and who went on with it, to any depth."""
        return query("registry", "lineage", organisation=organisation, **plain(days))


@organisations.route("/<organisation>/name")
class Name(MethodView):
    @organisations.arguments(schemas.RenameOrganisation)
    @organisations.response(201, schemas.Recorded)
    @organisations.alt_response(200, schema=schemas.Recorded)
    def post(self, body: dict[str, Any], organisation: str) -> Command:
        """Give it another name."""
        return told("registry", "rename_organisation", body, organisation=organisation)


@organisations.route("/<organisation>/code")
class Code(MethodView):
    @organisations.arguments(schemas.RecodeOrganisation)
    @organisations.response(201, schemas.Recorded)
    @organisations.alt_response(200, schema=schemas.Recorded)
    def post(self, body: dict[str, Any], organisation: str) -> Command:
        """Give it another code."""
        return told("registry", "recode_organisation", body, organisation=organisation)


@organisations.route("/<organisation>/kind")
class Kind(MethodView):
    @organisations.arguments(schemas.RetypeOrganisation)
    @organisations.response(201, schemas.Recorded)
    @organisations.alt_response(200, schema=schemas.Recorded)
    def post(self, body: dict[str, Any], organisation: str) -> Command:
        """Say of what kind and at which level it is."""
        return told("registry", "retype_organisation", body, organisation=organisation)


@organisations.route("/<organisation>/parents")
class Parents(MethodView):
    @organisations.arguments(schemas.MoveOrganisation)
    @organisations.response(201, schemas.Recorded)
    @organisations.alt_response(200, schema=schemas.Recorded)
    def post(self, body: dict[str, Any], organisation: str) -> Command:
        """Say whom it is under."""
        return told("registry", "move_organisation", body, organisation=organisation)


@organisations.route("/<organisation>/merger")
class Merger(MethodView):
    @organisations.arguments(schemas.MergeOrganisation)
    @organisations.response(201, schemas.Recorded)
    @organisations.alt_response(200, schema=schemas.Recorded)
    def post(self, body: dict[str, Any], organisation: str) -> Command:
        """Merge it into another."""
        return told("registry", "merge_organisation", body, organisation=organisation)


@organisations.route("/<organisation>/split")
class Split(MethodView):
    @organisations.arguments(schemas.SplitOrganisation)
    @organisations.response(201, schemas.Recorded)
    @organisations.alt_response(200, schema=schemas.Recorded)
    def post(self, body: dict[str, Any], organisation: str) -> Command:
        """Divide it among heirs."""
        return told("registry", "split_organisation", body, organisation=organisation)


@organisations.route("/<organisation>/dissolution")
class Dissolution(MethodView):
    @organisations.arguments(schemas.DissolveOrganisation)
    @organisations.response(201, schemas.Recorded)
    @organisations.alt_response(200, schema=schemas.Recorded)
    def post(self, body: dict[str, Any], organisation: str) -> Command:
        """End it without an heir."""
        return told("registry", "dissolve_organisation", body, organisation=organisation)


@organisations.route("/<organisation>/corrections")
class Corrections(MethodView):
    @organisations.arguments(schemas.CorrectOrganisation)
    @organisations.response(201, schemas.Recorded)
    @organisations.alt_response(200, schema=schemas.Recorded)
    def post(self, body: dict[str, Any], organisation: str) -> Command:
        """Say anew what was recorded wrongly; what was known before stays as it was known."""
        return told("registry", "correct_organisation", body, organisation=organisation)


@codes.route("/<code>")
class Holders(MethodView):
    @codes.arguments(schemas.AsOfDays, location="query")
    @codes.response(200, schemas.CodeHolders)
    def get(self, days: dict[str, Any], code: str) -> Any:
        """Who has a code on a day, in whichever form it is written, and who had it."""
        return query("registry", "organisation_by_code", code=code, **plain(days))


def _faults(brought: organisation_workbook.Brought) -> list[dict[str, str]]:
    return [{"at": excel.cell_of(brought.table, fault), "message": excel.words_of(brought.table, fault)} for fault in brought.faults]
