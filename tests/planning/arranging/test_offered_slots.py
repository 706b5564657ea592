"""Free slots are offered only when the whole rule book lets the actor publish them."""

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask.ctx import AppContext
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.infra.database import transaction
from app.kernel.actor import SYSTEM, Actor
from app.kernel.text import LocalizedText
from app.kernel.timespan import Timespan
from app.people.directory.models import Membership, Person, WorkingGroup
from app.people.directory.queries.designations import DELEGATE
from app.planning.arranging.queries.asking import SLOTS, advice
from app.planning.arranging.rules.cycle import OutOfOrder
from app.planning.arranging.services.planning import move_event, plan_event, publish_event
from app.planning.events.models import EventSession, SessionPerson
from app.planning.events.queries.events import event_of
from app.planning.events.values import (
    EventDraft,
    EventKind,
    Mode,
    Participant,
)
from app.planning.holidays.models import CountryHoliday
from app.planning.scheduling.models import GroupPair, Resource, RuleSetting
from app.planning.scheduling.rules.refusals import Clash
from app.planning.scheduling.values import (
    EngagementDraft,
    Nature,
    OverrideAsked,
    Party,
    Rule,
    Severity,
)
from app.planning.series.queries import propose_series
from app.planning.series.rules import Frequency, Recurrence
from app.planning.series.services import plan_series
from tests.planning.events.planning_builders import (
    NINE,
    NOW,
    ORGANIZER,
    PRESIDENCY,
    a_draft,
    furnish,
)
from tests.planning.scheduling import rulings

REASON = "The Vice-Ministers asked for it at their last meeting."
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def _world(app_context: AppContext) -> None:
    with transaction() as db:
        furnish(db, limits=True)


def at(day: datetime, **changes: Any) -> EventDraft:
    return a_draft(**{"span": Timespan(day, day + HOUR), **changes})


def offered(
    db: Session, draft: EventDraft, *, who: Actor = ORGANIZER, event_id: UUID | None = None
) -> list[Timespan]:
    assert draft.span is not None
    said = advice(db, actor=who, draft=draft, span=draft.span, now=NOW, event_id=event_id)
    spans = [slot.span for slot in said.slots]
    assert draft.span not in spans
    assert len({span.starts_at.date() for span in spans}) == len(spans), "each on a day of its own"
    return spans


def publish(db: Session, draft: EventDraft, span: Timespan, *, who: Actor = ORGANIZER) -> None:
    """Publishes it at the slot and takes that back."""
    with db.begin_nested() as savepoint:
        plan_event(db, actor=who, draft=replace(draft, span=span), publish=True, now=NOW)
        savepoint.rollback()


@pytest.mark.both_databases
def test_slots_near_an_event_that_was_published_at_short_notice_are_accepted() -> None:
    second, first = datetime(2026, 12, 2, 15, tzinfo=UTC), datetime(2026, 12, 1, 19, tzinfo=UTC)
    with transaction() as db:
        overrides = [OverrideAsked(Rule.NOTICE, "", REASON)]
        plan_event(
            db, actor=PRESIDENCY, draft=at(second), publish=True, now=NOW, overrides=overrides
        )
    wish = at(first)
    with transaction() as db:
        with pytest.raises(Clash), db.begin_nested():
            plan_event(db, actor=ORGANIZER, draft=wish, publish=True, now=NOW)
        slots = offered(db, wish)
        assert len(slots) == 3
        for slot in slots:
            publish(db, wish, slot)


def test_where_a_month_is_full_the_next_one_is_offered() -> None:
    with transaction() as db:
        for weeks in (-1, 0, 1):
            plan_event(db, actor=ORGANIZER, draft=at(NINE + 7 * weeks * DAY), publish=True, now=NOW)
    wish = at(NINE + 14 * DAY)
    with transaction() as db:
        slots = offered(db, wish)
        assert [slot.starts_at.month for slot in slots] == [4, 4, 4]
        for slot in slots:
            publish(db, wish, slot)


def test_presidency_is_offered_what_needs_no_reason_either() -> None:
    with transaction() as db:
        plan_event(db, actor=ORGANIZER, draft=at(NINE), publish=True, now=NOW)
        wish = at(NINE + DAY)
        slots = offered(db, wish, who=PRESIDENCY)
        assert len(slots) == SLOTS
        for slot in slots:
            publish(db, wish, slot, who=PRESIDENCY)


def test_draft_that_is_refused_when_published_is_not_offered_its_own_time() -> None:
    with transaction() as db:
        plan_event(db, actor=ORGANIZER, draft=at(NINE), publish=True, now=NOW)
        wish = at(NINE + DAY)
        draft = plan_event(db, actor=ORGANIZER, draft=wish, publish=False, now=NOW)
        slots = offered(db, wish, event_id=draft)
        assert len(slots) == 3
        for slot in slots:
            with db.begin_nested() as savepoint:
                move_event(db, actor=ORGANIZER, event_id=draft, span=slot, now=NOW)
                publish_event(db, actor=ORGANIZER, event_id=draft, now=NOW)
                savepoint.rollback()


