"""Refreshers: asked for, sent once, answered once without signing in, paused when left alone."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from app.infra.platform import platform
from app.kernel.actor import SYSTEM, Actor, Grant, Role
from app.kernel.refusal import NotAllowed
from app.people.directory.models import Person
from app.training.learning.models import CourseEdition, Enrolment, Module
from app.training.learning.services.study import Credit, credit_editions
from app.training.refreshers import policy, queries, rules, services
from app.training.refreshers.models import RefresherItem, RefresherRow, RefresherWish, ReviewCard
from app.training.refreshers.tasks import send_due
from app.training.refreshers.values import (
    MemoryCard,
    PracticeCheck,
    RefresherAnswer,
    Rhythm,
    WishState,
)
from tests.office.notifications.world import letters
from tests.planning.events.rows import counted_statements
from tests.support.actors import actor_of, csrf_token, sign_in
from tests.support.kept import checked_in, shown_again
from tests.training.learning.builders import NOW, Classroom, practised_content

RHYTHM = Rhythm()
TODAY = NOW.date()
FIRST = TODAY + timedelta(days=14)
AT = NOW + timedelta(days=14)


@pytest.fixture
def reader(app: Flask) -> Actor:
    """Somebody of Honduras who completed the small course; it has one practice question."""
    Classroom(app).publish(practised_content())
    actor = actor_of(app, "official-hn")
    learn(app, actor)
    return actor


def learn(app: Flask, actor: Actor) -> None:
    with app.app_context(), transaction() as db:
        edition = db.scalars(select(CourseEdition)).one()
        enrolment = Enrolment(
            person_id=actor.person_id,
            course_id=edition.course_id,
            edition_id=edition.id,
            language="es",
            started_at=NOW,
        )
        db.add(enrolment)
        db.flush()
        modules = db.scalars(select(Module.id).where(Module.is_available)).all()
        credit_editions(db, credits_=[Credit(enrolment, tuple(modules), NOW)])
        services.start_refreshers(db, actor=actor, rhythm=RHYTHM, today=TODAY, now=NOW)


def next_one(db: Session, actor: Actor, days: int = 0) -> Any:
    assert actor.person_id is not None
    on, at = FIRST + timedelta(days=days), AT + timedelta(days=days)
    return services.make_next(db, person_id=actor.person_id, rhythm=RHYTHM, today=on, now=at)


def killed_while_making(reader: Actor) -> None:
    with transaction() as db:
        next_one(db, reader)
        raise RuntimeError("killed")


@pytest.mark.both_databases
def test_what_is_due_is_made_and_told_once(app: Flask, reader: Actor) -> None:
    with app.app_context():
        with transaction() as db:
            assert queries.due_people(db, on=FIRST - timedelta(days=1)) == []
            assert queries.due_people(db, on=FIRST) == [reader.person_id]
        with pytest.raises(RuntimeError, match="killed"):
            killed_while_making(reader)
        with transaction() as db:
            assert next_one(db, reader) is not None
        with transaction() as db:
            assert next_one(db, reader) is None
        with reading() as db:
            assert db.scalar(select(func.count()).select_from(RefresherRow)) == 1
            told = select(func.count()).where(JournalEntry.fact == "RefresherReady")
            assert db.scalar(told) == 1


def test_refreshers_of_many_are_made_and_answered_by_the_same_statements(
    app: Flask, reader: Actor
) -> None:
    other = actor_of(app, "official-gt")
    learn(app, other)
    numbers = [one.person_id for one in (reader, other) if one.person_id is not None]
    counts = []
    for turn, people in enumerate((numbers[:1], numbers)):
        ago = timedelta(days=RHYTHM.days * turn)
        with app.app_context(), transaction() as db, counted_statements(app) as sent:
            made = services.make_next_of(
                db, people=people, rhythm=RHYTHM, today=FIRST + ago, now=AT + ago
            )
            answers = [RefresherAnswer(one, made[one], 1, frozenset({2})) for one in people]
            services.answer_all(db, actor=SYSTEM, answers=answers, now=AT + ago)
        counts.append(len(sent))
    # The card of the first is there by then, and changes; that of the second is new.
    assert counts[1] <= counts[0] + 1
    with app.app_context(), transaction() as db:
        right = db.execute(
            select(RefresherRow.person_id, RefresherItem.is_correct)
            .join(RefresherItem, RefresherItem.refresher_id == RefresherRow.id)
            .order_by(RefresherRow.sent_at, RefresherRow.person_id)
        )
        assert [tuple(row) for row in right] == [
            (one, True) for one in (numbers[0], *sorted(numbers))
        ]
        again = [RefresherAnswer(numbers[1], made[numbers[1]], 1, frozenset({1}))]
        with pytest.raises(rules.AlreadyAnswered):
            services.answer_all(db, actor=SYSTEM, answers=again, now=AT + ago)
        with pytest.raises(NotAllowed):
            services.answer_all(db, actor=reader, answers=again, now=AT + ago)


def test_a_letter_leads_to_questions_that_are_answered_once_without_signing_in(
    app: Flask, reader: Actor
) -> None:
    with app.app_context():
        with transaction() as db:
            db.execute(update(RefresherWish).values(next_on=clock.today()))
        assert (send_due(), send_due()) == (1, 0)
    [letter] = letters(app)
    assert "Tres minutos" in letter.subject
    assert "/refreshers/choice/" in letter.mail["List-Unsubscribe"]
    client = app.test_client()
    found = re.search(r"https?://[^/]+(/refreshers/by-letter/\S+)", letter.text)
    assert found
    page = client.get(found[1])
    assert page.status_code == 200
    assert "Check A (es)" in page.text
    assert "Because 2" not in page.text
    answers = found[1].split("?")[0] + "/answers/1?lang=es"
    empty = client.post(answers, data={"csrf_token": csrf_token(client)})
    assert (empty.status_code, "Elija primero una respuesta" in empty.text) == (422, True)
    data = {"csrf_token": csrf_token(client), "option": "1"}
    assert client.post(answers, data=data).status_code == 303
    page = client.get(found[1])
    assert "Because 1 (es)" in page.text
    assert "/courses/guidelines/one/A-L1/1" in page.text
    again = client.post(answers, data=data | {"option": "2"}, follow_redirects=True)
    assert "Because 1 (es)" in again.text
    with app.app_context(), reading() as db:
        assert db.scalars(select(RefresherItem.is_correct)).one() is False
        assert db.scalars(select(ReviewCard.check_code)).one() == "A-L1-K1"
    tampered = client.get(found[1].replace("by-letter/", "by-letter/x"))
    assert tampered.status_code == 404


def test_three_left_alone_pause_and_the_next_link_ends_the_one_before(
    app: Flask, reader: Actor
) -> None:
    with app.app_context():
        made = []
        for days in (0, 14, 28):
            with transaction() as db:
                made.append(next_one(db, reader, days))
        with transaction() as db:
            assert next_one(db, reader, 42) is None
        with reading() as db:
            ends = [queries.refresher_by_id(db, str(one)).ends_at for one in made]
            wish = queries.own_refreshers(db, actor=reader)
            facts = db.scalars(select(JournalEntry.fact)).all()
        assert ends[0] == AT + timedelta(days=14)
        assert (wish.state, wish.next_on) == (WishState.PAUSED, None)
        assert facts.count("RefresherPaused") == 1
        late = {"refresher_id": made[0], "position": 1, "chosen": {2}}
        with pytest.raises(rules.LinkEnded), transaction() as db:
            services.answer(db, actor=reader, now=AT + timedelta(days=15), **late)


def test_one_press_of_a_mail_program_stops_them(app: Flask, reader: Actor) -> None:
    assert reader.person_id is not None
    url = f"/refreshers/choice/{rules.choice_key(platform(app).keys, reader.person_id)}"
    app.config["WTF_CSRF_ENABLED"] = True
    client = app.test_client()
    assert "Están activados" in client.get(url).text
    pressed = client.post(url, data={"List-Unsubscribe": "One-Click"})
    assert (pressed.status_code, "Están desactivados" in pressed.text) == (200, True)
    with app.app_context(), reading() as db:
        assert queries.due_people(db, on=FIRST) == []


def test_figures_show_counts_and_no_small_group_of_another_country(
    app: Flask, reader: Actor
) -> None:
    others = [actor_of(app, name) for name in ("focal-point-gt", "focal-point-hn", "organizer")]
    with app.app_context(), transaction() as db:
        refresher_id = next_one(db, reader)
        services.answer(db, actor=reader, refresher_id=refresher_id, position=1, chosen={2}, now=AT)
        seen = []
        for actor in others:
            lines = queries.figures(db, actor=actor, now=AT)
            seen.append(next(line for line in lines if line.code == "HN"))
    assert [line.people for line in seen] == [None, 1, 1]
    assert (seen[1].answered, seen[1].right) == (1, 1)
    assert seen[0].recall is None
    assert seen[1].recall == pytest.approx(1, abs=0.01)


def test_r55_what_is_kept_is_told_and_nothing_stays_after_erasing(
    app: Flask, reader: Actor
) -> None:
    assert reader.person_id is not None
    counts = []
    for number in range(3):
        at = AT + timedelta(days=14 * number)
        with app.app_context(), transaction() as db:
            made = next_one(db, reader, days=14 * number)
            if number < 2:
                given = {"refresher_id": made, "position": 1, "chosen": {2}}
                services.answer(db, actor=reader, now=at, **given)
        with app.app_context(), reading() as db, counted_statements(app) as sent:
            told = queries.personal_data(db, reader.person_id)
        counts.append(len(sent))
    first, second, unanswered = told["refreshers"]
    assert first["sent_at"] == AT.isoformat() < second["sent_at"] < unanswered["sent_at"]
    assert [len(one["answers"]) for one in (first, second, unanswered)] == [1, 1, 0]
    assert (first["answers"][0]["chosen"], first["answers"][0]["right"]) == ([2], True)
    assert len(set(counts)) == 1, "one statement for all refreshers"
    with app.app_context(), transaction() as db:
        services.erase_person(db, person_id=reader.person_id, now=AT)
        for table in (RefresherRow, RefresherItem, RefresherWish, ReviewCard):
            assert db.scalar(select(func.count()).select_from(table)) == 0
        assert db.get(Person, reader.person_id) is not None


def test_who_has_completed_nothing_is_asked_to_learn_first(app: Flask) -> None:
    actor = actor_of(app, "official-gt")
    with app.app_context(), pytest.raises(rules.NothingLearned), transaction() as db:
        services.start_refreshers(db, actor=actor, rhythm=RHYTHM, today=TODAY, now=NOW)


CHECKS = tuple(PracticeCheck(n, 1, f"K{n}", n % 4) for n in range(1, 21))


@given(st.lists(st.booleans(), min_size=1, max_size=12))
def test_memory_is_without_chance_and_no_question_rests_longer_than_five_months(
    answers: list[bool],
) -> None:
    states = []
    for _turn in (1, 2):
        state, due_at = None, AT
        for is_right in answers:
            at = due_at
            state, due_at = rules.after_answer(state, is_right=is_right, at=at)
            assert timedelta(days=1) <= due_at - at <= timedelta(days=rules.LONGEST_DAYS)
        states.append((state, due_at))
    assert states[0] == states[1]
    state, due_at = states[0]
    assert state is not None
    assert rules.recall(state, due_at) < rules.recall(state, due_at - timedelta(hours=12))


@given(st.sets(st.sampled_from(range(1, 21))), st.integers(1, 5))
def test_the_most_forgotten_come_first_and_two_are_new(known: set[int], person_id: int) -> None:
    cards = {}
    for number in known:
        state, due_at = rules.after_answer(None, is_right=number % 2 == 0, at=NOW)
        cards[1, f"K{number}"] = MemoryCard(1, f"K{number}", state, due_at)
    later = NOW + timedelta(days=30)
    chosen = rules.chosen_checks(CHECKS, cards, wanted=5, now=later, person_id=person_id)
    assert len(chosen) == 5 == len(set(chosen))
    new = [one for one in chosen if (1, one.code) not in cards]
    due = sum(card.due_at <= later for card in cards.values())
    assert len(new) >= min(2, len(CHECKS) - len(known))
    assert len(chosen) - len(new) >= min(3, due)
    assert chosen == rules.chosen_checks(CHECKS, cards, wanted=5, now=later, person_id=person_id)


def test_only_completed_modules_are_asked_and_quizzes_never(app: Flask, reader: Actor) -> None:
    stranger = Actor(person_id=999_999, grants=frozenset({Grant(Role.OFFICIAL, "HN")}))
    assert reader.person_id is not None
    assert stranger.person_id is not None
    with app.app_context(), reading() as db:
        asked = queries.checks_of(db, [reader.person_id, stranger.person_id])
        assert [one.code for one in asked[reader.person_id]] == ["A-L1-K1"]
        assert asked[stranger.person_id] == ()


def test_a_day_that_is_not_due_sends_nothing() -> None:
    assert not rules.has_lapsed([0, 0], 3)
    assert rules.has_lapsed([0, 0, 0, 5], 3)
    assert not rules.has_lapsed([0, 1, 0], 3)
    assert date(2026, 12, 8) == FIRST


def test_figures_count_what_each_country_answered_within_ninety_days(
    app: Flask, reader: Actor
) -> None:
    other, office = actor_of(app, "official-gt"), actor_of(app, "organizer")
    counted = timedelta(days=90)
    learn(app, other)
    with app.app_context(), transaction() as db:
        for actor, chosen in ((reader, {2}), (other, {1})):
            refresher_id = next_one(db, actor)
            services.answer(
                db, actor=actor, refresher_id=refresher_id, position=1, chosen=chosen, now=AT
            )
        db.execute(
            update(RefresherWish)
            .where(RefresherWish.person_id == other.person_id)
            .values(state=WishState.OFF.value)
        )
        figures = []
        for now in (AT + counted, AT + counted + timedelta(seconds=1)):
            lines = {line.code: line for line in queries.figures(db, actor=office, now=now)}
            figures += [
                (lines[code].people, lines[code].answered, lines[code].right)
                for code in ("HN", "GT", "CR")
            ]
    assert figures == [(1, 1, 1), (0, 1, 0), (0, 0, 0), (1, 0, 0), (0, 0, 0), (0, 0, 0)]


@pytest.mark.parametrize(
    ("role", "scope", "from_four", "from_five"),
    [
        (Role.FOCAL_POINT, "HN", True, True),
        (Role.ORGANIZER, "", True, True),
        (Role.FOCAL_POINT, "GT", False, True),
        (Role.PRESIDENCY, "GT", False, True),
    ],
)
def test_r56_figures_of_fewer_than_five_stay_in_the_country_and_the_office(
    role: Role, scope: str, from_four: bool, from_five: bool
) -> None:
    actor = Actor(account_id=1, grants=frozenset({Grant(role, scope)}))
    assert (policy.shows(actor, "HN", 4), policy.shows(actor, "HN", 5)) == (from_four, from_five)


def test_option_chosen_in_a_form_that_came_too_late_is_shown_chosen(
    app: Flask, reader: Actor
) -> None:
    with app.app_context():
        with transaction() as db:
            db.execute(update(RefresherWish).values(next_on=clock.today()))
        send_due()
    [letter] = letters(app)
    found = re.search(r"https?://[^/]+(/refreshers/by-letter/\S+)", letter.text)
    assert found
    client = app.test_client()
    sign_in(client, "official-hn")
    action = found[1].split("?")[0] + "/answers/1?lang=es"
    assert checked_in(shown_again(client, found[1], action, {"option": "2"})) == ["q1-2"]
