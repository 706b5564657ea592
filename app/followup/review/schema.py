"""Triggers: a closed review of the Guidelines, and what was answered in it, does not change."""

from sqlalchemy.engine import Connection

from app.infra.schema import forbid_where

DECIDED = (
    "guideline_version_id",
    "due_on",
    "opened_at",
    "challenges",
    "inputs",
    "closed_at",
    "outcome",
    "decision_ref",
    "changed",
    "next_version_id",
)
ANSWERED = ("review_id", "about", "key", "country_code", "proposal", "words", "reason")
"""All but the people, whose names are forgotten when they are erased."""


def ensure_reviews_kept(connection: Connection) -> None:
    """Makes the database refuse changes of a closed review, and answers given, changed or taken away
    after it closed.
    """
    forbid_where(
        connection,
        "guidelines_review",
        name="guidelines_review_closed",
        when="OLD.closed_at IS NOT NULL",
        verbs=("UPDATE OF " + ", ".join(DECIDED), "DELETE"),
    )
    closed = "(SELECT closed_at FROM guidelines_review WHERE id = {row}.review_id) IS NOT NULL"
    for name, verbs, row in (
        ("guidelines_answer_late", ("INSERT",), "NEW"),
        ("guidelines_answer_kept", ("UPDATE OF " + ", ".join(ANSWERED), "DELETE"), "OLD"),
    ):
        forbid_where(
            connection,
            "review_answer",
            name=name,
            when=closed.format(row=row),
            verbs=verbs,
        )
