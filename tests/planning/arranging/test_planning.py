"""Planning through the services: what is claimed, refused, moved, told."""

from datetime import datetime, timedelta
from importlib.metadata import version
from typing import Any
from uuid import UUID

import pytest
from flask.ctx import AppContext
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from app.kernel.refusal import InvalidInput, NotAllowed, NotFound
from app.kernel.seen import ChangedMeanwhile, mark_of
from app.kernel.text import LocalizedText
from app.kernel.timespan import Timespan
from app.people.directory.models import Country
from app.planning.arranging.rules.cycle import CycleBroken, FollowUpTooEarly, PreparatoryTooLate
from app.planning.arranging.rules.soundness import AlreadyCancelled
from app.planning.arranging.services.planning import (
    cancel_event,
    change_event,
    move_event,
    plan_event,
    publish_event,
)
from app.planning.events.models import Event
from app.planning.events.queries.events import event_of
from app.planning.events.values import (
    DatePrecision,
    EditionLink,
    EventDraft,
    EventKind,
    EventStatus,
    LinkRole,
    Participant,
)
from app.planning.scheduling.models import Claim
from app.planning.scheduling.queries import calendar
from app.planning.scheduling.rules.refusals import Clash
from app.planning.scheduling.values import Nature, Rule
from tests.planning.events.planning_builders import (
    CONVENOR,
    HOUR,
    LABOUR,
    NINE,
    NOW,
    OFFICIAL,
    ORGANIZER,
    PRESIDENCY,
    a_congress,
    a_draft,
    furnish,
    people,
    planner_of,
)


@pytest.fixture(autouse=True)
def _world(app_context: AppContext) -> None:
    with transaction() as db:
        furnish(db)


def plan(
    draft: EventDraft, *, publish: bool = True, who: Any = ORGANIZER, now: datetime = NOW
) -> UUID:
    with transaction() as db:
        return plan_event(db, actor=planner_of(draft, who), draft=draft, publish=publish, now=now)


def facts(db: Session, event_id: UUID) -> list[str]:
    return list(
        db.scalars(
            select(JournalEntry.fact)
            .where(JournalEntry.subject_id == str(event_id))
            .order_by(JournalEntry.id)
        )
    )


def at(hour: int, minute: int = 0, hours: float = 2) -> Timespan:
    starts = NINE.replace(hour=hour, minute=minute)
    return Timespan(starts, starts + timedelta(hours=hours))


@pytest.mark.both_databases
def test_a_published_event_is_stored_whole_and_claims_its_time() -> None:
    draft = a_draft(
        people=people(1, 2), links=(EditionLink("iii", LinkRole.FOLLOW_UP),), capacity=80
    )
    event_id = plan(draft)
    with reading() as db:
        event = event_of(db, actor=ORGANIZER, event_id=event_id)
        assert event.as_draft().settled() == draft.settled()
        assert event.status is EventStatus.PUBLISHED
        assert event.published_at == NOW
        assert db.scalars(select(Event.tzdata_version)).one() == version("tzdata")
        assert facts(db, event_id) == ["EventPlanned", "EventPublished"]
        standing = calendar.engagement_of(db, holder=f"event:{event_id}")
        assert standing is not None
        everybody = set(db.scalars(select(Country.code)))
        assert {party.key for party in standing.parties} == {
            "protection",
            "1",
            "2",
            "rcm",
            *everybody,
        }


def test_only_the_countries_invited_are_taken() -> None:
    event_id = plan(a_draft(countries=("HN", "GT")))
    with reading() as db:
        assert event_of(db, actor=ORGANIZER, event_id=event_id).countries == ("GT", "HN")
        standing = calendar.engagement_of(db, holder=f"event:{event_id}")
        assert standing is not None
        assert {party.key for party in standing.parties} == {"protection", "rcm", "HN", "GT"}
    with pytest.raises(InvalidInput) as refused:
        plan(a_draft(span=at(20), countries=("AR",)))
    assert set(refused.value.errors) == {"countries"}


@pytest.mark.both_databases
def test_r39_two_groups_do_not_meet_at_once_and_back_to_back_they_do() -> None:
    plan(a_draft(span=at(15)))
    labour = a_draft(groups=("labour-migration",), title=LocalizedText(es="Laboral", en="Labour"))
    with pytest.raises(Clash) as refused:
        plan(EventDraft(**{**vars(labour), "span": at(16, 59, 61 / 60)}))
    finding = refused.value.findings[0]
    assert finding.rule is Rule.CROSS_GROUP
    assert finding.other is not None
    assert finding.other.title["es"] == "Seminario de protección"
    plan(EventDraft(**{**vars(labour), "span": at(17, 0, 1)}))


@pytest.mark.both_databases
def test_nothing_is_left_of_a_refused_event() -> None:
    plan(a_draft(people=people(1)))
    with pytest.raises(Clash):
        plan(a_draft(groups=(), people=people(1)))
    with reading() as db:
        assert len(list(db.scalars(select(Event)))) == 1


