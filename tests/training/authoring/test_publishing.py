"""From a draft to an edition: all of it or nothing, once, whatever happens in between."""

import signal

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.infra import clock
from app.infra.database import reading
from app.training.authoring.models import CourseDraft
from app.training.learning.models import CourseEdition, Item, Module
from tests.infra.test_processes import environment
from tests.support import forked
from tests.support.faults import Tell
from tests.training.authoring.author import Author, an_author
from tests.training.learning.builders import NOW

KILLED_WHILE_PUBLISHING = """
import os, signal, sys
from app import create_app
from app.infra.clock import now
from app.infra.database import transaction
from app.kernel.actor import Actor, Grant, Role
from app.training.authoring.services import publish_draft
from app.training.learning.services import publishing

application = create_app()
publishing._beside = lambda *_rest: os.kill(os.getpid(), signal.SIGKILL)  # after units and questions
author = Actor(account_id=int(sys.argv[2]), name="Ana", grants=frozenset({Grant(Role.AUTHOR)}))
with application.app_context(), transaction() as db:
    publish_draft(db, actor=author, draft_id=int(sys.argv[1]), label="1", changes={}, told={}, now=now())
"""


def counted(app: Flask) -> tuple[int, int, int, int]:
    """Editions, modules, questions, and drafts that are open."""
    with app.app_context(), reading() as db:
        rows = [
            db.scalar(select(func.count()).select_from(table)) or 0
            for table in (CourseEdition, Module, Item)
        ]
        is_open = select(func.count()).where(CourseDraft.closed_at.is_(None))
        return rows[0], rows[1], rows[2], db.scalar(is_open) or 0


@pytest.mark.both_databases
@pytest.mark.fault("publishing killed")
def test_killed_while_publishing_leaves_nothing_and_the_next_press_completes(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch, fault: Tell
) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    actor = an_author(app)
    author = Author(client, actor)
    draft, _parts = author.a_course()
    draft_id = draft.rpartition("/")[2]
    before = counted(app)
    status, said = forked.run(
        "-c", KILLED_WHILE_PUBLISHING, draft_id, str(actor.account_id), env=environment(app)
    )
    assert status == -signal.SIGKILL, said
    assert counted(app) == before == (0, 0, 0, 1)
    assert "Todo está escrito" in author.get(f"{draft}/publish")
    where = author.sent(f"{draft}/publish", label="1", sure="y")
    assert counted(app)[0] == 1
    assert counted(app)[3] == 0
    # the button pressed twice, and the page behind it read again
    assert author.sent(f"{draft}/publish", label="1", sure="y") == where
    assert client.get(f"{draft}/publish").location == where
    editions = counted(app)[0]
    fault(lost=max(0, 1 - editions), doubled=max(0, editions - 1))
