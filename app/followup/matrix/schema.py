"""Triggers: what the rows of a closed period say does not change."""

from sqlalchemy.engine import Connection

from app.infra.schema import forbid_where

SAID = (
    "period_id",
    "country_code",
    "agreement_id",
    "kind",
    "fact",
    "section",
    "phase",
    "status",
    "month",
    "evidence_url",
    "evidence_key",
    "evidence_name",
    "contact",
    "sharing",
    "instrument_type",
    "instrument_date",
    "is_practice",
    "sent_at",
)
"""What a row says. Publishing it, releasing it, and forgetting who wrote are no part of that."""
CLOSED = "(SELECT closed_at FROM matrix_period WHERE id = {row}.period_id) IS NOT NULL"


def ensure_matrix_kept(connection: Connection) -> None:
    """Makes the database refuse rows that are added, changed or removed after their period closed,
    rows sent or taken back then, and a period that opens or closes again.
    """
    for name, verbs, row in (
        ("matrix_row_added_late", ("INSERT",), "NEW"),
        ("matrix_row_locked", ("UPDATE OF " + ", ".join(SAID), "DELETE"), "OLD"),
    ):
        forbid_where(connection, "matrix_row", name=name, when=CLOSED.format(row=row), verbs=verbs)
    forbid_where(
        connection,
        "matrix_row",
        name="matrix_row_moved_late",
        when=f"(OLD.state = 'published' OR NEW.state <> 'published') AND OLD.state <> NEW.state"
        f" AND {CLOSED.format(row='OLD')}",
        verbs=("UPDATE OF state",),
    )
    forbid_where(
        connection,
        "matrix_period",
        name="matrix_period_closed",
        when="OLD.closed_at IS NOT NULL AND (NEW.closed_at IS NULL"
        " OR NEW.closed_at <> OLD.closed_at OR NEW.closes_on <> OLD.closes_on)",
        verbs=("UPDATE OF closed_at, closes_on",),
    )
