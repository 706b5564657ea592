"""The same application without the no-overlap rule: the control arm, which proves that a race test
can fail.
"""

from flask import Flask

from app import create_app as real_app
from app.infra.database import writing_engine
from app.planning.scheduling import schema
from app.planning.scheduling.services import claims


def create_app() -> Flask:
    """No rule in the database and none in the rule book; everything else as it is."""
    claims._require_free = lambda *_arguments: (set(), ())
    app = real_app()
    with app.app_context(), writing_engine().begin() as connection:
        drop_rule(connection.dialect.name, connection.exec_driver_sql)
        connection.commit()
    return app


def drop_rule(dialect: str, execute: object) -> None:
    statements = (
        [f"DROP TRIGGER IF EXISTS {name}" for name in schema.SQLITE]
        if dialect == "sqlite"
        else [f"ALTER TABLE claim DROP CONSTRAINT IF EXISTS {schema.NO_OVERLAP}"]
    )
    for statement in statements:
        execute(statement)  # type: ignore[operator]
