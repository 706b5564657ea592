"""What the tables cannot say themselves: certificates and revocations are written once."""

from sqlalchemy.engine import Connection

from app.infra.schema import forbid_changes


def ensure_written_once(connection: Connection) -> None:
    """Makes the database refuse to change or delete certificates and revocations.

    A certificate is not edited and not deleted; it is revoked, and a revocation is not taken back.
    Whose record a certificate belongs to may change, when two records of one person become one.
    """
    forbid_changes(connection, "certificate", but="person_id")
    forbid_changes(connection, "revocation")
