"""Entrypoints for rubrics, their versions, drafts and templates."""

from __future__ import annotations

from typing import Any

from services.campaigns import domain, schemas, views
from services.campaigns.service.base import Part
from services.campaigns.templates import Template, gallery
from shared import rubric as rubrics
from shared.errors import NotFound, ValidationFailed
from shared.plain import plain
from shared.rpc import Request, rpc
from shared.rubric import Rubric
from shared.schema import load


class Rubrics(Part):
    """Rubrics and their versions, what is being drafted, and the gallery to start from."""

    @rpc
    def publish_rubric(self, request: Request) -> dict[str, Any]:
        self.permit(request)
        command = load(schemas.PublishRubric, request.data)
        table = rubrics.from_data(command.rubric)
        return self.facts.execute(request, domain.rubric(self._versions()), f"rubric-{table.key}", command)

    @rpc
    def withdraw_rubric(self, request: Request) -> dict[str, Any]:
        self.permit(request)
        command = load(schemas.WithdrawRubric, request.data)
        with self.views.reading() as reading:
            running = tuple(row["campaign"] for row in views.all_campaigns(reading) if row["rubric"] == command.rubric)
        ground = domain.RubricGround(campaigns=running)
        return self.facts.execute(request, domain.rubric(ground), f"rubric-{command.rubric}", command)

    @rpc
    def draft_rubric(self, request: Request) -> dict[str, Any]:
        """Save a draft, new (edition 0) or as it was read in an edition."""
        self.permit(request)
        command = load(schemas.DraftRubric, request.data)
        return self.facts.execute(request, domain.DRAFT, _draft_stream(command.draft), command)

    @rpc
    def copy_rubric(self, request: Request) -> dict[str, Any]:
        """Begin a draft as a copy of a published rubric, or of a template of the gallery, for a season."""
        self.permit(request)
        command: domain.CopyRubric = load(schemas.CopyRubric, request.data)
        if (command.rubric is None) == (command.template is None):
            message = "Name a rubric or a template, one of the two."
            raise ValidationFailed(message, errors=[{"at": "rubric", "message": message}])
        if command.rubric is not None:
            state, _ = self.facts.load(domain.RUBRIC, f"rubric-{command.rubric}")
            source = state.table(command.rubric)
        else:
            source = _template(str(command.template)).rubric
        copy = rubrics.copied(
            source,
            key=command.key,
            title=command.title,
            season=command.season,
            days=(command.in_force_from, command.in_force_until),
            based_on=command.rubric,
        )
        draft = domain.DraftRubric(command.draft, rubrics.to_data(copy))
        return self.facts.execute(request, domain.DRAFT, _draft_stream(command.draft), draft)

    @rpc
    def discard_draft(self, request: Request) -> dict[str, Any]:
        self.permit(request)
        command = load(schemas.DiscardDraft, request.data)
        return self.facts.execute(request, domain.DRAFT, _draft_stream(command.draft), command)

    @rpc
    def publish_draft(self, request: Request) -> dict[str, Any]:
        """Publish what a draft says, and close it: both or neither."""
        self.permit(request)
        command = load(schemas.PublishDraft, request.data)
        draft, _ = self.facts.load(domain.DRAFT, _draft_stream(command.draft))
        if draft.content is None:
            raise NotFound(f"There is no draft {command.draft}.", draft=command.draft)
        table = rubrics.from_data(draft.content)
        published = (domain.rubric(self._versions()), f"rubric-{table.key}", domain.PublishRubric(draft.content))
        closed = (domain.DRAFT, _draft_stream(command.draft), command)
        return self.facts.execute_all(request, [published, closed])[1]

    @rpc
    def rubrics(self, request: Request) -> list[dict[str, Any]]:
        self.permit(request)
        with self.views.reading() as reading:
            return plain(views.all_rubrics(reading))

    @rpc
    def rubric(self, request: Request) -> dict[str, Any]:
        """A rubric in full, every field written out."""
        self.permit(request)
        return rubrics.to_data(self._table(str(request.data["rubric"])))

    @rpc
    def rubric_versions(self, request: Request) -> list[dict[str, Any]]:
        """The versions that a rubric comes from and that came from it."""
        self.permit(request)
        with self.views.reading() as reading:
            return plain(views.versions_of(reading, str(request.data["rubric"])))

    @rpc
    def compare_rubrics(self, request: Request) -> dict[str, Any]:
        """In what two rubrics differ: {before, after, differences}, both rubrics in full."""
        self.permit(request)
        before, after = (self._table(str(request.data[name])) for name in ("before", "after"))
        found = rubrics.differences(before, after)
        return {"before": rubrics.to_data(before), "after": rubrics.to_data(after), "differences": plain(found)}

    @rpc
    def rubric_drafts(self, request: Request) -> list[dict[str, Any]]:
        self.permit(request)
        with self.views.reading() as reading:
            return plain(views.all_drafts(reading))

    @rpc
    def rubric_draft(self, request: Request) -> dict[str, Any]:
        """A draft that is still written: {draft, content, edition, saved_by, saved_at}."""
        self.permit(request)
        with self.views.reading() as reading:
            found = views.draft_of(reading, str(request.data["draft"]))
        if found is None:
            raise NotFound(f"There is no draft {request.data['draft']}; it was published or discarded.")
        return plain(found)

    @rpc
    def rubric_templates(self, request: Request) -> list[dict[str, Any]]:
        """The gallery, without the tables themselves."""
        self.permit(request)
        return [{name: value for name, value in _told(one).items() if name != "rubric"} for one in gallery().values()]

    @rpc
    def rubric_template(self, request: Request) -> dict[str, Any]:
        """A template with its table, and why it could not be published as it stands, where it could not."""
        self.permit(request)
        return _told(_template(str(request.data["template"])))

    def _versions(self) -> domain.RubricGround:
        with self.views.reading() as reading:
            return domain.RubricGround(published=frozenset(line["rubric"] for line in views.all_rubrics(reading)))

    def _table(self, key: str) -> Rubric:
        with self.views.reading() as reading:
            content = views.rubric_content(reading, key)
        if content is None:
            raise NotFound(f"There is no rubric {key}.", rubric=key)
        return rubrics.from_data(content)


def _draft_stream(draft: str) -> str:
    return f"rubric-draft-{draft}"


def _template(key: str) -> Template:
    found = gallery().get(key)
    if found is None:
        raise NotFound(f"There is no template {key}; there are {', '.join(gallery())}.", template=key)
    return found


def _told(template: Template) -> dict[str, Any]:
    refusal = template.refusal
    return {
        "template": template.key,
        "title": template.rubric.title,
        "season": template.rubric.season,
        "scale": format(template.rubric.scale, "f"),
        "standing": template.standing.value,
        "source": template.source,
        "note": plain(template.note),
        "refusal": None if refusal is None else refusal.to_data(),
        "rubric": rubrics.to_data(template.rubric),
    }
