"""Focal points hear once, in their own language, that a review of the Guidelines is open."""

from datetime import date

import pytest
import time_machine
from sqlalchemy import select, update

from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from app.office.notifications.tasks.review import on_review_opened
from app.office.outbox.models import Message
from app.people.directory.models import FocalPoint, Person
from tests.followup.agreements.world import NOW
from tests.followup.review.test_review import answered, close, opened

pytestmark = [pytest.mark.both_databases, pytest.mark.usefixtures("app_context")]


def an_open_review() -> int:
    """Opens a review; person 2 answers for Honduras, person 1 for Guatemala and reads English."""
    with transaction() as db:
        review = opened(db)
        since = date(2026, 1, 1)
        db.add_all(
            [
                FocalPoint(person_id=2, country_code="HN", valid_from=since),
                FocalPoint(person_id=1, country_code="GT", valid_from=since),
            ]
        )
        db.execute(update(Person).where(Person.id == 1).values(language="en"))
    return review


def told_twice() -> dict[str, Message]:
    """Returns by address what follows from the opening, said again as after a crash."""
    with time_machine.travel(NOW, tick=False), transaction() as db:
        [entry] = db.scalars(
            select(JournalEntry).where(JournalEntry.fact == "GuidelinesReviewOpened")
        )
        for _again in range(2):
            on_review_opened(db, entry, now=NOW)
    with reading() as db:
        messages = db.scalars(select(Message)).all()
        assert len({one.recipient for one in messages}) == len(messages), "once each"
        return {one.recipient: one for one in messages}


def test_r31_focal_points_of_two_countries_are_asked_in_their_language_once() -> None:
    review = an_open_review()
    letters = told_twice()
    assert set(letters) == {"p1@example.org", "p2@example.org"}
    spanish, english = letters["p2@example.org"], letters["p1@example.org"]
    assert spanish.subject.startswith("Revisión de los Lineamientos: su país responde hasta el ")
    assert english.subject.startswith("Review of the Guidelines: your country answers until ")
    assert "– Cambio climático\n– " in spanish.body
    assert "– Climate change\n– " in english.body
    for letter in letters.values():
        assert f"/guidelines/review/{review}" in letter.body


def test_nobody_is_asked_once_the_review_is_closed() -> None:
    review = an_open_review()
    with transaction() as db:
        answered(db, review)
        close(db, review)
    assert told_twice() == {}
