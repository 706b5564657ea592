"""Learning events: what each learner did, in order, with what was done before them carried over."""

import hashlib
import json
import uuid
from collections import defaultdict
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0020_learning_events"
down_revision = "0016_letter_texts"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
BATCH = 1000

EVENT = sa.table(
    "learning_event",
    sa.column("enrolment_id", sa.Uuid()),
    sa.column("number", sa.Integer()),
    sa.column("client_id", sa.Uuid()),
    sa.column("verb", sa.String()),
    sa.column("edition_id", sa.BigInteger()),
    sa.column("unit_id", sa.BigInteger()),
    sa.column("module_id", sa.BigInteger()),
    sa.column("position", sa.Integer()),
    sa.column("attempt_id", sa.Uuid()),
    sa.column("language", sa.String()),
    sa.column("client_at", INSTANT),
    sa.column("at", INSTANT),
    sa.column("payload", sa.JSON()),
    sa.column("hash", sa.String()),
)
ENROLMENT = sa.table(
    "enrolment",
    sa.column("id", sa.Uuid()),
    sa.column("edition_id", sa.BigInteger()),
    sa.column("language", sa.String()),
    sa.column("started_at", INSTANT),
)
PROGRESS = sa.table(
    "unit_progress",
    sa.column("enrolment_id", sa.Uuid()),
    sa.column("unit_id", sa.BigInteger()),
    sa.column("screen", sa.Integer()),
    sa.column("completed_at", INSTANT),
)
ATTEMPT = sa.table(
    "attempt",
    sa.column("id", sa.Uuid()),
    sa.column("enrolment_id", sa.Uuid()),
    sa.column("unit_id", sa.BigInteger()),
    sa.column("language", sa.String()),
    sa.column("started_at", INSTANT),
    sa.column("submitted_at", INSTANT),
    sa.column("is_passed", sa.Boolean()),
)
COMPLETION = sa.table(
    "completion",
    sa.column("enrolment_id", sa.Uuid()),
    sa.column("module_id", sa.BigInteger()),
    sa.column("decided_at", INSTANT),
)


def upgrade() -> None:
    op.create_table(
        "learning_event",
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("verb", sa.String(12), nullable=False),
        sa.Column("edition_id", ID, nullable=False),
        sa.Column("unit_id", ID),
        sa.Column("module_id", ID),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("attempt_id", sa.Uuid()),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("client_at", INSTANT),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("enrolment_id", "number", name="pk_learning_event"),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolment.id"], "fk_learning_event_enrolment_id_enrolment"
        ),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["course_edition.id"], "fk_learning_event_edition_id_course_edition"
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], "fk_learning_event_unit_id_unit"),
        sa.ForeignKeyConstraint(["module_id"], ["module.id"], "fk_learning_event_module_id_module"),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["attempt.id"], "fk_learning_event_attempt_id_attempt"
        ),
        sa.UniqueConstraint(
            "enrolment_id", "client_id", name="uq_learning_event_enrolment_id_client_id"
        ),
    )
    _carry_over()


def downgrade() -> None:
    op.drop_table("learning_event")


def _carry_over() -> None:
    """Every screen reached, attempt and completed module becomes an event of its time. A module
    completed before is credited: which screens led to it nobody wrote down.
    """
    connection = op.get_bind()
    acts: dict[uuid.UUID, list[dict[str, Any]]] = defaultdict(list)
    for row in connection.execute(sa.select(PROGRESS)):
        if row.completed_at is not None or row.screen > 1:
            screen = row.screen if row.completed_at else row.screen - 1
            acts[row.enrolment_id].append(
                {"verb": "seen", "unit_id": row.unit_id, "position": screen, "at": row.completed_at}
            )
    for row in connection.execute(sa.select(ATTEMPT)):
        about = {"unit_id": row.unit_id, "attempt_id": row.id, "language": row.language}
        acts[row.enrolment_id].append({"verb": "started", "at": row.started_at, **about})
        if row.submitted_at is not None:
            payload = {"passed": bool(row.is_passed)}
            acts[row.enrolment_id].append(
                {"verb": "submitted", "at": row.submitted_at, "payload": payload, **about}
            )
    done = sa.select(COMPLETION).where(COMPLETION.c.module_id.is_not(None))
    for row in connection.execute(done):
        acts[row.enrolment_id].append(
            {"verb": "credited", "module_id": row.module_id, "at": row.decided_at}
        )
    rows: list[dict[str, Any]] = []
    for enrolment in connection.execute(sa.select(ENROLMENT)).all():
        rows += _chain(enrolment, acts[enrolment.id])
    for start in range(0, len(rows), BATCH):
        connection.execute(sa.insert(EVENT), rows[start : start + BATCH])


def _chain(enrolment: Any, acts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    for act in acts:
        act["at"] = _aware(act["at"] or enrolment.started_at)
    before, rows = "", []
    for number, act in enumerate(sorted(acts, key=lambda act: act["at"]), start=1):
        row = {
            "enrolment_id": enrolment.id,
            "number": number,
            "client_id": uuid.uuid5(enrolment.id, f"carried over {number}"),
            "edition_id": enrolment.edition_id,
            "unit_id": None,
            "module_id": None,
            "position": 0,
            "attempt_id": None,
            "language": enrolment.language,
            "client_at": None,
            "payload": {},
            **act,
        }
        before = row["hash"] = _hash(before, row)
        rows.append(row)
    return rows


def _hash(before: str, row: dict[str, Any]) -> str:
    """As app/training/learning/rules/evidence.py has it."""
    told = [
        before,
        row["number"],
        str(row["client_id"]),
        row["verb"],
        row["edition_id"],
        row["unit_id"],
        row["module_id"],
        row["position"],
        str(row["attempt_id"]) if row["attempt_id"] else None,
        row["language"],
        None,
        row["at"].isoformat(),
        row["payload"],
    ]
    text = json.dumps(told, separators=(",", ":"), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _aware(at: datetime) -> datetime:
    """SQLite holds instants as UTC without saying so."""
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
