"""What the tables cannot say themselves: certificates and revocations are written once."""

from sqlalchemy import inspect
from sqlalchemy.engine import Connection

from app.infra.schema import MARK, forbid_changes, forbid_new_marks, forbid_where

PERSON, FACTS = "person_id", "facts"
NOT_ERASED = "NOT EXISTS (SELECT 1 FROM name_erasure WHERE certificate_id = OLD.id)"


def ensure_written_once(connection: Connection) -> None:
    """Makes the database refuse to change or delete certificates and revocations.

    A certificate is not edited and not deleted; it is revoked, and a revocation is not taken back.
    Whose record a certificate belongs to may change, when two records of one person become one; and
    what it says, where the name was taken away. Rows of before the record get their mark
    of it once.
    """
    forbid_changes(connection, "revocation", but=(MARK,))
    forbid_changes(connection, "status_seed")
    for table in ("certificate", "revocation", "name_erasure"):
        forbid_new_marks(connection, table)
    if not inspect(connection).has_table("name_erasure"):  # a schema of before 2026.12
        forbid_changes(connection, "certificate", but=(PERSON,))
        return
    forbid_changes(connection, "certificate", but=(PERSON, FACTS, MARK))
    forbid_where(
        connection,
        "certificate",
        name="certificate_facts_append_only",
        when=NOT_ERASED,
        verbs=(f"UPDATE OF {FACTS}",),
    )
    forbid_changes(connection, "name_erasure", but=(MARK,))
