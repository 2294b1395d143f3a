"""Rubrics, their versions, drafts and templates over the API."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from services.gateway import schemas
from services.gateway.api import blueprint, told
from services.gateway.network import query

Command = tuple[dict[str, Any], int]

rubrics = blueprint("rubrics", "/rubrics", "Rubrics (bảng tiêu chí, thang điểm).")
drafts = blueprint("rubric-drafts", "/rubric-drafts", "Rubrics that are still being written (bản thảo).")
templates = blueprint("rubric-templates", "/rubric-templates", "Score tables found in use, to start from (kho mẫu).")
BLUEPRINTS = (rubrics, drafts, templates)


@rubrics.route("")
class Rubrics(MethodView):
    @rubrics.response(200, schemas.RubricLine(many=True))
    def get(self) -> list[dict[str, Any]]:
        """All published rubrics."""
        return list(query("campaigns", "rubrics"))

    @rubrics.arguments(schemas.PublishRubric)
    @rubrics.response(201, schemas.Recorded)
    @rubrics.alt_response(200, schema=schemas.Recorded)
    def post(self, body: dict[str, Any]) -> Command:
        """Publish a rubric; refused with the difference named when its sums do not agree."""
        return told("campaigns", "publish_rubric", {"rubric": body})


@rubrics.route("/<rubric>")
class Rubric(MethodView):
    @rubrics.response(200, schemas.Rubric)
    def get(self, rubric: str) -> Any:
        """A rubric in full."""
        return query("campaigns", "rubric", rubric=rubric)


@rubrics.route("/<rubric>/versions")
class Versions(MethodView):
    @rubrics.response(200, schemas.RubricLine(many=True))
    def get(self, rubric: str) -> list[dict[str, Any]]:
        """The versions that a rubric comes from and that came from it."""
        return list(query("campaigns", "rubric_versions", rubric=rubric))


@rubrics.route("/<rubric>/differences/<other>")
class Differences(MethodView):
    @rubrics.response(200, schemas.Comparison)
    def get(self, rubric: str, other: str) -> Any:
        """In what another rubric differs from this one."""
        return query("campaigns", "compare_rubrics", before=rubric, after=other)


@rubrics.route("/<rubric>/withdrawal")
class Withdrawal(MethodView):
    @rubrics.arguments(schemas.WithdrawRubric)
    @rubrics.response(201, schemas.Recorded)
    @rubrics.alt_response(200, schema=schemas.Recorded)
    def post(self, body: dict[str, Any], rubric: str) -> Command:
        """Withdraw a rubric that no campaign runs under."""
        return told("campaigns", "withdraw_rubric", body, rubric=rubric)


@rubrics.route("/<rubric>/copies")
class Copies(MethodView):
    @rubrics.arguments(schemas.CopyRubric)
    @rubrics.response(201, schemas.Recorded)
    @rubrics.alt_response(200, schema=schemas.Recorded)
    def post(self, body: dict[str, Any], rubric: str) -> Command:
        """Draft a copy for another season, or to be corrected."""
        return told("campaigns", "copy_rubric", body, rubric=rubric)


@drafts.route("")
class Drafts(MethodView):
    @drafts.response(200, schemas.DraftLine(many=True))
    def get(self) -> list[dict[str, Any]]:
        """All drafts that are still being written."""
        return list(query("campaigns", "rubric_drafts"))


@drafts.route("/<draft>")
class Draft(MethodView):
    @drafts.response(200, schemas.Draft)
    def get(self, draft: str) -> Any:
        """A draft with its content."""
        return query("campaigns", "rubric_draft", draft=draft)

    @drafts.arguments(schemas.SaveDraft)
    @drafts.response(201, schemas.Recorded)
    @drafts.alt_response(200, schema=schemas.Recorded)
    def put(self, body: dict[str, Any], draft: str) -> Command:
        """Save a draft, new or as it was read in an edition."""
        return told("campaigns", "draft_rubric", body, draft=draft)


@drafts.route("/<draft>/publication")
class Publication(MethodView):
    @drafts.arguments(schemas.Edition)
    @drafts.response(201, schemas.Recorded)
    @drafts.alt_response(200, schema=schemas.Recorded)
    def post(self, body: dict[str, Any], draft: str) -> Command:
        """Publish what a draft says; refused with every place named where it cannot be used yet."""
        return told("campaigns", "publish_draft", body, draft=draft)


@drafts.route("/<draft>/discarding")
class Discarding(MethodView):
    @drafts.arguments(schemas.Edition)
    @drafts.response(201, schemas.Recorded)
    @drafts.alt_response(200, schema=schemas.Recorded)
    def post(self, body: dict[str, Any], draft: str) -> Command:
        """Give a draft up."""
        return told("campaigns", "discard_draft", body, draft=draft)


@templates.route("")
class Templates(MethodView):
    @templates.response(200, schemas.TemplateLine(many=True))
    def get(self) -> list[dict[str, Any]]:
        """The gallery."""
        return list(query("campaigns", "rubric_templates"))


@templates.route("/<template>")
class Template(MethodView):
    @templates.response(200, schemas.Template)
    def get(self, template: str) -> Any:
        """A template with its table."""
        return query("campaigns", "rubric_template", template=template)


@templates.route("/<template>/copies")
class TemplateCopies(MethodView):
    @templates.arguments(schemas.CopyRubric)
    @templates.response(201, schemas.Recorded)
    @templates.alt_response(200, schema=schemas.Recorded)
    def post(self, body: dict[str, Any], template: str) -> Command:
        """Draft a rubric from a template."""
        return told("campaigns", "copy_rubric", body, template=template)
