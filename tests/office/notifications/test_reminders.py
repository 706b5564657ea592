"""Reminders: a week, a day and an hour before, each once, to who wished it in time, and never after
the start.
"""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, event, select

from app.infra.database import database, reading, transaction
from app.kernel.text import LocalizedText
from app.kernel.timespan import Timespan
from app.office.notifications.rules import LEAD, ReminderKind, current_kind, due
from app.office.notifications.tasks.reminders import BATCH, remind
from app.office.outbox.models import Message
from app.participation.registrations.models import Registration
from app.people.directory.models import Person
from app.planning.arranging.services.planning import move_event
from app.planning.events.models import Event, EventBrief
from tests.office.notifications.world import HOUR, NOW, STARTS, letters, take_place, webinar, wish
from tests.planning.events.rows import add_registration, an_event, change_event_row
from tests.support.actors import actor_of

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
HER = "official-hn"


def go_round(app: Flask, at: datetime) -> int:
    with time_machine.travel(at, tick=False), app.app_context():
        return remind()


def reminders(app: Flask, to: str = HER) -> list[str]:
    with app.app_context(), reading() as db:
        found = db.scalars(
            select(Message).where(Message.dedupe.startswith("reminder.")).order_by(Message.id)
        )
        return [m.subject for m in found if m.recipient == f"{to}@example.org"]


@pytest.fixture
def planned(app: Flask) -> UUID:
    """In August; she has been registered since November."""
    with time_machine.travel(NOW, tick=False):
        event_id = webinar(app)
        take_place(app, HER, event_id)
    return event_id


moments = st.integers(-20 * 24 * 60, 3 * 24 * 60).map(lambda n: STARTS + timedelta(minutes=n))
kinds = st.sets(st.sampled_from(list(ReminderKind)))


@given(since=moments, now=moments, sent=kinds, wanted=kinds, is_all_day=st.booleans())
def test_what_is_due_is_wanted_in_time_unsent_and_before_the_start(
    since: datetime,
    now: datetime,
    sent: set[ReminderKind],
    wanted: set[ReminderKind],
    is_all_day: bool,
) -> None:
    kind = due(STARTS, since=since, now=now, sent=sent, wanted=wanted, is_all_day=is_all_day)
    if kind is None:
        return
    assert kind in wanted - sent
    assert since <= STARTS - LEAD[kind] <= now < STARTS
    assert not any(
        LEAD[other] < LEAD[kind] and STARTS - LEAD[other] <= now
        for other in wanted
        if not is_all_day
    )
    assert not (is_all_day and kind is ReminderKind.HOUR)


@given(registered=moments, steps=st.lists(st.integers(1, 5 * 24 * 60), max_size=40))
def test_whenever_one_looks_each_is_sent_at_most_once_and_in_order(
    registered: datetime, steps: list[int]
) -> None:
    sent: list[ReminderKind] = []
    now = registered
    for step in steps:
        now += timedelta(minutes=step)
        kind = due(STARTS, since=registered, now=now, sent=sent)
        if kind is not None:
            sent.append(kind)
    assert sent == [kind for kind in ReminderKind if kind in sent]


@given(registered=moments)
def test_who_looks_every_minute_sends_all_whose_moment_is_still_to_come(
    registered: datetime,
) -> None:
    looked = {STARTS - LEAD[kind] for kind in ReminderKind} | {registered}
    sent: list[ReminderKind] = []
    for now in sorted(at for at in looked if at >= registered):
        kind = due(STARTS, since=registered, now=now, sent=sent)
        sent += [kind] if kind else []
    assert sent == [kind for kind in ReminderKind if registered <= STARTS - LEAD[kind]]


def test_reminder_is_due_from_its_lead_until_the_start() -> None:
    assert current_kind(STARTS, STARTS - 7 * DAY - MINUTE) is None
    assert current_kind(STARTS, STARTS - 7 * DAY) is ReminderKind.WEEK
    assert current_kind(STARTS, STARTS - DAY) is ReminderKind.DAY
    assert current_kind(STARTS, STARTS - HOUR) is ReminderKind.HOUR
    assert current_kind(STARTS, STARTS - HOUR, is_all_day=True) is ReminderKind.DAY
    assert current_kind(STARTS, STARTS) is None


