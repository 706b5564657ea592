"""Drafts of courses in the database: begun from an edition, written, translated, published."""

from dataclasses import replace

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import select

from app.infra.database import reading, transaction
from app.kernel.actor import Actor, Grant, Role
from app.training.authoring import services
from app.training.authoring.models import DraftPart
from app.training.authoring.queries import draft_of
from app.training.authoring.services import content_of_draft
from app.training.authoring.values import Draft
from app.training.learning.forms.folder import parse_course
from app.training.learning.queries.editions import content_of
from tests.training.learning.builders import NOW, Classroom, practised_files

AUTHOR = Actor(account_id=0, grants=frozenset({Grant(Role.AUTHOR)}))


@pytest.fixture
def room(app: Flask) -> Classroom:
    classroom = Classroom(app)
    classroom.publish(parse_course(practised_files()))
    return classroom


def test_a_draft_says_what_its_edition_says(room: Classroom) -> None:
    with room.app.app_context():
        with transaction() as db:
            draft_id = services.draft_from_edition(db, actor=AUTHOR, slug="guidelines", now=NOW)
        with reading() as db:
            draft = draft_of(db, actor=AUTHOR, draft_id=draft_id)
            content, problems = content_of_draft(draft, "2026.2")
            edition = content_of(db, edition_id=draft.base_edition_id or 0)
    assert not problems
    assert content is not None
    assert replace(content, edition="x") == replace(edition, edition="x")
    assert content.fingerprint == edition.fingerprint == parse_course(practised_files()).fingerprint


@pytest.mark.both_databases
def test_draft_from_before_an_upgrade_is_read_in_its_new_words(room: Classroom) -> None:
    def draft(draft_id: int) -> Draft:
        with reading() as db:
            return draft_of(db, actor=AUTHOR, draft_id=draft_id)

    with room.app.app_context():
        with transaction() as db:
            draft_id = services.draft_from_edition(db, actor=AUTHOR, slug="guidelines", now=NOW)
        before = draft(draft_id)
        downgrade(revision="0042_refused_wishes")
        with reading() as db:
            questions = select(DraftPart.data).where(DraftPart.kind == "question")
            words = {word for data in db.scalars(questions) for word in data}
            options = {
                word
                for data in db.scalars(questions)
                for option in data["options"]
                for word in option
            }
        upgrade()
        assert draft(draft_id) == before
    assert words >= {"critical", "stem"}
    assert options >= {"correct", "text"}
    assert not {"is_critical", "is_correct"} & (words | options)
