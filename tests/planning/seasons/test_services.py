"""From a table of wishes to events in the calendar: all of them in one act, or none."""

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from app.infra.platform import platform
from app.kernel.actor import SYSTEM, Actor
from app.kernel.refusal import InvalidInput, NotAllowed, NotFound
from app.kernel.text import LocalizedText
from app.kernel.timespan import Timespan
from app.planning.arranging.rules.requests import NobodyHoldsThePresidency, NothingToAsk
from app.planning.arranging.services.planning import cancel_event, plan_event
from app.planning.events.models import Event, EventCountry
from app.planning.scheduling.models import Claim, Engagement
from app.planning.scheduling.rules.refusals import Clash
from app.planning.scheduling.values import Rule
from app.planning.seasons import queries, services
from app.planning.seasons.rules import (
    AlreadyAccepted,
    AlreadyAsked,
    NoSuchWish,
    NotProposed,
    refused,
)
from app.planning.seasons.services import SeasonDoesNotFit
from app.planning.seasons.values import SeasonState
from tests.planning.events.planning_builders import (
    CONVENOR,
    NOW,
    OFFICIAL,
    ORGANIZER,
    PRESIDENCY,
    a_congress,
    a_draft,
)
from tests.planning.seasons.world import (
    a_row,
    a_season,
    create,
    events,
    furnished,
    hold_presidency,
    publish,
    season,
)

NINE = datetime(2027, 3, 9, 15, tzinfo=UTC)
HOUR = timedelta(hours=1)
REASON = "The speaker is in the region only that week."


@pytest.fixture
def world(app: Flask) -> Flask:
    furnished(app)
    return app


def accept(
    app: Flask, season_id: UUID, *, actor: Actor = ORGANIZER, **more: Any
) -> tuple[UUID, ...]:
    with app.app_context(), transaction() as db:
        return services.accept_season(db, actor=actor, season_id=season_id, now=NOW, **more)


def choose(app: Flask, season_id: UUID, position: int, starts_at: datetime | None) -> None:
    with app.app_context(), transaction() as db:
        services.choose_place(
            db, actor=ORGANIZER, season_id=season_id, position=position, starts_at=starts_at
        )


def propose_again(app: Flask, season_id: UUID) -> None:
    with app.app_context():
        with transaction() as db:
            services.request_proposal(db, actor=ORGANIZER, season_id=season_id, now=NOW)
        platform(app).jobs.drain()


def what_is_wrong(app: Flask, season_id: UUID) -> list[str]:
    """What refuses the places of a season, and what the season asks for and they do not give."""
    with app.app_context(), reading() as db:
        found = queries.season_of(db, actor=ORGANIZER, season_id=season_id)
        board = queries.board_of(db, found, now=NOW)
    return [
        said
        for key, other in board.placed.items()
        for said in (
            *(finding.rule for finding in refused(board.findings(key))),
            *(shortfall.want for shortfall in board.shortfalls(key, other.span)),
        )
    ]


@pytest.mark.both_databases
def test_a_season_is_planned_in_the_background_and_accepted_as_one_act(world: Flask) -> None:
    rows = tuple(
        a_row(n, countries=("HN", "Guatemala") * (n == 1), people=("Ana Muñoz Peña",))
        for n in (1, 2, 3)
    )
    made = create(world, a_season(rows=rows), drain=False)
    assert season(world, made).state is SeasonState.QUEUED
    assert events(world) == 0
    propose_again(world, made)
    found = season(world, made)
    assert (found.state, found.progress, found.cost) == (SeasonState.PROPOSED, 100, 0)
    assert what_is_wrong(world, made) == []
    made_events = accept(world, made)
    assert len(made_events) == len(set(made_events)) == 3
    with world.app_context(), reading() as db:
        rows_of_events = {event.id: event for event in db.scalars(select(Event))}
        invited = db.scalars(
            select(EventCountry.country_code).order_by(EventCountry.country_code)
        ).all()
    assert invited == ["GT", "HN"]
    for wish, event_id in zip(found.wishes, made_events, strict=True):
        event = rows_of_events[event_id]
        assert (event.title, event.starts_at, event.status) == (wish.title, wish.place, "published")
    assert season(world, made).state is SeasonState.ACCEPTED
    assert accept(world, made) == made_events
    assert events(world) == 3