def test_three_reminders_each_once(app: Flask, planned: UUID) -> None:
    for lead in (
        8 * DAY,
        7 * DAY,
        7 * DAY - MINUTE,
        3 * DAY,
        DAY,
        DAY - MINUTE,
        HOUR,
        HOUR - MINUTE,
        MINUTE,
    ):
        go_round(app, STARTS - lead)
    assert go_round(app, STARTS + MINUTE) == 0
    assert reminders(app) == [
        "En 7 días: Señales de trata",
        "Mañana: Señales de trata",
        "Empieza pronto: Señales de trata",
    ]


def test_a_reminder_says_when_where_to_join_by_telephone_and_how_to_give_the_place_back(
    app: Flask, planned: UUID
) -> None:
    nothing = LocalizedText()
    with app.app_context(), transaction() as db:
        if (brief := db.get(EventBrief, planned)) is None:
            db.add(brief := EventBrief(event_id=planned, concept=nothing, objectives=nothing))
        brief.dial_in = "+506 4000 0000, código 123#"
        her = db.scalars(select(Person).where(Person.email == f"{HER}@example.org")).one()
        her.timezone, her.language = "America/Toronto", "en"
    go_round(app, STARTS - DAY)
    with time_machine.travel(STARTS - DAY + MINUTE, tick=False):
        letter = next(one for one in letters(app, HER) if "Tomorrow" in one.subject)
    assert letter.subject == "Tomorrow: Signs of trafficking"
    for words in (
        "Tuesday, 3 August 2027, 09:00–10:00 (Costa Rica, UTC−6)",
        "In your time: Tuesday, 3 August 2027, 11:00–12:00 (Ottawa, UTC−4)",
        f"The link to join opens 30 minutes before, on the page of the webinar: http://localhost/events/{planned}",
        "Without internet, by telephone: +506 4000 0000, código 123#",
        "If you cannot take part, cancel your registration on the same page",
    ):
        assert words in letter.text
    assert letter.mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    url = str(letter.mail["List-Unsubscribe"]).strip("<>")
    assert url.startswith("http://localhost/wishes/")
    assert url in letter.text


def test_who_comes_later_than_the_moment_gets_no_late_one(app: Flask, planned: UUID) -> None:
    with time_machine.travel(STARTS - 3 * DAY, tick=False):
        take_place(app, "official-gt", planned, now=STARTS - 3 * DAY)
    go_round(app, STARTS - 3 * DAY + MINUTE)
    assert reminders(app, "official-gt") == []
    go_round(app, STARTS - DAY)
    assert reminders(app, "official-gt") == ["Mañana: Señales de trata"]


def test_after_an_outage_the_latest_alone_is_sent_and_its_subject_is_true(
    app: Flask, planned: UUID
) -> None:
    go_round(app, STARTS - timedelta(hours=3))
    go_round(app, STARTS - timedelta(hours=2))
    assert reminders(app) == ["Hoy: Señales de trata"]


def test_after_an_outage_over_the_start_nothing_is_sent(app: Flask, planned: UUID) -> None:
    assert go_round(app, STARTS) == 0
    assert go_round(app, STARTS + DAY) == 0
    assert reminders(app) == []


def test_a_moved_event_reminds_anew_for_its_new_time_and_not_late(
    app: Flask, planned: UUID
) -> None:
    go_round(app, STARTS - 7 * DAY)
    later, organizer = STARTS + 14 * DAY, actor_of(app, "organizer")
    with time_machine.travel(STARTS - 2 * DAY, tick=False), app.app_context(), transaction() as db:
        move_event(
            db,
            actor=organizer,
            event_id=planned,
            span=Timespan(later, later + HOUR),
            now=STARTS - 2 * DAY,
        )
    assert go_round(app, STARTS - DAY) == 0
    go_round(app, later - 7 * DAY)
    assert reminders(app) == ["En 7 días: Señales de trata"] * 2
    # Moved to the day after tomorrow, when its week before is long past: the letter about the move
    # said so.
    nearer = later - 3 * DAY
    with time_machine.travel(nearer - 2 * DAY, tick=False), app.app_context(), transaction() as db:
        db.get_one(Event, planned).starts_at = nearer
        db.get_one(Event, planned).ends_at = nearer + HOUR
        from app.infra import journal
        from app.planning.events.facts import EventMoved

        fact = EventMoved(planned, 3, later, later + HOUR, "")
        journal.record(db, fact, actor=organizer, now=nearer - 2 * DAY)
    assert go_round(app, nearer - 2 * DAY + MINUTE) == 0


