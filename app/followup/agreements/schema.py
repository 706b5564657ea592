"""Triggers: the activities of a plan change only while it is a draft."""

from sqlalchemy import inspect
from sqlalchemy.engine import Connection

from app.infra.schema import forbid_where

TEXT = (
    "plan_id",
    "event_id",
    "number",
    "letter",
    "text",
    "verb",
    "due",
    "section",
    "indicator",
    "target",
    "gender_marker",
    "funding_source_id",
    "partners",
)
"""What a plan says of an activity. Status, evidence and who wrote it are not part of the plan."""

STATE_OF_PLAN = (
    "SELECT p.state FROM work_plan AS p JOIN agreement AS a ON a.plan_id = p.id WHERE a.id ="
)


def ensure_activities_locked(connection: Connection) -> None:
    """Makes the database refuse to add, change or remove activities of a plan that is no draft, and
    to take an activity that is in force out of force.
    """
    if not inspect(connection).has_table("work_plan"):
        return  # a downgrade took the plans away
    settled = "(SELECT state FROM work_plan WHERE id = {row}.plan_id) <> 'draft'"
    for name, verbs, row in (
        ("activity_added_late", ("INSERT",), "NEW"),
        ("activity_locked", ("UPDATE OF " + ", ".join(TEXT), "DELETE"), "OLD"),
    ):
        when = f"{row}.plan_id IS NOT NULL AND {settled.format(row=row)}"
        forbid_where(connection, "agreement", name=name, when=when, verbs=verbs)
    forbid_where(
        connection,
        "agreement",
        name="activity_in_force",
        when="OLD.plan_id IS NOT NULL AND NOT OLD.is_draft",
        verbs=("UPDATE OF is_draft", "DELETE"),
    )
    for name, verb, row in (
        ("activity_party_added_late", "INSERT", "NEW"),
        ("activity_party_locked", "DELETE", "OLD"),
    ):
        when = f"({STATE_OF_PLAN} {row}.agreement_id) <> 'draft'"
        forbid_where(connection, "agreement_party", name=name, when=when, verbs=(verb,))