@pytest.mark.both_databases
def test_when_one_of_them_no_longer_fits_nothing_is_written(world: Flask) -> None:
    made = create(world)
    place = season(world, made).wishes[1].place
    assert place
    publish(world, Timespan(place - HOUR / 2, place + HOUR / 2), groups=("protection",))
    before = events(world)
    with pytest.raises(SeasonDoesNotFit) as refused:
        accept(world, made)
    assert 2 in [misfit.position for misfit in refused.value.misfits]
    assert all(misfit.findings for misfit in refused.value.misfits)
    assert events(world) == before
    with world.app_context(), reading() as db:
        assert len(db.scalars(select(Engagement.id)).all()) == before
        assert "SeasonAccepted" not in db.scalars(select(JournalEntry.fact)).all()
    assert season(world, made).state is SeasonState.PROPOSED
    propose_again(world, made)
    assert len(accept(world, made)) == 4


@pytest.mark.both_databases
def test_accepting_while_somebody_books_one_of_the_slots(world: Flask) -> None:
    """Whoever comes first: either all events and no booking, or the booking and no event of the
    season.
    """
    for _ in range(3):
        made = create(world, a_season(3, title=f"Temporada {uuid4()}"))
        place = season(world, made).wishes[0].place
        assert place
        before = events(world)
        accepted, booked = _at_once(world, made, Timespan(place, place + HOUR))
        assert (accepted, booked) in ((3, 0), (0, 1))
        assert events(world) - before == accepted + booked
        _clear(world)


def _at_once(app: Flask, made: UUID, span: Timespan) -> tuple[int, int]:
    """How many events the season made, and how many the one who booked."""
    start, outcome = threading.Barrier(2), {"accepted": 0, "booked": 0}

    def accepting() -> None:
        start.wait(timeout=20)
        with suppress(SeasonDoesNotFit):
            outcome["accepted"] = len(accept(app, made))

    def booking() -> None:
        start.wait(timeout=20)
        draft = a_draft(span=span, groups=("irregular-mass-migration",))
        with suppress(Clash), app.app_context(), transaction() as db:
            plan_event(db, actor=ORGANIZER, draft=draft, publish=False, now=NOW)
            outcome["booked"] = 1

    _run(accepting, booking)
    return outcome["accepted"], outcome["booked"]


def _run(*work: Callable[[], None]) -> None:
    threads = [threading.Thread(target=one) for one in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)


def _clear(app: Flask) -> None:
    with app.app_context(), transaction() as db:
        for event_id in db.scalars(select(Event.id).where(Event.status != "cancelled")).all():
            cancel_event(db, actor=ORGANIZER, event_id=event_id, now=NOW)


@pytest.mark.both_databases
def test_two_who_accept_at_once_make_each_event_once(world: Flask) -> None:
    made = create(world, a_season(3))
    start, answers = threading.Barrier(2), []

    def accepting() -> None:
        start.wait(timeout=20)
        answers.append(accept(world, made))

    _run(accepting, accepting)
    assert len(answers) == 2
    assert answers[0] == answers[1]
    assert events(world) == 3


def test_what_is_published_keeps_its_place_unless_another_would_find_none(world: Flask) -> None:
    kept = publish(world, Timespan(NINE + timedelta(days=14), NINE + timedelta(days=14) + HOUR))
    moved = publish(world, Timespan(NINE, NINE + HOUR), groups=("labour-migration",))
    day = date(2027, 3, 9)
    draft = a_season(rows=(a_row(2, earliest=day, latest=day),), moves_published=True)
    draft = replace(draft, limits=replace(draft.limits, opens=time(9), closes=time(10)))
    made = create(world, draft)
    found = season(world, made)
    assert [wish.pinned_event_id for wish in found.wishes] == [None, moved, kept]
    assert found.wishes[0].place == NINE
    assert found.wishes[1].is_moved
    assert not found.wishes[2].is_moved
    assert what_is_wrong(world, made) == []
    assert len(accept(world, made)) == 1
    with world.app_context(), reading() as db:
        event = db.get_one(Event, moved)
        assert (event.starts_at, event.sequence) == (found.wishes[1].place, 1)
        assert db.get_one(Event, kept).sequence == 0
        facts = db.scalars(select(JournalEntry.fact)).all()
    assert facts.count("EventMoved") == 1


