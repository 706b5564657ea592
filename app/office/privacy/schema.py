"""A trigger: what a country told of the data about its people stays as it was written."""

from sqlalchemy.engine import Connection

from app.infra.schema import forbid_changes


def ensure_notices_kept(connection: Connection) -> None:
    """Makes the database refuse to change or delete a wording of a country's privacy notice: another
    one is written behind it.
    """
    forbid_changes(connection, "country_notice")