def test_published_event_that_is_postponed_is_offered_no_earlier_day_at_short_notice() -> None:
    """Who was told of a day gets no less notice than before; an earlier day needs the whole
    notice.
    """
    soon = datetime(2026, 12, 3, 15, tzinfo=UTC)
    with transaction() as db:
        overrides = [OverrideAsked(Rule.NOTICE, "", REASON)]
        event_id = plan_event(
            db, actor=PRESIDENCY, draft=at(soon), publish=True, now=NOW, overrides=overrides
        )
        plan_event(
            db,
            actor=SYSTEM,
            draft=at(soon + DAY, groups=("labour-migration",)),
            publish=True,
            now=NOW,
        )
    with transaction() as db:
        draft = event_of(db, actor=ORGANIZER, event_id=event_id).as_draft()
        wish = replace(draft, span=Timespan(soon + DAY, soon + DAY + HOUR))
        slots = offered(db, wish, event_id=event_id)
        assert slots
        assert all(slot.starts_at > soon for slot in slots)
        for slot in slots:
            with db.begin_nested() as savepoint:
                move_event(db, actor=ORGANIZER, event_id=event_id, span=slot, now=NOW)
                savepoint.rollback()


def test_speaker_of_a_session_is_free_at_the_slots_of_its_event() -> None:
    with transaction() as db:
        wish = at(NINE)
        event_id = plan_event(db, actor=ORGANIZER, draft=at(NINE + 21 * DAY), publish=True, now=NOW)
        session = EventSession(
            event_id=event_id,
            kind="panel",
            title=LocalizedText(es="Panel", en="Panel"),
            starts_at=NINE + 21 * DAY,
            ends_at=NINE + 21 * DAY + HOUR,
            room="",
            notes=LocalizedText(),
        )
        session.people = [SessionPerson(person_id=3, role="speaker")]
        db.add(session)
        db.flush()
        for days in (-1, 0, 1):
            day = NINE + days * DAY
            taken = at(
                day, groups=(), people=(Participant(3),), span=Timespan(day - HOUR, day + 6 * HOUR)
            )
            plan_event(db, actor=SYSTEM, draft=taken, publish=True, now=NOW)
        plan_event(
            db, actor=SYSTEM, draft=at(NINE, groups=("labour-migration",)), publish=True, now=NOW
        )
        slots = offered(db, wish, event_id=event_id)
        assert len(slots) == 3
        for slot in slots:
            with db.begin_nested() as savepoint:
                move_event(db, actor=ORGANIZER, event_id=event_id, span=slot, now=NOW)
                savepoint.rollback()


def test_slot_of_a_series_date_is_accepted_with_all_its_sisters() -> None:
    """Also with those after it: the week of the second date is closed, and the third one has its
    own.
    """
    draft, weekly = at(NINE), Recurrence(Frequency.WEEKLY, weekday=1, count=3)
    with transaction() as db:
        closed = Timespan(NINE + 5 * DAY, NINE + 11 * DAY)
        plan_event(
            db,
            actor=SYSTEM,
            draft=at(NINE, kind=EventKind.GOVERNANCE, groups=(), span=closed),
            publish=True,
            now=NOW,
        )
    with transaction() as db:
        proposal = propose_series(db, actor=ORGANIZER, draft=draft, recurrence=weekly, now=NOW)
        [misfit] = proposal.misfits
        slots = [slot.span for slot in misfit.advice.slots]
        assert len(slots) == 3
        for slot in slots:
            with db.begin_nested() as savepoint:
                moved = {misfit.occurrence.position: slot}
                plan_series(
                    db,
                    actor=ORGANIZER,
                    draft=draft,
                    recurrence=weekly,
                    publish=True,
                    now=NOW,
                    moved=moved,
                )
                savepoint.rollback()


GROUPS = (
    "protection",
    "labour-migration",
    "border-management",
    "irregular-mass-migration",
    "secretariat",
)
COUNTRIES = ("BZ", "CA", "CR", "DO", "SV", "GT", "HN", "MX", "NI", "PA", "US")
SETTINGS = (
    (Rule.EXTERNAL, Severity.CONFIRM, None),
    (Rule.BUSY, Severity.CONFIRM, None),
    (Rule.OUTSIDE_HOURS, Severity.CONFIRM, None),
    (Rule.REGIONAL_HOLIDAY, Severity.CONFIRM, None),
    (Rule.HOLIDAY, Severity.WARN, 2),
    (Rule.COUNTRY_WEEK, Severity.BLOCK, 3),
    (Rule.PERSON_LOAD, Severity.CONFIRM, 1),
    (Rule.QUIET_BUFFER, Severity.CONFIRM, 45),
    (Rule.NOTICE, Severity.BLOCK, 40),
    (Rule.GROUP_MONTH, Severity.CONFIRM, 1),
    (Rule.CROSS_GROUP, Severity.WARN, None),
)


