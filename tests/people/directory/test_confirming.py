"""Once a quarter each country is asked who still serves (R26): once, reminded once, then the office
hears of it; what was chosen on the page is kept until it is confirmed.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from app.kernel.actor import SYSTEM, Actor
from app.kernel.refusal import InvalidInput, NotFound
from app.office.notifications.tasks import confirming as letters
from app.office.outbox.models import Message
from app.office.writing.values import AudienceKind
from app.people.directory.models import (
    Appointment,
    ConfirmationRound,
    Country,
    FocalPoint,
    Person,
    Post,
    RosterDraft,
)
from app.people.directory.queries.confirming import rounds_on
from app.people.directory.queries.roster import countries, whole_roster
from app.people.directory.rules.confirming import (
    REMINDED_AFTER,
    TOLD_AFTER,
    QuarterRound,
    RoundStep,
    quarter_of,
    step_on,
)
from app.people.directory.services import confirming, roster
from app.people.directory.values import EndReason, RosterAnswer, RosterChoice
from app.training.turnover.queries.declared import countries_to_declare
from app.training.turnover.queries.figures import country_coverage
from app.training.turnover.services import declare_counts
from tests.security.test_races import together
from tests.support.actors import actor_of, csrf_token, sign_in
from tests.training.turnover.builders import an_institution, an_official, focal_point

HN, GT = focal_point("HN"), focal_point("GT")
QUARTER = date(2026, 10, 1)
ASKED = date(2026, 10, 5)


class Today:
    """The day it is, in every zone; noon in UTC."""

    on = ASKED

    def now(self) -> datetime:
        return datetime.combine(self.on, time(12), UTC)


@pytest.fixture
def day(monkeypatch: pytest.MonkeyPatch) -> Today:
    today = Today()
    monkeypatch.setattr(clock, "today", lambda *_zone: today.on)
    monkeypatch.setattr(clock, "now", today.now)
    return today


def answers_for(
    db: Session,
    country: str,
    name: str,
    *,
    since: date = date(2020, 1, 1),
    until: date | None = None,
) -> int:
    person = Person(
        full_name=name,
        sort_key=name.lower(),
        email=f"{name.split(maxsplit=1)[0].lower()}@example.org",
        timezone="UTC",
    )
    db.add(person)
    db.flush()
    db.add(
        FocalPoint(person_id=person.id, country_code=country, valid_from=since, valid_until=until)
    )
    db.flush()
    return person.id


def a_list(db: Session, country: str, last_confirmed: Sequence[date | None]) -> list[int]:
    """Returns the appointments of people who were last confirmed on these days."""
    place = an_institution(db, country)
    return [an_official(db, place, confirmed_on=on)[0] for on in last_confirmed]


def go_round(app: Flask, day: Today, on: date) -> int:
    day.on = on
    with app.app_context():
        return letters.ask_who_serves()


def kinds_to(app: Flask, recipient: str) -> list[str]:
    with app.app_context(), reading() as db:
        rows = select(Message.dedupe).where(Message.recipient == recipient).order_by(Message.id)
        return [dedupe.partition(".")[0] for dedupe in db.scalars(rows)]


def told(db: Session, fact: str) -> int:
    return db.scalar(select(func.count()).where(JournalEntry.fact == fact)) or 0


# The rule.


@given(st.dates(date(1990, 1, 1), date(2100, 12, 31)))
def test_quarter_holds_its_day_and_begins_in_january_april_july_or_october(on: date) -> None:
    first = quarter_of(on)
    assert first <= on < first + timedelta(days=93)
    assert (first.day, first.month % 3) == (1, 1)
    assert quarter_of(first) == first


def a_round(
    *, waiting: int = 3, reminded: date | None = None, told_on: date | None = None
) -> QuarterRound:
    return QuarterRound(
        id=1,
        country_code="HN",
        quarter=QUARTER,
        asked_on=ASKED,
        reminded_on=reminded,
        told_on=told_on,
        waiting=waiting,
    )


REMINDED = ASKED + REMINDED_AFTER


@pytest.mark.parametrize(
    ("one", "on", "step"),
    [
        (a_round(), REMINDED - timedelta(days=1), None),
        (a_round(), REMINDED, RoundStep.REMIND),
        (a_round(), REMINDED + 2 * TOLD_AFTER, RoundStep.REMIND),
        (a_round(waiting=0), REMINDED, None),
        (a_round(reminded=REMINDED), REMINDED + TOLD_AFTER - timedelta(days=1), None),
        (a_round(reminded=REMINDED), REMINDED + TOLD_AFTER, RoundStep.TELL),
        (a_round(reminded=REMINDED, waiting=0), REMINDED + TOLD_AFTER, None),
        (a_round(reminded=REMINDED, told_on=REMINDED + TOLD_AFTER), date(2026, 12, 31), None),
    ],
)
def test_reminded_first_and_told_of_a_fortnight_later(
    one: QuarterRound, on: date, step: RoundStep | None
) -> None:
    assert step_on(on, one) is step


# The job.


@pytest.mark.both_databases
def test_r26_focal_point_is_asked_once_about_who_was_not_confirmed_for_90_days(
    app: Flask, day: Today
) -> None:
    """Given somebody who was not confirmed for 90 days, when the job runs, then the focal point is
    asked once and freshness drops.
    """
    with app.app_context(), transaction() as db:
        a_list(db, "HN", [ASKED - timedelta(days=90), ASKED - timedelta(days=10)])
        answers_for(db, "HN", "Olga Paz")
        answers_for(db, "GT", "Nora Coc")
    assert go_round(app, day, ASKED) == 0
    with app.app_context(), reading() as db:
        fresh = country_coverage(db, actor=HN, country_code="HN", on=day.on)
    late = ASKED + timedelta(days=1)
    assert [go_round(app, day, late + timedelta(days=n)) for n in range(5)] == [1, 0, 0, 0, 0]
    assert kinds_to(app, "olga@example.org") == ["roster-confirm"]
    assert kinds_to(app, "nora@example.org") == []
    with app.app_context(), reading() as db:
        stale = country_coverage(db, actor=HN, country_code="HN", on=late)
        assert told(db, "ConfirmationAsked") == 1
    assert fresh is not None
    assert stale is not None
    assert (fresh.unconfirmed, stale.unconfirmed, stale.serving) == (0, 1, 2)
    freshness = [1 - (one.unconfirmed or 0) / one.serving for one in (fresh, stale)]
    assert freshness == [1.0, 0.5], "it drops with who was not confirmed for 90 days"


@pytest.mark.both_databases
def test_r26_reminder_then_the_secretariat_hears_which_country_is_silent(
    app: Flask, day: Today
) -> None:
    actor_of(app, "organizer")
    with app.app_context(), transaction() as db:
        a_list(db, "HN", [None, None])
        (guatemalan,) = a_list(db, "GT", [None])
        answers_for(db, "HN", "Olga Paz")
        answers_for(db, "GT", "Nora Coc")
    go_round(app, day, ASKED)
    with app.app_context(), transaction() as db:
        roster.record_answers(
            db,
            actor=GT,
            country_code="GT",
            answers=[RosterAnswer(guatemalan, None, ASKED, is_unsure=True)],
            today=ASKED,
            now=day.now(),
        )
    days = [ASKED + timedelta(days=n) for n in range(1, 60)]
    letters_by_day = {on: number for on in days if (number := go_round(app, day, on))}
    assert letters_by_day == {REMINDED: 1, REMINDED + TOLD_AFTER: 1}
    assert kinds_to(app, "olga@example.org") == ["roster-confirm", "roster-reminder"]
    assert kinds_to(app, "nora@example.org") == ["roster-confirm"]
    assert kinds_to(app, "organizer@example.org") == ["roster-silent"]
    with app.app_context(), reading() as db:
        body = db.scalar(select(Message.body).where(Message.dedupe.startswith("roster-silent")))
        assert body is not None
        assert "Honduras" in body
        assert "Guatemala" not in body
        assert letters.TO_WRITE.endswith(f"?to={AudienceKind.UNCONFIRMED.value}")
        assert silent_on(db, day.on) == {"HN"}


@pytest.mark.both_databases
def test_r26_country_that_gives_no_names_is_asked_for_its_counts_reminded_and_named_silent(
    app: Flask, day: Today
) -> None:
    """The same job, with words of their own; once it has declared, nobody is asked any more."""
    actor_of(app, "organizer")
    with app.app_context(), transaction() as db:
        place = an_institution(db, "CA")
        for country, name in (("CA", "Olga Paz"), ("BZ", "Nora Coc")):
            answers_for(db, country, name)
            db.get_one(Country, country).counts_only_since = date(2026, 1, 1)
        typed = {place: {"posts": 9, "serving": 8, "trained": 5}}
        declare_counts(
            db,
            actor=counting("CA"),
            country_code="CA",
            counts=typed,
            today=ASKED - timedelta(days=90),
            now=day.now(),
        )
    days = [ASKED + timedelta(days=n) for n in range(60)]
    letters_by_day = {on: number for on in days if (number := go_round(app, day, on))}
    one = timedelta(days=1)
    assert letters_by_day == {
        ASKED: 1,
        ASKED + one: 1,
        REMINDED: 1,
        REMINDED + one: 1,
        REMINDED + TOLD_AFTER: 1,
        REMINDED + TOLD_AFTER + one: 1,
    }
    assert kinds_to(app, "nora@example.org") == ["counts-declare", "counts-reminder"]
    assert kinds_to(app, "olga@example.org") == ["counts-declare", "counts-reminder"]
    assert kinds_to(app, "organizer@example.org") == ["roster-silent", "roster-silent"]
    with app.app_context(), transaction() as db:
        asked, *_, silent = db.scalars(
            select(Message.body)
            .where(Message.dedupe.regexp_match("^(counts-declare|roster-silent)"))
            .order_by(Message.id)
        )
        assert "/countries/BZ/declaration" in asked
        assert "Canadá: recuento sin declarar" in silent
        assert silent_on(db, day.on) == {"BZ", "CA"}
        declare_counts(
            db, actor=counting("CA"), country_code="CA", counts=typed, today=day.on, now=day.now()
        )
        assert silent_on(db, day.on) == {"BZ"}


def counting(country: str) -> Actor:
    return replace(focal_point(country), counts_only=frozenset({country}))


def silent_on(db: Session, on: date) -> set[str]:
    to_declare = countries_to_declare(db, on, among=countries(db))
    rounds = rounds_on(db, actor=SYSTEM, on=on, to_declare=to_declare)
    return {one.country_code for one in rounds if one.is_silent}


@pytest.mark.both_databases
def test_r54_whoever_takes_office_in_the_quarter_is_asked_and_both_while_they_overlap(
    app: Flask, day: Today
) -> None:
    with app.app_context(), transaction() as db:
        a_list(db, "HN", [None])
        answers_for(db, "HN", "Olga Paz", until=ASKED + timedelta(days=10))
        answers_for(db, "HN", "Rita Sol", since=ASKED + timedelta(days=3))
    for n in range(12):
        go_round(app, day, ASKED + timedelta(days=n))
    assert kinds_to(app, "olga@example.org") == ["roster-confirm"]
    assert kinds_to(app, "rita@example.org") == ["roster-confirm"]
    with app.app_context(), reading() as db:
        body = db.scalar(select(Message.body).where(Message.recipient == "rita@example.org"))
        assert body is not None
        assert "22 de octubre" in body, "a fortnight from the day she is asked"


@pytest.mark.both_databases
def test_country_without_a_focal_point_is_asked_once_it_has_one(app: Flask, day: Today) -> None:
    with app.app_context(), transaction() as db:
        a_list(db, "HN", [None])
    assert go_round(app, day, ASKED) == 0
    with app.app_context(), transaction() as db:
        assert db.scalar(select(func.count(ConfirmationRound.id))) == 0
        answers_for(db, "HN", "Olga Paz")
    assert go_round(app, day, ASKED + timedelta(days=1)) == 1
    assert go_round(app, day, date(2027, 1, 1)) == 1


@pytest.mark.both_databases
def test_two_jobs_at_once_ask_each_country_once(app: Flask, day: Today) -> None:
    with app.app_context(), transaction() as db:
        for country in ("HN", "GT"):
            a_list(db, country, [None])
            answers_for(db, country, f"Olga{country} Paz")
    assert sorted(map(str, together(app, [letters.ask_who_serves] * 2))) == ["0", "2"]
    assert day.on == ASKED


# What was chosen is kept, and means nothing before it is confirmed.


@pytest.mark.both_databases
def test_choices_are_kept_for_the_own_country_and_forgotten_once_confirmed(
    app: Flask, day: Today
) -> None:
    with app.app_context(), transaction() as db:
        mine = a_list(db, "HN", [None, None])
        foreign = a_list(db, "GT", [None])
        left = RosterChoice("left", "2026-09-01")
        keep = partial(confirming.keep_choices, db, country_code="HN", now=day.now())
        keep(actor=HN, choices={mine[0]: left, mine[1]: None})
        keep(actor=HN, choices={mine[0]: left})
        listed = whole_roster(db, actor=HN, country_code="HN", on=day.on)
        assert {row.appointment_id: row.choice and row.choice.said for row in listed} == {
            mine[0]: "left",
            mine[1]: None,
        }
        assert db.get_one(Appointment, mine[0]).valid_until is None
        with pytest.raises(NotFound):
            keep(actor=HN, choices={foreign[0]: left})
        with pytest.raises(NotFound):
            keep(actor=GT, choices={mine[0]: left})
        roster.record_answers(
            db,
            actor=HN,
            country_code="HN",
            answers=[RosterAnswer(mine[0], None, day.on)],
            today=day.on,
            now=day.now(),
        )
        assert db.scalar(select(func.count(RosterDraft.appointment_id))) == 0


# Moving to another post of the institution.


@pytest.mark.both_databases
def test_who_moves_to_another_post_goes_on_there_and_undoing_takes_both_back(
    app: Flask, day: Today
) -> None:
    with app.app_context(), transaction() as db:
        (old,) = a_list(db, "HN", [None])
        answer = partial(
            roster.record_answers, db, actor=HN, country_code="HN", today=day.on, now=day.now()
        )
        move = RosterAnswer(old, EndReason.MOVED, day.on, new_post="Cónsul general, Saltillo")
        outcome = answer(answers=[move])
        assert (outcome.moved, outcome.ended) == (1, 0)
        row = db.get_one(Appointment, old)
        new = db.get_one(Appointment, row.moved_to_id)
        assert (row.valid_until, row.end_reason) == (day.on, "moved")
        assert (new.person_id, new.valid_from, new.valid_until) == (row.person_id, day.on, None)
        assert db.get_one(Post, new.post_id).title.in_("es") == "Cónsul general, Saltillo"
        assert answer(answers=[move]).moved == 0
        roster.reopen_appointment(
            db, actor=HN, country_code="HN", appointment_id=old, today=day.on, now=day.now()
        )
        (only,) = db.scalars(select(Appointment).where(Appointment.person_id == row.person_id))
        assert (only.id, only.valid_until, only.moved_to_id) == (old, None, None)
        assert db.scalar(select(func.count(Post.id))) == 1


@pytest.mark.usefixtures("day")
def test_post_that_is_none_is_refused_at_its_field(app: Flask, day: Today) -> None:
    with app.app_context(), transaction() as db:
        (old,) = a_list(db, "HN", [None])
        move = RosterAnswer(old, EndReason.MOVED, day.on, new_post='=HYPERLINK("x")')
        with pytest.raises(InvalidInput) as refused:
            roster.record_answers(
                db, actor=HN, country_code="HN", answers=[move], today=day.on, now=day.now()
            )
        assert list(refused.value.errors) == [f"to-{old}"]


# The page.


def test_page_says_the_quarter_keeps_choices_and_shows_them_again(
    app: Flask, client: FlaskClient, day: Today
) -> None:
    with app.app_context(), transaction() as db:
        first, second = a_list(db, "HN", [None, None])
        answers_for(db, "HN", "Olga Paz")
    go_round(app, day, ASKED)
    sign_in(client, "focal-point-hn")
    page = client.get("/countries/HN/roster?lang=es").get_data(as_text=True)
    assert "4.º trimestre de 2026: 2 personas esperan su respuesta." in page
    chosen = {
        f"row-{first}": "other",
        f"what-{first}": "left",
        f"on-{first}": "2026-09-15",
        f"row-{second}": "here",
        "csrf_token": csrf_token(client),
    }
    address = "/countries/HN/roster/choices"
    answer = client.post(address, data=chosen, headers={"HX-Request": "true"})
    assert (answer.status_code, "06:00" in answer.get_data(as_text=True)) == (200, True)
    page = client.get("/countries/HN/roster").get_data(as_text=True)
    assert f'name="what-{first}" value="left" checked' in page
    assert 'value="2026-09-15"' in page
    assert f'name="what-{second}" value="left" checked' not in page
    moved = {f"row-{second}": "other", f"what-{second}": "moved", f"to-{second}": "Cónsul general"}
    sent = {**moved, "csrf_token": csrf_token(client)}
    answer = client.post("/countries/HN/roster?lang=es", data=sent, follow_redirects=True)
    assert "1 persona pasó a otro puesto de la institución." in answer.get_data(as_text=True)
    sign_in(client, "focal-point-gt")
    chosen["csrf_token"] = csrf_token(client)
    assert client.post(address, data=chosen).status_code == 404
    with app.app_context(), reading() as db:
        assert db.get_one(Appointment, first).valid_until is None
