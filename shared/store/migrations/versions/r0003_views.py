"""Release 0.2.0: cursors that the database moves forward only, first and last error of what is parked, since when a generation is live."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from shared.store.database import Instant

revision = "0003"
down_revision = "0002"

_REFUSAL = "a page does not follow the cursor"

_RETRIED = "\nWhen it was last tried again:\n"
"""What release 0.1.0 wrote between the first trace and the last."""


def upgrade() -> None:
    op.add_column("view_generations", sa.Column("since", Instant))
    op.add_column("view_generations", sa.Column("tables", sa.Text))
    op.add_column("view_cursors", sa.Column("since", sa.BigInteger, nullable=False, server_default="0"))
    if op.get_context().dialect.name == "sqlite":
        _cursor_triggers_of_sqlite()
    else:
        _cursor_trigger_of_postgresql()
    _parked()


def _cursor_triggers_of_sqlite() -> None:
    key = "model = NEW.model AND generation = NEW.generation AND site = NEW.site AND service = NEW.service"
    refuse = f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
    op.execute(
        "CREATE TRIGGER view_cursors_begin BEFORE INSERT ON view_cursors "  # noqa: S608 - our own words
        f"WHEN NEW.since <> 0 OR NEW.position <= 0 OR EXISTS (SELECT 1 FROM view_cursors WHERE {key}) {refuse}"
    )
    op.execute(
        "CREATE TRIGGER view_cursors_follow BEFORE UPDATE ON view_cursors "
        "WHEN NEW.since <> OLD.position OR NEW.position <= OLD.position OR (NEW.model, NEW.generation, NEW.site, NEW.service) "
        f"<> (OLD.model, OLD.generation, OLD.site, OLD.service) {refuse}"
    )


def _cursor_trigger_of_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION view_cursors_follow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF TG_OP = 'INSERT' THEN IF NEW.since = 0 AND NEW.position > 0 THEN RETURN NEW; END IF; "
        "ELSIF NEW.since = OLD.position AND NEW.position > OLD.position AND (NEW.model, NEW.generation, NEW.site, NEW.service) "
        "= (OLD.model, OLD.generation, OLD.site, OLD.service) THEN RETURN NEW; END IF; "
        f"RAISE EXCEPTION '{_REFUSAL}' USING ERRCODE = 'check_violation'; END $$"
    )
    op.execute(
        "CREATE TRIGGER view_cursors_follow BEFORE INSERT OR UPDATE ON view_cursors FOR EACH ROW EXECUTE FUNCTION view_cursors_follow()"
    )


def _parked() -> None:
    with op.batch_alter_table("view_parked") as batch:
        batch.alter_column("error", new_column_name="last_error", existing_type=sa.Text, existing_nullable=False, nullable=True)
        batch.alter_column("trace", new_column_name="last_trace", existing_type=sa.Text, existing_nullable=False, nullable=True)
        batch.add_column(sa.Column("first_error", sa.Text))
        batch.add_column(sa.Column("first_trace", sa.Text))
        batch.add_column(sa.Column("tried_at", Instant))
    parked = sa.table(
        "view_parked",
        *(sa.column(name) for name in ("model", "generation", "site", "service", "position", "attempts")),
        *(sa.column(name) for name in ("first_error", "first_trace", "last_error", "last_trace", "parked_at", "tried_at")),
    )
    connection = op.get_bind()
    # what only waits behind another has not been tried: it has no error of its own
    connection.execute(parked.update().where(parked.c.attempts == 0).values(last_error=None, last_trace=None))
    connection.execute(parked.update().where(parked.c.attempts > 0).values(first_error=parked.c.last_error, tried_at=parked.c.parked_at))
    key = [parked.c[name] for name in ("model", "generation", "site", "service", "position")]
    for *at, trace in connection.execute(sa.select(*key, parked.c.last_trace).where(parked.c.attempts > 0)).all():
        first, _, last = trace.partition(_RETRIED)
        here = [column == value for column, value in zip(key, at, strict=True)]
        connection.execute(parked.update().where(*here).values(first_trace=first, last_trace=last or first))