def test_a_draft_holds_its_time_for_fourteen_days() -> None:
    draft_id = plan(a_draft(), publish=False)
    with pytest.raises(Clash):
        plan(a_draft(), now=NOW + timedelta(days=13))
    plan(a_draft(), now=NOW + timedelta(days=14, minutes=1))
    with pytest.raises(Clash), transaction() as db:
        publish_event(db, actor=ORGANIZER, event_id=draft_id, now=NOW + timedelta(days=15))


def test_publishing_makes_the_hold_firm_and_tells_once() -> None:
    event_id = plan(a_draft(), publish=False)
    for _turn in range(2):
        with transaction() as db:
            publish_event(db, actor=ORGANIZER, event_id=event_id, now=NOW)
    with pytest.raises(Clash):
        plan(a_draft(), now=NOW + timedelta(days=60))
    with reading() as db:
        assert facts(db, event_id) == ["EventPlanned", "EventPublished"]


@pytest.mark.both_databases
def test_r46_a_move_onto_another_is_refused_and_a_valid_one_is_told_once() -> None:
    plan(a_draft(span=at(15)))
    moving = plan(a_draft(groups=("labour-migration",), span=at(18)))
    with pytest.raises(Clash), transaction() as db:
        move_event(db, actor=ORGANIZER, event_id=moving, span=at(16), now=NOW)
    with reading() as db:
        stays = event_of(db, actor=ORGANIZER, event_id=moving)
        assert (stays.span, stays.sequence) == (at(18), 0)
    later = NOW + HOUR
    for _turn in range(2):
        with transaction() as db:
            move_event(db, actor=ORGANIZER, event_id=moving, span=at(20), now=later)
    with reading() as db:
        moved = event_of(db, actor=ORGANIZER, event_id=moving)
        assert (moved.id, moved.span, moved.sequence, moved.changed_at) == (
            moving,
            at(20),
            1,
            later,
        )
        assert facts(db, moving) == ["EventPlanned", "EventPublished", "EventMoved"]
        payload = db.scalars(
            select(JournalEntry.payload).where(JournalEntry.fact == "EventMoved")
        ).one()
        assert payload["previous_starts_at"] == at(18).starts_at.isoformat()
    plan(a_draft(groups=("border-management",), span=at(18)))


def test_words_change_without_a_new_sequence_and_a_place_with_one() -> None:
    event_id = plan(a_draft())
    for changes, sequence, fact in (
        ({"title": LocalizedText(es="Otro título", en="Another title")}, 0, "EventChanged"),
        (
            {"title": LocalizedText(es="Otro título", en="Another title"), "place": "San José"},
            1,
            "EventMoved",
        ),
    ):
        with transaction() as db:
            change_event(db, actor=ORGANIZER, event_id=event_id, draft=a_draft(**changes), now=NOW)
        with reading() as db:
            assert event_of(db, actor=ORGANIZER, event_id=event_id).sequence == sequence
            assert facts(db, event_id)[-1] == fact


def test_a_stale_change_is_refused() -> None:
    event_id = plan(a_draft())
    with transaction() as db:
        change_event(
            db,
            actor=ORGANIZER,
            event_id=event_id,
            draft=a_draft(place="A"),
            now=NOW + HOUR,
            seen=mark_of(a_draft().settled()),
        )
    with pytest.raises(ChangedMeanwhile), transaction() as db:
        change_event(
            db,
            actor=ORGANIZER,
            event_id=event_id,
            draft=a_draft(place="B"),
            now=NOW + HOUR,
            seen=mark_of(a_draft().settled()),
        )


@pytest.mark.both_databases
def test_a_cancelled_event_stays_and_frees_its_time() -> None:
    event_id = plan(a_draft())
    for _turn in range(2):
        with transaction() as db:
            cancel_event(db, actor=ORGANIZER, event_id=event_id, now=NOW)
    plan(a_draft())
    with reading() as db:
        event = event_of(db, actor=ORGANIZER, event_id=event_id)
        assert (event.status, event.sequence, event.cancelled_at) == (EventStatus.CANCELLED, 1, NOW)
        assert facts(db, event_id) == ["EventPlanned", "EventPublished", "EventCancelled"]
    with pytest.raises(AlreadyCancelled), transaction() as db:
        move_event(db, actor=ORGANIZER, event_id=event_id, span=at(20), now=NOW)


@pytest.mark.both_databases
def test_a_congress_empties_the_calendar_and_others_share_it() -> None:
    plan(a_congress("iii", NINE - timedelta(days=1), days=3))
    with pytest.raises(Clash) as refused:
        plan(a_draft())
    assert refused.value.findings[0].rule is Rule.BLACKOUT