@pytest.mark.both_databases
@pytest.mark.parametrize("number", range(3))
def test_whatever_is_offered_can_be_published(database_url: str, number: int) -> None:
    """Random worlds: whatever stands, however the book is set, and whoever holds which seat when.
    Each database has three of its own: what is offered is decided by rules, which know of none.
    """
    seed = number if database_url.startswith("sqlite") else 3 + number
    chance = random.Random(seed)
    total = 0
    with transaction() as db:
        furnish_at_random(db, chance)
        for _number in range(4):
            wish = a_random_draft(chance)
            for slot in offered(db, wish):
                publish(db, wish, slot)
                total += 1
    assert total >= 3, "a world in which nothing is offered proves nothing"


def furnish_at_random(db: Session, chance: random.Random) -> None:
    for rule, severity, threshold in chance.sample(SETTINGS, 4):
        valid_from = date(2026, 11, 1) + timedelta(days=chance.choice((0, 60, 130)))
        db.add(
            RuleSetting(
                rule=rule,
                severity=severity,
                threshold=threshold,
                valid_from=valid_from,
                reason="",
                decided_at=NOW,
            )
        )
    db.add(GroupPair(first="border-management", second="protection"))
    db.add(
        Resource(
            kind="licence", key="zoom-500", label=LocalizedText(es="Zoom", en="Zoom"), capacity=1
        )
    )
    seat_at_random(db, chance)
    days = [date(2026, 12, 1) + timedelta(days=n) for n in range(150)]
    for code, on in sorted({(chance.choice(COUNTRIES), chance.choice(days)) for _n in range(30)}):
        scope = chance.choice(("national", "national", "regional"))
        if (code, on) != ("GT", date(2027, 3, 9)):
            db.add(
                CountryHoliday(
                    country_code=code,
                    on=on,
                    scope=scope,
                    name=LocalizedText(es="Feriado", en="Holiday"),
                )
            )
    db.flush()
    for number in range(chance.randrange(6, 18)):
        draft = a_random_draft(chance, days=90)
        try:
            with db.begin_nested():
                plan_event(db, actor=SYSTEM, draft=draft, publish=chance.random() < 0.8, now=NOW)
        except (Clash, OutOfOrder):
            continue
        soft_at_random(db, chance, number)


def seat_at_random(db: Session, chance: random.Random) -> None:
    groups = {group.slug: group.id for group in db.scalars(select(WorkingGroup))}
    for person_id in range(101, 113):
        name = f"Persona {person_id}"
        db.add(
            Person(
                id=person_id,
                full_name=name,
                sort_key=name.lower(),
                email=f"q{person_id}@example.org",
                country_code=chance.choice(COUNTRIES),
                timezone="America/Guatemala",
            )
        )
        db.flush()
        for slug in chance.sample(GROUPS[:4], chance.choice((1, 2))):
            since = date(2026, 1, 1) + timedelta(days=chance.choice((0, 400, 430)))
            until = since + timedelta(days=chance.choice((410, 440, 900)))
            db.add(
                Membership(
                    working_group_id=groups[slug],
                    person_id=person_id,
                    role=DELEGATE,
                    valid_from=since,
                    valid_until=until,
                )
            )
    db.flush()


def soft_at_random(db: Session, chance: random.Random, number: int) -> None:
    starts = NINE + timedelta(days=chance.randrange(-60, 60), hours=chance.randrange(-1, 5))
    nature, party = chance.choice(
        (
            (Nature.EXTERNAL, Party.region(exclusive=False)),
            (Nature.BUSY, Party.person(2, "Berta López")),
        )
    )
    draft = EngagementDraft(
        f"calendar:1:{number}",
        LocalizedText(es="Otro proceso", en="Other process"),
        Timespan(starts, starts + timedelta(hours=chance.randrange(1, 30))),
        "America/Costa_Rica",
        nature=nature,
    )
    rulings.claim(db, engagement=draft, parties=[party], now=NOW)


def a_random_draft(chance: random.Random, *, days: int = 60) -> EventDraft:
    starts = NINE + timedelta(
        days=chance.randrange(-days, days), minutes=15 * chance.randrange(-4, 20)
    )
    kind = chance.choices((EventKind.WEBINAR, EventKind.WORKSHOP, EventKind.GOVERNANCE), (8, 3, 1))[
        0
    ]
    duration = timedelta(minutes=15 * chance.choice((2, 4, 6, 8, 100, 200)))
    return a_draft(
        kind=kind,
        span=Timespan(starts, starts + duration),
        groups=tuple(chance.sample(GROUPS, chance.choice((0, 1, 1, 2)))),
        people=tuple(
            Participant(person) for person in chance.sample((1, 2, 3), chance.choice((0, 1, 2)))
        ),
        countries=tuple(chance.sample(COUNTRIES, chance.choice((0, 0, 2, 5)))),
        mode=chance.choice((Mode.ONLINE, Mode.ONLINE, Mode.IN_PERSON)),
        licence=chance.choice(("", "", "zoom-500")),
        needs_delegates=chance.choice((None, False, True)),
    )
