"""Trigger: a validated plan stays as it was validated."""

from sqlalchemy.engine import Connection

from app.infra.schema import forbid_where

KEPT = (
    "work_table_id",
    "state",
    "submitted_at",
    "note",
    "requests",
    "validated_at",
    "decision_ref",
    "text_hash",
)
"""All but the people, whose names are forgotten when they are erased."""


def ensure_plans_kept(connection: Connection) -> None:
    """Makes the database refuse to change or delete a validated plan."""
    forbid_where(
        connection,
        "work_plan",
        name="work_plan_validated",
        when="OLD.state = 'validated'",
        verbs=("UPDATE OF " + ", ".join(KEPT), "DELETE"),
    )
