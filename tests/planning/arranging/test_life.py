"""The life of an event: which step follows which, who takes it, and what the clock tells once."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from itertools import pairwise
from threading import Barrier
from uuid import UUID

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from app.kernel.actor import ANONYMOUS, Actor, Grant, Role
from app.kernel.refusal import InvalidInput, NotAllowed, NotFound
from app.kernel.text import LocalizedText
from app.kernel.timespan import Timespan
from app.planning.arranging.services.planning import (
    cancel_event,
    change_event,
    move_event,
    plan_event,
    publish_event,
)
from app.planning.arranging.services.requests import (
    approve_event,
    ask_approval,
    close_event,
    return_event,
)
from app.planning.arranging.services.steps import tell_time
from app.planning.events.models import Event
from app.planning.events.queries.events import events_to_see_to
from app.planning.events.queries.life import steps_of, to_do
from app.planning.events.rules import life as rules
from app.planning.events.rules.life import FROM, TO, Phase, Step, phase_of
from app.planning.events.values import EventStatus, holder_of
from app.planning.scheduling.models import Engagement
from app.planning.scheduling.rules.refusals import Clash
from tests.planning.events.planning_builders import (
    CONVENOR,
    FOCAL_POINT,
    HOUR,
    LABOUR,
    NINE,
    NOW,
    ORGANIZER,
    PRESIDENCY,
    a_draft,
    actor,
    furnish,
)
from tests.planning.events.rows import add_event
from tests.support.faults import Tell

DAY = timedelta(days=1)
AFTER = NINE + 3 * HOUR
NOTE = "Por favor cambien la hora: coincide con otra reunión."
INSTANTS = st.none() | st.integers(0, 8760).map(lambda hours: NOW + hours * HOUR)


@pytest.fixture(autouse=True)
def _world(app: Flask) -> Iterator[None]:
    with app.app_context():
        with transaction() as db:
            furnish(db)
        yield


def planned(*, publish: bool = False, who: Actor = ORGANIZER, **changes: object) -> UUID:
    with transaction() as db:
        return plan_event(db, actor=who, draft=a_draft(**changes), publish=publish, now=NOW)


def facts_of(event_id: UUID) -> list[str]:
    with reading() as db:
        asked = (
            select(JournalEntry.fact)
            .where(JournalEntry.subject_id == str(event_id))
            .order_by(JournalEntry.id)
        )
        return list(db.scalars(asked))


def lapses_at(event_id: UUID) -> datetime | None:
    with reading() as db:
        return db.scalar(
            select(Engagement.expires_at).where(Engagement.holder == holder_of(event_id))
        )


def phase(event_id: UUID, now: datetime = NOW) -> Phase:
    with reading() as db:
        row = db.get_one(Event, event_id)
        return phase_of(
            row.status,
            row.asked_at,
            row.approved_at,
            row.starts_at,
            row.ends_at,
            row.closed_at,
            now,
        )


@given(
    status=st.sampled_from(EventStatus),
    asked=INSTANTS,
    approved=INSTANTS,
    starts=INSTANTS,
    hours=st.integers(1, 72),
    closed=INSTANTS,
    now=INSTANTS.filter(lambda at: at is not None),
)
def test_every_event_is_in_one_phase_and_the_clock_only_leads_on(  # noqa: PLR0917
    status: EventStatus,
    asked: datetime | None,
    approved: datetime | None,
    starts: datetime | None,
    hours: int,
    closed: datetime | None,
    now: datetime,
) -> None:
    ends = starts + timedelta(hours=hours) if starts else None
    seen = [
        phase_of(status, asked, approved, starts, ends, closed, now + n * 6 * HOUR)
        for n in range(30)
    ]
    assert set(seen) <= set(Phase)
    order = list(Phase)
    assert seen == sorted(seen, key=order.index), "time never leads back"
    changes = {(one, other) for one, other in pairwise(seen) if one is not other}
    assert changes <= {
        (Phase.PUBLISHED, Phase.RUNNING),
        (Phase.RUNNING, Phase.ENDED),
        (Phase.PUBLISHED, Phase.ENDED),
    }
    assert (seen[0] is Phase.CANCELLED) == (status is EventStatus.CANCELLED)


@given(st.lists(st.sampled_from(Step), max_size=12))
def test_no_step_is_skipped_whatever_is_pressed(steps: list[Step]) -> None:
    """An event is closed only after it ended, ran and was published; approved only after it was
    asked.
    """
    at, been = Phase.DRAFT, [Phase.DRAFT]
    for step in steps:
        try:
            rules.require_step(at, step)
        except (rules.OutOfStep, rules.AlreadyClosed):
            assert at not in FROM[step]
            continue
        at = TO[step]
        been.append(at)
    for phase, needs in (
        (Phase.APPROVED, Phase.HELD),
        (Phase.RUNNING, Phase.PUBLISHED),
        (Phase.ENDED, Phase.RUNNING),
        (Phase.CLOSED, Phase.ENDED),
    ):
        if phase in been:
            assert been.index(needs) < been.index(phase)
    if (
        Phase.HELD in been
        and Phase.PUBLISHED in been
        and been.index(Phase.HELD) < been.index(Phase.PUBLISHED)
    ):
        before = been[: been.index(Phase.PUBLISHED)]
        assert before[-1] in {Phase.APPROVED, Phase.DRAFT}, "what is being asked is not published"


def test_r2_the_presidency_approves_and_nobody_else() -> None:
    event_id = planned(who=CONVENOR)
    with transaction() as db:
        ask_approval(db, actor=CONVENOR, event_id=event_id, now=NOW)
    assert phase(event_id) is Phase.HELD
    assert lapses_at(event_id) == NOW + 30 * DAY
    for nobody in (ORGANIZER, CONVENOR, LABOUR, FOCAL_POINT, ANONYMOUS):
        with pytest.raises(NotAllowed), transaction() as db:
            approve_event(db, actor=nobody, event_id=event_id, now=NOW)
        with pytest.raises(NotAllowed), transaction() as db:
            return_event(db, actor=nobody, event_id=event_id, note=NOTE, now=NOW)
    with transaction() as db:
        approve_event(db, actor=PRESIDENCY, event_id=event_id, now=NOW + 25 * DAY)
        approve_event(db, actor=PRESIDENCY, event_id=event_id, now=NOW + 26 * DAY)
    assert phase(event_id) is Phase.APPROVED
    assert lapses_at(event_id) == NOW + 39 * DAY, "the organizers have fourteen days to publish it"
    assert facts_of(event_id) == ["EventPlanned", "ApprovalAsked", "EventApproved"]


def test_r2_after_the_term_nobody_of_the_old_presidency_approves() -> None:
    event_id = planned()
    with transaction() as db:
        ask_approval(db, actor=ORGANIZER, event_id=event_id, now=NOW)
    left = Actor(account_id=PRESIDENCY.account_id, name=PRESIDENCY.name, grants=frozenset())
    with pytest.raises(NotAllowed), transaction() as db:
        approve_event(db, actor=left, event_id=event_id, now=NOW)
    incoming = actor(Role.PRESIDENCY, "CR", 5)
    with transaction() as db:
        approve_event(db, actor=incoming, event_id=event_id, now=NOW)
    with reading() as db:
        assert db.get_one(Event, event_id).approved_by == incoming.account_id


def test_what_is_asked_waits_and_what_is_returned_says_why() -> None:
    event_id = planned()
    with transaction() as db:
        ask_approval(db, actor=ORGANIZER, event_id=event_id, now=NOW)
        ask_approval(db, actor=ORGANIZER, event_id=event_id, now=NOW)
    with pytest.raises(rules.AwaitsApproval), transaction() as db:
        publish_event(db, actor=ORGANIZER, event_id=event_id, now=NOW)
    with pytest.raises(InvalidInput) as refused, transaction() as db:
        return_event(db, actor=PRESIDENCY, event_id=event_id, note="  Cambiar hora ", now=NOW)
    assert set(refused.value.errors) == {"note"}
    with transaction() as db:
        return_event(db, actor=PRESIDENCY, event_id=event_id, note=NOTE, now=NOW)
    assert phase(event_id) is Phase.DRAFT
    with pytest.raises(rules.NothingAsked), transaction() as db:
        approve_event(db, actor=PRESIDENCY, event_id=event_id, now=NOW)
    with reading() as db:
        assert [(one.step, one.note) for one in steps_of(db, event_id=event_id)] == [
            (Step.ASK, ""),
            (Step.RETURN, NOTE),
        ]
    assert facts_of(event_id) == ["EventPlanned", "ApprovalAsked", "EventReturned"]


def test_an_approval_falls_with_what_it_was_given_to() -> None:
    event_id = planned()
    with transaction() as db:
        ask_approval(db, actor=ORGANIZER, event_id=event_id, now=NOW)
        approve_event(db, actor=PRESIDENCY, event_id=event_id, now=NOW)
    words = a_draft(title=LocalizedText(es="Otro título", en="Another title"))
    with transaction() as db:
        change_event(db, actor=ORGANIZER, event_id=event_id, draft=words, now=NOW)
    assert phase(event_id) is Phase.APPROVED, "words are not what was approved"
    later = a_draft(span=Timespan(NINE + HOUR, NINE + 3 * HOUR))
    with pytest.raises(rules.AwaitsApproval), transaction() as db:
        change_event(db, actor=ORGANIZER, event_id=event_id, draft=later, now=NOW, publish=True)
    with transaction() as db:
        move_event(
            db,
            actor=ORGANIZER,
            event_id=event_id,
            span=Timespan(NINE + HOUR, NINE + 3 * HOUR),
            now=NOW + DAY,
        )
    assert phase(event_id) is Phase.HELD
    assert lapses_at(event_id) == NOW + 31 * DAY
    assert facts_of(event_id)[-2:] == ["ApprovalAsked", "EventChanged"]
    with transaction() as db:
        approve_event(db, actor=PRESIDENCY, event_id=event_id, now=NOW + DAY)
        publish_event(db, actor=ORGANIZER, event_id=event_id, now=NOW + DAY)
    assert phase(event_id) is Phase.PUBLISHED
    assert lapses_at(event_id) is None


def test_a_hold_that_lapsed_is_taken_again_or_refused_by_name() -> None:
    event_id = planned()
    later = NOW + 15 * DAY
    with transaction() as db:
        plan_event(
            db,
            actor=ORGANIZER,
            draft=a_draft(groups=("labour-migration",)),
            publish=True,
            now=later,
        )
    with pytest.raises(Clash), transaction() as db:
        ask_approval(db, actor=ORGANIZER, event_id=event_id, now=later)
    assert phase(event_id, later) is Phase.DRAFT


def test_a_date_known_to_the_month_cannot_be_approved() -> None:
    event_id = planned(span=None, date_precision="month", found_start="2027-03")
    with pytest.raises(rules.NothingToHold), transaction() as db:
        ask_approval(db, actor=ORGANIZER, event_id=event_id, now=NOW)


@pytest.mark.both_databases
def test_only_what_is_over_is_closed_once_and_then_stands() -> None:
    event_id = planned(publish=True)
    with pytest.raises(rules.NotEnded), transaction() as db:
        close_event(db, actor=ORGANIZER, event_id=event_id, now=NINE + HOUR)
    with pytest.raises(NotAllowed), transaction() as db:
        close_event(db, actor=LABOUR, event_id=event_id, now=AFTER)
    for _ in range(2):
        with transaction() as db:
            close_event(db, actor=CONVENOR, event_id=event_id, now=AFTER)
    assert facts_of(event_id).count("EventClosed") == 1
    assert phase(event_id, AFTER) is Phase.CLOSED
    span = Timespan(NINE + 8 * DAY, NINE + 8 * DAY + HOUR)
    with pytest.raises(rules.AlreadyClosed), transaction() as db:
        move_event(db, actor=ORGANIZER, event_id=event_id, span=span, now=AFTER)
    with pytest.raises(rules.AlreadyClosed), transaction() as db:
        cancel_event(db, actor=ORGANIZER, event_id=event_id, now=AFTER)
    with pytest.raises(rules.AlreadyClosed), transaction() as db:
        change_event(db, actor=ORGANIZER, event_id=event_id, draft=a_draft(place="Otra"), now=AFTER)


def told(event_id: UUID) -> list[str]:
    return [fact for fact in facts_of(event_id) if fact in ("EventStarted", "EventEnded")]


def at(now: datetime) -> None:
    with transaction() as db:
        tell_time(db, now=now)


@pytest.mark.both_databases
def test_the_clock_tells_each_once_and_late_rather_than_never() -> None:
    event_id, other = (
        planned(publish=True),
        planned(publish=True, span=Timespan(NINE + DAY, NINE + DAY + HOUR)),
    )
    at(NINE - timedelta(minutes=1))
    assert told(event_id) == []
    at(NINE)
    at(NINE + timedelta(minutes=1))
    assert told(event_id) == ["EventStarted"]
    at(NINE + 47 * HOUR)  # the server was down
    assert told(event_id) == ["EventStarted", "EventEnded"]
    assert told(other) == ["EventStarted", "EventEnded"]
    at(NINE + 47 * HOUR)
    assert told(other) == ["EventStarted", "EventEnded"]


def test_history_drafts_cancelled_and_other_processes_are_not_told() -> None:
    with transaction() as db:
        old = add_event(db, starts_at=NINE - 3 * DAY)
        foreign = add_event(db, kind="external", starts_at=NINE)
        draft = add_event(db, status="draft", published_at=None, starts_at=NINE)
        off = add_event(db, status="cancelled", starts_at=NINE)
        month = add_event(db, starts_at=None, date_precision="month", found_start="2027-03")
    at(AFTER)
    assert [told(one) for one in (old, foreign, draft, off, month)] == [[]] * 5


def test_what_is_moved_on_after_it_started_starts_once_more() -> None:
    event_id = planned(publish=True)
    at(NINE)
    with transaction() as db:
        span = Timespan(NINE + DAY, NINE + DAY + HOUR)
        move_event(db, actor=ORGANIZER, event_id=event_id, span=span, now=NINE + HOUR)
    at(NINE + 2 * HOUR)
    assert told(event_id) == ["EventStarted"]
    at(NINE + DAY)
    assert told(event_id) == ["EventStarted", "EventStarted"]


@pytest.mark.both_databases
@pytest.mark.fault("two schedulers")
def test_many_workers_tell_the_time_once(app: Flask, fault: Tell) -> None:
    ids = [
        planned(publish=True, span=Timespan(NINE + n * 3 * HOUR, NINE + n * 3 * HOUR + HOUR))
        for n in range(4)
    ]
    gate = Barrier(6)

    def work(_number: int) -> None:
        with app.app_context():
            gate.wait()
            at(NINE + 20 * HOUR)

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(work, range(6)))
    at(NINE + 20 * HOUR)
    facts = [told(one) for one in ids]
    fault(lost=sum(2 - len(set(one)) for one in facts), doubled=sum(len(one) - 2 for one in facts))
    assert facts == [["EventStarted", "EventEnded"]] * 4


def test_what_waits_is_listed_for_whom_it_waits() -> None:
    held, approved, over = (
        planned(),
        planned(span=Timespan(NINE + DAY, NINE + DAY + HOUR)),
        planned(publish=True, span=Timespan(NINE - DAY, NINE - DAY + HOUR)),
    )
    with transaction() as db:
        for one in (held, approved):
            ask_approval(db, actor=ORGANIZER, event_id=one, now=NINE - 10 * DAY)
        approve_event(db, actor=PRESIDENCY, event_id=approved, now=NINE - 10 * DAY)
    at(NINE - DAY + 2 * HOUR)
    now = NINE - DAY + 2 * HOUR
    with reading() as db:
        presidency, organizer, foreign = (
            to_do(db, actor=who, now=now) for who in (PRESIDENCY, ORGANIZER, LABOUR)
        )
        open_ones = events_to_see_to(db, actor=ORGANIZER, until=now)
    assert presidency.to_approve is not None
    assert [one.id for one in presidency.to_approve] == [held]
    assert organizer.to_approve is None
    assert [one.id for one in organizer.to_publish] == [approved]
    assert [one.id for one in open_ones] == [over]
    assert (foreign.to_approve, foreign.to_publish) == (None, ())


def test_a_draft_of_another_group_does_not_exist() -> None:
    event_id = planned()
    with pytest.raises(NotFound), transaction() as db:
        ask_approval(db, actor=LABOUR, event_id=event_id, now=NOW)
    both = Actor(
        account_id=3,
        grants=frozenset({Grant(Role.PRESIDENCY, "BZ"), Grant(Role.CONVENOR, "protection")}),
    )
    with transaction() as db:
        ask_approval(db, actor=both, event_id=event_id, now=NOW)
        approve_event(db, actor=both, event_id=event_id, now=NOW)