@pytest.mark.both_databases
def test_two_published_events_can_change_places(world: Flask) -> None:
    first = publish(world, Timespan(NINE, NINE + HOUR))
    later = NINE + timedelta(days=7)
    second = publish(world, Timespan(later, later + HOUR), groups=("labour-migration",))
    made = create(world, a_season(rows=(a_row(2),), moves_published=True))
    by_event = {wish.pinned_event_id: wish.position for wish in season(world, made).wishes}
    choose(world, made, by_event[first], later)
    choose(world, made, by_event[second], NINE)
    accept(world, made)
    with world.app_context(), reading() as db:
        assert db.get_one(Event, first).starts_at == later
        assert db.get_one(Event, second).starts_at == NINE
        assert db.scalars(select(Claim.enforced)).all().count(True) > 0


def test_a_person_s_choice_stays_and_the_rest_is_planned_around_it(world: Flask) -> None:
    made = create(world)
    chosen = datetime(2027, 3, 10, 15, tzinfo=UTC)
    choose(world, made, 1, chosen)
    propose_again(world, made)
    found = season(world, made)
    assert found.wishes[0].place == chosen
    assert what_is_wrong(world, made) == []
    choose(world, made, 2, chosen)
    assert Rule.CROSS_GROUP in what_is_wrong(world, made)
    with pytest.raises(SeasonDoesNotFit):
        accept(world, made)
    choose(world, made, 2, None)
    assert len(accept(world, made)) == 4


def test_a_congress_and_holidays_are_kept_free(world: Flask) -> None:
    with world.app_context(), transaction() as db:
        plan_event(
            db,
            actor=SYSTEM,
            draft=a_congress("iv", datetime(2027, 3, 8, 6, tzinfo=UTC), days=4),
            publish=True,
            now=NOW,
        )
    window = {"earliest": date(2027, 3, 8), "latest": date(2027, 3, 12)}
    made = create(world, a_season(rows=(a_row(1, **window), a_row(2, **window))))
    zone = season(world, made)
    assert {wish.place.date() for wish in zone.wishes if wish.place} == {date(2027, 3, 12)}
    assert what_is_wrong(world, made) == []


def test_what_fits_nowhere_is_said_and_the_rest_goes_on(world: Flask) -> None:
    monday = {"earliest": date(2027, 3, 1), "latest": date(2027, 3, 1)}
    rows = (a_row(1, **monday), a_row(5, **monday), a_row(2))
    made = create(world, a_season(rows=rows))
    found = season(world, made)
    assert found.state is SeasonState.PROPOSED
    assert sum(wish.place is None for wish in found.wishes) == 1
    nothing = create(
        world, a_season(rows=(a_row(1, earliest=date(2027, 3, 6), latest=date(2027, 3, 7)),))
    )
    failed = season(world, nothing)
    assert failed.state is SeasonState.FAILED
    assert failed.error
    with pytest.raises(NotProposed):
        accept(world, nothing)


def blocked(app: Flask) -> tuple[UUID, datetime]:
    """A season of two, the first of which finds all hours of its only day taken by another group;
    and the time that came nearest.
    """
    day = datetime(2027, 3, 8, 14, tzinfo=UTC)
    publish(app, Timespan(day, day + 7 * HOUR), groups=("labour-migration",))
    monday = {"earliest": day.date(), "latest": day.date()}
    made = create(app, a_season(rows=(a_row(4, **monday), a_row(2))))
    found = season(app, made).wishes[0]
    assert found.place is None
    assert found.refused_at is not None
    return made, found.refused_at


def ask(app: Flask, season_id: UUID, starts_at: datetime, reason: str = REASON) -> UUID:
    with app.app_context(), transaction() as db:
        return services.ask_for_place(
            db,
            actor=ORGANIZER,
            season_id=season_id,
            position=1,
            starts_at=starts_at,
            reason=reason,
            now=NOW,
        )


