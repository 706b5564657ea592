"""Migrations lead up, down and up again on both databases, arrive at the models, and put the rules
back each time.
"""

import signal
import subprocess
import sys

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import check, downgrade, upgrade
from sqlalchemy import Column, Integer, MetaData, inspect, select, text
from sqlalchemy.exc import IntegrityError

from app.infra.database import database, reading, transaction, writing_engine
from app.infra.schema import (
    BrokenReference,
    DeadRule,
    free_references,
    journal_tripwire,
    migration_options,
    require_references,
)
from app.infra.server import check_rules
from app.planning.events.models import Event
from tests.infra.test_processes import environment
from tests.planning.events.rows import an_event
from tests.support import patience
from tests.support.databases import ROOT
from tests.support.faults import Tell, compared
from tests.training.certificates.builders import finished

pytestmark = pytest.mark.both_databases


def tables() -> set[str]:
    """Those of the models; the full text of the search keeps tables of its own on SQLite."""
    names = set(inspect(database.engine).get_table_names()) - {"alembic_version"}
    return {name for name in names if not name.startswith("search_index")}


def drift(metadata: MetaData) -> list[str]:
    """What autogenerate would still have to do, in its own words."""
    options = {
        name: value
        for name, value in migration_options().items()
        if name in {"compare_type", "include_name"}
    }
    with database.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={**options, "target_metadata": metadata}
        )
        return [str(step[0]) for step in compare_metadata(context, metadata)]


WINGS = ("people", "planning", "participation", "training", "followup")


def test_down_wing_by_wing_to_nothing_and_up_again(app: Flask) -> None:
    """Meanwhile the rules of the wings before stay alive: the journal's, and an event's of its
    own.
    """
    an_event(app, capacity=1)
    with app.app_context():
        everything = remaining = tables()
        assert "journal_entry" in everything
        for number, wing in reversed(list(enumerate(WINGS, start=1))):
            downgrade(revision=f"{number:04d}_{wing}")
            before, remaining = remaining, tables()
            assert remaining < before, wing
            with writing_engine().connect() as connection:
                journal_tripwire(connection)
                if "event" in remaining:  # its trigger counts registrations
                    connection.execute(text("UPDATE event SET capacity = capacity - 1"))
                connection.rollback()
        downgrade(revision="base")
        assert tables() == set()
        with pytest.raises(DeadRule, match="stands at version none"):
            check_rules(app)
        upgrade()
        assert tables() == everything == set(database.metadata.tables)
        check_rules(app)
        check()


@pytest.mark.usefixtures("app_context")
def test_the_tables_are_those_of_the_models_and_a_difference_is_seen() -> None:
    """Those of the job queue are not ours; a column that is missing and any other table are seen."""
    with transaction() as db:
        db.execute(text("CREATE TABLE huey_task (id integer PRIMARY KEY)"))
    assert drift(database.metadata) == []
    changed = MetaData(naming_convention=database.metadata.naming_convention)
    for table in database.metadata.tables.values():
        table.to_metadata(changed)
    changed.tables["message"].append_column(Column("colour", Integer()))
    with transaction() as db:
        db.execute(text("CREATE TABLE foreign_task (id integer PRIMARY KEY)"))
    assert sorted(drift(changed)) == ["add_column", "remove_table"]


def test_a_table_that_others_refer_to_is_rebuilt_without_losing_a_row(app: Flask) -> None:
    """0021 rebuilds enrolment and certificate on SQLite: completions, events and files still refer
    to their rows, a broken reference stops an upgrade, and references are followed afterwards.
    """
    with app.app_context():
        with transaction() as db:
            learner = finished(db, country="HN")
            code = learner.certificate(db)
        downgrade(revision="0018_authoring")
        upgrade()
        with writing_engine().connect() as connection:
            linked = connection.execute(
                text(
                    "SELECT c.code, e.person_id, e.closed_at IS NOT NULL, k.enrolment_id"
                    " FROM certificate c JOIN enrolment e ON e.id = c.enrolment_id"
                    " JOIN completion k ON k.enrolment_id = e.id"
                )
            ).one()
            assert tuple(linked)[:3] == (code, learner.person_id, 1)
            with pytest.raises(IntegrityError):
                connection.execute(text("UPDATE enrolment SET course_id = 99"))
            connection.rollback()
            if connection.dialect.name == "sqlite":
                with free_references(connection):
                    connection.execute(text("UPDATE enrolment SET course_id = 99"))
                    with pytest.raises(BrokenReference, match="enrolment"):
                        require_references(connection)
        check_rules(app)


KILLED_WHILE_MIGRATING = """
import os, signal
from flask_migrate import upgrade
from app import create_app
from app.infra import schema

schema.require_references = lambda _connection: os.kill(os.getpid(), signal.SIGKILL)
with create_app().app_context():
    upgrade()
"""


@pytest.mark.fault("migration killed")
def test_upgrade_that_is_killed_leaves_the_version_before(app: Flask, fault: Tell) -> None:
    """Given an upgrade that dies after its last migration, then nothing of it is there, the services
    refuse to start with a sentence, and the next one goes through.
    """
    events = {an_event(app), an_event(app)}
    with app.app_context():
        downgrade(revision="-3")
        before = tables()
        done = subprocess.run(
            [sys.executable, "-c", KILLED_WHILE_MIGRATING],
            cwd=ROOT,
            env=environment(app),
            capture_output=True,
            check=False,
            timeout=patience.scaled(60),
        )
        assert done.returncode == -signal.SIGKILL, done.stderr
        assert {name for name in tables() if not name.startswith("huey_")} == before
        with pytest.raises(DeadRule) as refused:
            check_rules(app)
        upgrade()
        check_rules(app)
        with reading() as db:
            kept = db.scalars(select(Event.id)).all()
    fault(**compared(kept, events), page=str(refused.value))


def test_an_upgrade_puts_a_lost_rule_back(app: Flask) -> None:
    with app.app_context():
        with transaction() as db:
            if db.get_bind().dialect.name == "sqlite":
                db.execute(text("DROP TRIGGER journal_entry_no_delete"))
            else:
                db.execute(text("DROP TRIGGER journal_entry_append_only ON journal_entry"))
        with pytest.raises(DeadRule, match=r"the journal on .* can be changed"):
            check_rules(app)
        upgrade()
        check_rules(app)
        with writing_engine().connect() as connection:  # and it leaves nothing behind
            journal_tripwire(connection)
            connection.commit()
            assert connection.scalar(text("SELECT count(*) FROM journal_entry")) == 0
