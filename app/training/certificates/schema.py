"""What the tables cannot say themselves: certificates and revocations are written once."""

from sqlalchemy.engine import Connection

from app.infra.schema import forbid_changes

WRITTEN_ONCE = ("certificate", "revocation")


def ensure_written_once(connection: Connection) -> None:
    """A certificate is not edited and not deleted; it is revoked. A revocation is not taken
    back.
    """
    for table in WRITTEN_ONCE:
        forbid_changes(connection, table)