def test_a_governance_meeting_empties_it_too() -> None:
    plan(a_draft(groups=("rcgm",), kind=EventKind.GOVERNANCE))
    with pytest.raises(Clash) as refused:
        plan(a_draft())
    assert refused.value.findings[0].rule is Rule.BLACKOUT


@pytest.mark.parametrize("publish", [False, True])
@pytest.mark.parametrize("organ", ["secretariat", "presidency"])
def test_webinar_with_an_organ_does_not_close_the_region(organ: str, publish: bool) -> None:
    plan(a_draft(groups=(organ,)), publish=publish)
    plan(a_draft(groups=(), people=(Participant(1),)))


def test_organ_on_a_webinar_is_a_party_like_any_group() -> None:
    plan(a_draft(groups=("secretariat",)))
    with pytest.raises(Clash) as itself:
        plan(a_draft(groups=("secretariat",)))
    assert itself.value.findings[0].rule is Rule.SAME_GROUP
    with pytest.raises(Clash) as another:
        plan(a_draft(groups=("protection",)))
    assert another.value.findings[0].rule is Rule.CROSS_GROUP


def test_partial_dates_and_other_processes_claim_nothing() -> None:
    old = plan(a_draft(span=None, date_precision=DatePrecision.MONTH, found_start="2021-09"))
    other = plan(a_draft(kind=EventKind.EXTERNAL))
    with reading() as db:
        assert calendar.engagement_of(db, holder=f"event:{old}") is None
        known_of = calendar.engagement_of(db, holder=f"event:{other}")
        assert known_of is not None
        assert known_of.nature is Nature.EXTERNAL
        assert set(db.scalars(select(Claim.enforced))) == {False}
    plan(a_draft())


def test_r45_preparatory_ends_before_and_follow_up_starts_after_their_congress() -> None:
    plan(a_congress("iii", NINE))
    prepare, follow = (
        EditionLink("iii", LinkRole.PREPARATORY),
        EditionLink("iii", LinkRole.FOLLOW_UP),
    )
    early, late = (
        Timespan(NINE - HOUR, NINE),
        Timespan(NINE + timedelta(days=2), NINE + timedelta(days=2, hours=1)),
    )
    with pytest.raises(PreparatoryTooLate):
        plan(a_draft(span=late, links=(prepare,)))
    with pytest.raises(FollowUpTooEarly):
        plan(a_draft(span=early, links=(follow,)), publish=False)
    plan(a_draft(span=early, links=(prepare,)))
    plan(a_draft(span=late, links=(follow,)))


def test_r45_one_webinar_follows_up_iii_and_prepares_iv() -> None:
    plan(a_congress("iii", NINE - timedelta(days=60)))
    congress = plan(a_congress("iv", NINE + timedelta(days=60)))
    both = (EditionLink("iii", LinkRole.FOLLOW_UP), EditionLink("iv", LinkRole.PREPARATORY))
    webinar = plan(a_draft(links=both))
    with reading() as db:
        found = event_of(db, actor=ORGANIZER, event_id=webinar)
        assert {(link.slug, link.role) for link in found.links} == {
            ("iii", "follow-up"),
            ("iv", "preparatory"),
        }
    with pytest.raises(CycleBroken), transaction() as db:
        move_event(
            db, actor=ORGANIZER, event_id=congress, span=Timespan(NINE - 24 * HOUR, NINE), now=NOW
        )


def test_what_does_not_exist_is_named_by_field() -> None:
    draft = a_draft(
        groups=("nobody",), people=people(99), links=(EditionLink("xx", LinkRole.FOLLOW_UP),)
    )
    with pytest.raises(InvalidInput) as refused:
        plan(draft)
    assert refused.value.errors.keys() == {"working_groups", "people", "links"}


def test_who_may_plan_what() -> None:
    plan(a_draft(), who=CONVENOR)
    plan(a_draft(span=at(18), groups=("labour-migration", "border-management")), who=PRESIDENCY)
    for who, draft in (
        (LABOUR, a_draft(span=at(20))),
        (OFFICIAL, a_draft(span=at(20))),
        (CONVENOR, a_draft(span=at(20), groups=())),
        (CONVENOR, a_draft(span=at(20), groups=("protection", "labour-migration"))),
        (CONVENOR, a_draft(span=at(20), kind=EventKind.CONGRESS)),
    ):
        with pytest.raises(NotAllowed):
            plan(draft, who=who)


def test_a_convenor_cannot_give_her_event_to_another_group_nor_touch_a_draft_of_theirs() -> None:
    mine = plan(a_draft(), who=CONVENOR)
    theirs = plan(a_draft(groups=("labour-migration",), span=at(18)), who=LABOUR, publish=False)
    with pytest.raises(NotAllowed), transaction() as db:
        change_event(
            db, actor=CONVENOR, event_id=mine, draft=a_draft(groups=("labour-migration",)), now=NOW
        )
    with pytest.raises(NotFound), transaction() as db:
        cancel_event(db, actor=CONVENOR, event_id=theirs, now=NOW)
