"""Runs migrations in one transaction and then puts the rules in place that tables cannot express."""

from typing import Any

from alembic import context

from app.infra.database import database, writing_engine
from app.infra.platform import platform
from app.infra.schema import free_references, lift_triggers, migration_options, require_references
from app.infra.server import require_sound_database


def run() -> None:
    require_sound_database(platform().settings.database)
    engine = writing_engine()
    options: dict[str, Any] = {
        **migration_options(),
        **getattr(context.config, "flask_migrate_options", {}),
    }
    with engine.connect() as connection, free_references(connection):
        context.configure(
            connection=connection,
            target_metadata=database.metadata,
            transaction_per_migration=False,
            transactional_ddl=True,  # SQLite's too; Alembic would commit each migration by itself
            **options,
        )
        with context.begin_transaction():
            lift_triggers(connection)
            context.run_migrations()
            require_references(connection)
            for ensure in platform().schema_rules:
                ensure(connection)
        connection.commit()


if context.is_offline_mode():
    raise SystemExit("migrations need a database: run `./run flask db upgrade`")
run()