@pytest.mark.both_databases
def test_presidency_is_asked_for_a_time_that_the_rule_book_refuses(world: Flask) -> None:
    made, starts_at = blocked(world)
    with pytest.raises(NobodyHoldsThePresidency):
        ask(world, made, starts_at)
    assert events(world) == 1
    with world.app_context(), transaction() as db:
        hold_presidency(db)
    with pytest.raises(NothingToAsk):
        ask(world, made, starts_at + timedelta(days=1))
    with pytest.raises(InvalidInput):
        ask(world, made, starts_at, reason="why not")
    assert events(world) == 1
    asked = ask(world, made, starts_at)
    with world.app_context(), reading() as db:
        event = db.get_one(Event, asked)
        assert (event.status, event.starts_at) == ("draft", starts_at)
        assert event.asked_at == NOW
    wish = season(world, made).wishes[0]
    assert (wish.event_id, wish.is_asked, wish.place) == (asked, True, None)
    with pytest.raises(AlreadyAsked):
        ask(world, made, starts_at)
    with pytest.raises(AlreadyAsked):
        choose(world, made, 1, starts_at)
    propose_again(world, made)
    assert len(accept(world, made)) == 1, "it goes its own way"
    assert accept(world, made) != (asked,)
    assert events(world) == 3


def test_everything_wrong_is_said_by_row(world: Flask) -> None:
    rows = (
        a_row(1, groups=("nobody",)),
        a_row(2, people=("Nadie", "1")),
        a_row(3, countries=("Francia",)),
        a_row(4, minutes=600),
        a_row(5, title=LocalizedText()),
        a_row(6, after=6),
        a_row(7, earliest=date(2028, 1, 1)),
        a_row(8, groups=()),
    )
    with pytest.raises(InvalidInput) as refused:
        create(
            world, a_season(rows=rows, title=" ", ends_on=date(2027, 2, 1), timezone="Mars/Base")
        )
    assert set(refused.value.errors) == {
        "title",
        "ends_on",
        "timezone",
        "rows.1.groups",
        "rows.2.people",
        "rows.3.countries",
        "rows.4.minutes",
        "rows.5.title",
        "rows.6.after",
        "rows.7.earliest",
        "rows.8.groups",
    }
    with pytest.raises(InvalidInput) as refused:
        create(world, a_season(201))
    assert set(refused.value.errors) == {"rows"}
    assert events(world) == 0


@pytest.mark.parametrize("actor", [CONVENOR, OFFICIAL])
def test_seasons_are_for_organizers_and_the_presidency(world: Flask, actor: Actor) -> None:
    made = create(world, actor=PRESIDENCY)
    with pytest.raises(NotAllowed):
        create(world, actor=actor)
    with pytest.raises(NotAllowed):
        accept(world, made, actor=actor)
    with world.app_context(), reading() as db:
        assert queries.seasons(db, actor=actor) == ()
        with pytest.raises(NotFound):
            queries.season_of(db, actor=actor, season_id=made)
    assert events(world) == 0


def test_what_is_accepted_is_changed_in_the_programme(world: Flask) -> None:
    made = create(world)
    with pytest.raises(NoSuchWish):
        choose(world, made, 99, NINE)
    accept(world, made)
    with pytest.raises(AlreadyAccepted):
        choose(world, made, 1, NINE)
    with pytest.raises(AlreadyAccepted):
        propose_again(world, made)
    with pytest.raises(NotFound):
        accept(world, uuid4())


def test_an_answer_to_an_older_request_is_not_kept(world: Flask) -> None:
    made = create(world, drain=False)
    with world.app_context():
        with transaction() as db:
            services.request_proposal(db, actor=ORGANIZER, season_id=made, now=NOW)
        with pytest.raises(services.Overtaken), transaction() as db:
            services.note_progress(db, season_id=made, run=1, percent=50)
        platform(world).jobs.drain()
        with reading() as db:
            facts = db.scalars(select(JournalEntry.fact)).all()
    assert facts.count("SeasonRequested") == 2
    assert facts.count("SeasonProposed") == 1


def test_drafts_hold_their_time_but_are_not_published(world: Flask) -> None:
    made = create(world)
    accept(world, made, publish=False)
    with world.app_context(), reading() as db:
        assert set(db.scalars(select(Event.status))) == {"draft"}


def test_rule_book_in_force_is_the_season_s(world: Flask) -> None:
    """The minimum notice of fifteen working days, which no season repeats."""
    soon = create(world, a_season(2, starts_on=date(2026, 11, 24), ends_on=date(2026, 12, 18)))
    assert all(
        wish.place and wish.place.date() >= date(2026, 12, 15)
        for wish in season(world, soon).wishes
    )
