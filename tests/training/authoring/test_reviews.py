"""Every few months a course is reviewed: home says when, and a press opens the draft for it."""

from datetime import date, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from app.kernel.actor import Role
from app.training.authoring.models import CourseReview
from app.training.authoring.rules.publishing import is_due, next_review
from app.training.authoring.services import open_review, set_review
from app.training.authoring.values import NextReview
from tests.security.test_races import together
from tests.training.authoring.author import Author, an_author, found
from tests.training.learning.builders import NOW

SLUG = "trato-digno-es"
DAY = date(2027, 3, 12)
ON_THE_DAY = NOW + (DAY - NOW.date())


def test_a_review_is_due_from_its_day_on_until_it_is_opened() -> None:
    set_, proposed = NextReview(DAY), NextReview(DAY, is_proposed=True)
    opened = NextReview(DAY, opened_at=NOW)
    before = DAY - timedelta(days=1)
    assert [is_due(one, DAY) for one in (set_, proposed, opened)] == [True, False, False]
    assert not is_due(set_, before)
    assert next_review(date(2028, 2, 29)) == date(2030, 2, 28)
    assert next_review(date(2026, 12, 31)) == date(2028, 12, 31)


def kept(app: Flask) -> tuple[date, bool] | None:
    """The day, and whether the review is open."""
    with app.app_context(), reading() as db:
        row = db.scalar(select(CourseReview))
        return (row.due_on, row.opened_at is not None) if row else None


def facts(app: Flask) -> list[str]:
    with app.app_context(), reading() as db:
        asked = select(JournalEntry.fact).where(JournalEntry.fact.like("CourseReview%"))
        return list(db.scalars(asked.order_by(JournalEntry.id)))


def test_a_due_review_of_a_course_is_shown_on_the_dashboard_and_can_be_opened(
    app: Flask, client: FlaskClient
) -> None:
    ana = an_author(app)
    author = Author(client, ana)
    listed, home, task = "/authoring/", "/", "Revisar «Trato digno"
    press = f"/authoring/review/{SLUG}/open"
    with time_machine.travel(NOW, tick=False):
        draft, _parts = author.a_course()
        author.sent(f"{draft}/publish", label="1", sure="y")
        page = author.get(listed)
        assert "24 nov 2028 (propuesta nuestra" in page
        assert kept(app) is None, "a proposal is not stored"
        assert author.sent(press) == listed, "nobody has set a day"

        for typed in ("2026-11-23", "", "mañana"):
            refused = author.send(f"/authoring/review/{SLUG}", due_on=typed)
            assert refused.status_code == 422
            text = refused.get_data(as_text=True)
            assert 'id="due_on-error"' in text
            assert f'value="{typed}"' in text
        assert author.sent(f"/authoring/review/{SLUG}", due_on=DAY.isoformat()) == listed
        assert "Próxima revisión: 12 mar 2027" in author.get(listed)
        assert task not in author.get(home)
        assert author.sent(press) == listed, "it is not due yet"
        assert client.get("/authoring/review/no-such").status_code == 404

    with time_machine.travel(ON_THE_DAY, tick=False):
        assert "Vence hoy" in author.get(home)
    with time_machine.travel(ON_THE_DAY + timedelta(days=3), tick=False):
        for role in (Role.ORGANIZER, Role.AUTHOR):
            author.be(an_author(app, "Olga", role))
            page = author.get(home)
            assert task in page
            assert "Vencía el 12 mar" in page
            assert f'action="{press}"' in page
        author.be(an_author(app, "Otto", Role.OFFICIAL))
        assert task not in author.get(home)
        assert author.send(press).status_code == 403
        author.be(ana)
        draft = author.sent(press)
        assert author.sent(press) == draft, "a second press leads to the same draft"
        assert task not in author.get(home)
        assert "Revisión abierta desde el 15 mar 2027" in author.get(listed)
        assert author.sent(f"/authoring/review/{SLUG}", due_on="2027-09-01") == listed
        assert kept(app) == (DAY, True), "no other day while it is open"

        author.sent(f"{draft}/discard", sure="yes")
        assert task in author.get(home), "thrown away, it is due again"
        draft = author.sent(f"/authoring/from/{SLUG}")
        assert author.sent(press) == draft, "the draft that is open already"
        author.sent(f"{draft}/publish", label="2", sure="y")
        assert kept(app) == (date(2029, 3, 15), False)
        assert task not in author.get(home)
        assert "Próxima revisión: 15 mar 2029" in author.get(listed)

        draft = author.sent(f"/authoring/from/{SLUG}")
        author.sent(f"/authoring/review/{SLUG}", due_on="2027-12-01")
        author.sent(f"{draft}/publish", label="3", sure="y")
        assert kept(app) == (date(2027, 12, 1), False), "a correction does not put it off"
    assert facts(app) == [
        "CourseReviewSet",
        "CourseReviewOpened",
        "CourseReviewOpened",
        *("CourseReviewSet",) * 2,
    ]


@pytest.mark.both_databases
def test_two_presses_at_once_open_one_draft(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    ana = an_author(app)
    author = Author(client, ana)
    draft, _parts = author.a_course()
    author.sent(f"{draft}/publish", label="1", sure="y")
    with app.app_context(), transaction() as db:
        set_review(db, actor=ana, slug=SLUG, due_on=NOW.date(), now=NOW)

    def press() -> int:
        with transaction() as db:
            return open_review(db, actor=ana, slug=SLUG, now=NOW)

    one, other = together(app, [press] * 2)
    assert one == other
    assert facts(app) == ["CourseReviewSet", "CourseReviewOpened"]
    assert found(r"/authoring/(\d+)", author.get("/authoring/")) == str(one)