@pytest.mark.parametrize("status", ["waiting", "pending", "declined", "cancelled"])
def test_only_who_has_a_place_is_reminded(app: Flask, status: str) -> None:
    event_id, person = an_event(app, starts_at=STARTS), actor_of(app, HER).person_id
    assert person is not None
    add_registration(app, event_id, person, status=status)
    assert go_round(app, STARTS - DAY) == 0


@pytest.mark.parametrize(
    "change", [{"status": "cancelled"}, {"status": "draft"}, {"closed_at": NOW}]
)
def test_nobody_is_reminded_of_what_does_not_take_place(
    app: Flask, planned: UUID, change: dict[str, object]
) -> None:
    change_event_row(app, planned, **change)
    assert go_round(app, STARTS - DAY) == 0


def test_each_gets_the_reminders_they_wish(app: Flask, planned: UUID) -> None:
    person = actor_of(app, HER).person_id
    assert person is not None
    wish(app, person, week=False, hour=False)
    for kind in ReminderKind:
        go_round(app, STARTS - LEAD[kind])
    assert reminders(app) == ["Mañana: Señales de trata"]


def test_days_have_no_hour_to_remind_of(app: Flask) -> None:
    event_id, person = (
        an_event(app, starts_at=STARTS, is_all_day=True),
        actor_of(app, HER).person_id,
    )
    assert person is not None
    add_registration(app, event_id, person)
    assert [go_round(app, STARTS - lead) for lead in (DAY, HOUR)] == [1, 0]


def crowd(app: Flask, event_id: UUID, people: int) -> None:
    with app.app_context(), transaction() as db:
        rows = [
            Person(
                full_name=f"Persona {n}",
                sort_key=f"{n}",
                email=f"p{n}@example.org",
                country_code="CR",
                timezone="America/Costa_Rica",
            )
            for n in range(people)
        ]
        db.add_all(rows)
        db.flush()
        db.add_all(
            Registration(
                event_id=event_id,
                person_id=row.id,
                status="registered",
                created_at=NOW,
                changed_at=NOW,
            )
            for row in rows
        )


def statements(app: Flask, at: datetime) -> tuple[int, int]:
    """How many letters, and how many statements it took."""
    found: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
        found.append(statement)

    with app.app_context():
        engine: Engine = database.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        return go_round(app, at), len(found)
    finally:
        event.remove(engine, "before_cursor_execute", note)


def test_a_batch_takes_the_same_number_of_statements_for_three_and_for_ninety(app: Flask) -> None:
    few, many = an_event(app, starts_at=STARTS), an_event(app, starts_at=STARTS + 30 * DAY)
    crowd(app, few, 3)
    crowd(app, many, 90)
    assert statements(app, STARTS - DAY) == (3, statements(app, STARTS + 29 * DAY)[1])


@pytest.mark.both_databases
def test_more_than_a_batch_goes_round_once_also_when_it_was_interrupted(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    event_id = an_event(app, starts_at=STARTS)
    crowd(app, event_id, BATCH + 20)
    from app.office.notifications.tasks import reminders as task

    def killed(*_args: object, **_given: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(task, "finish_round", killed)
    with pytest.raises(KeyboardInterrupt):
        go_round(app, STARTS - DAY)
    monkeypatch.undo()
    assert go_round(app, STARTS - DAY + MINUTE) == 20
    assert go_round(app, STARTS - DAY + 2 * MINUTE) == 0
    with app.app_context(), reading() as db:
        got = list(db.scalars(select(Message.recipient)))
    assert len(got) == len(set(got)) == BATCH + 20
