"""`flask db`, by Flask-Migrate. Importing it imports Alembic, Mako and Pygments, which no page needs:
that waits until somebody asks.
"""

from pathlib import Path
from typing import Any

from click import Command, Context
from flask import Flask
from werkzeug.local import LocalProxy

from app.infra.database import database
from app.infra.schema import migration_options

COMMAND = "db"
EXTENSION = "migrate"


class LateGroup(Command):
    """Listed as `db`; called, it gives way to the group that Flask-Migrate adds."""

    def __init__(self, app: Flask) -> None:
        super().__init__(COMMAND, help="Perform database migrations.")
        self._app = app

    def make_context(self, *given: Any, **more: Any) -> Context:
        _migrate(self._app)
        return self._app.cli.commands[COMMAND].make_context(*given, **more)


def init_migrations(app: Flask, folder: Path) -> None:
    """Adds `flask db` and what Flask-Migrate's functions look for, both made on first use."""
    app.config["MIGRATIONS"] = folder
    app.extensions[EXTENSION] = LocalProxy(lambda: _migrate(app))
    app.cli.add_command(LateGroup(app))


def _migrate(app: Flask) -> Any:
    """Puts Flask-Migrate's own group and extension in the places of ours."""
    from flask_migrate import Migrate

    Migrate(app, database, directory=str(app.config["MIGRATIONS"]), **migration_options())
    return app.extensions[EXTENSION]
