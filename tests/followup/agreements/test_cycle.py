"""Priority issues become sessions (R24), agreements become follow-ups (R18), tables have findings
(R30).
"""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app.followup.agreements.models import PriorityIssue
from app.followup.agreements.queries.events import (
    findings_of,
    first_day,
    issues_of,
    session_origins,
)
from app.followup.agreements.rules import (
    HALF_HOUR,
    GuidelinesNotReviewed,
    IssuePlaced,
    NoCongressAhead,
    NothingChosen,
    NotOverYet,
    NotPreparatory,
    TablesIncomplete,
    free_half_hours,
)
from app.followup.agreements.services.agreements import follow_up_agreements, propose_followup
from app.followup.agreements.services.events import (
    close,
    prefill_agenda,
    record_finding,
    record_issue,
    remove_finding,
    remove_issue,
)
from app.followup.agreements.values import FindingDraft, FindingKind, IssueDraft, IssueKind
from app.infra.database import reading, transaction
from app.kernel.actor import SYSTEM
from app.kernel.refusal import NotAllowed, NotFound, Refusal
from app.kernel.text import LocalizedText
from app.kernel.timespan import Timespan
from app.planning.agenda.services import remove_session
from app.planning.arranging.queries.planning import session_details
from app.planning.arranging.services.planning import plan_event
from app.planning.cycles.services.editions import remove_table
from app.planning.events.models import Event, EventSession
from app.planning.events.queries.events import event_of
from app.planning.events.rules.life import AlreadyClosed
from app.planning.events.values import EventStatus, LinkRole
from tests.followup.agreements.world import (
    FOCAL_POINT,
    GUATEMALA,
    HONDURAS,
    NOW,
    ORGANIZER,
    RAPPORTEUR,
    SECRETARIAT,
    a_meeting,
    a_sitting,
    a_table,
    agreed,
    congress_with_follow_up,
)
from tests.planning.events.planning_builders import (
    CONVENOR,
    OFFICIAL,
    PRESIDENCY,
    a_congress,
    furnish,
)
from tests.planning.events.rows import add_event

pytestmark = pytest.mark.usefixtures("app_context")
NEXT_CONGRESS = datetime(2027, 7, 7, 14, tzinfo=UTC)
ZONE = "America/Costa_Rica"


def an_issue(text: str, **changes: object) -> IssueDraft:
    return IssueDraft(LocalizedText(es=text, en=f"{text} (en)"), **changes)  # type: ignore[arg-type]


@pytest.mark.both_databases
def test_r24_priority_issues_prefill_the_congress_agenda_once() -> None:
    with transaction() as db:
        furnish(db)
        preparatory = a_meeting(db, "preparatory", "iv")
        congress = plan_event(
            db, actor=ORGANIZER, draft=a_congress("iv", NEXT_CONGRESS), publish=False, now=NOW
        )
        a_sitting(db, congress, "opening", NEXT_CONGRESS, minutes=30)
        for text, kind in (("Cuidados", IssueKind.PANEL), ("Referencia", IssueKind.WORK_TABLE)):
            record_issue(
                db, actor=ORGANIZER, event_id=preparatory, draft=an_issue(text, kind=kind), now=NOW
            )
        done = prefill_agenda(db, actor=ORGANIZER, event_id=preparatory, now=NOW)
    assert (done.congress_id, done.placed, done.unplaced) == (congress, 2, 0)
    with reading() as db:
        sessions = db.scalars(
            select(EventSession)
            .where(EventSession.event_id == congress)
            .order_by(EventSession.starts_at)
        ).all()
        assert [(one.kind, one.title["es"], one.starts_at - NEXT_CONGRESS) for one in sessions] == [
            ("opening", "opening", timedelta(0)),
            ("panel", "Cuidados", HALF_HOUR),
            ("work-table", "Referencia", 2 * HALF_HOUR),
        ]
        origins = session_origins(db, actor=ORGANIZER, event_id=congress)
        assert {(one.session_id, one.issue["es"], one.event_id) for one in origins} == {
            (one.id, one.title["es"], preparatory) for one in sessions[1:]
        }
    with transaction() as db:
        again = prefill_agenda(db, actor=ORGANIZER, event_id=preparatory, now=NOW)
        assert (again.placed, again.unplaced) == (0, 0)
        remove_session(db, actor=ORGANIZER, event_id=congress, session_id=sessions[1].id, now=NOW)
    with transaction() as db:  # what the organizers took out does not come back by itself
        assert prefill_agenda(db, actor=ORGANIZER, event_id=preparatory, now=NOW).placed == 0
    with reading() as db:
        first, second = issues_of(db, actor=ORGANIZER, event_id=preparatory)
        assert (first.is_placed, first.session_id, second.session_id) == (
            True,
            None,
            sessions[2].id,
        )
    with transaction() as db, pytest.raises(IssuePlaced):
        remove_issue(db, actor=ORGANIZER, issue_id=second.id, now=NOW)


def test_r24_what_finds_no_room_waits_for_it() -> None:
    with transaction() as db:
        furnish(db)
        preparatory = a_meeting(db, "preparatory", "iv")
        one_day = Timespan(NEXT_CONGRESS, NEXT_CONGRESS + timedelta(hours=9))
        draft = replace(a_congress("iv", NEXT_CONGRESS), span=one_day)
        congress = plan_event(db, actor=ORGANIZER, draft=draft, publish=False, now=NOW)
        plenary = a_sitting(db, congress, "plenary", NEXT_CONGRESS + HALF_HOUR, minutes=8 * 60 + 30)
        for number in range(3):
            record_issue(
                db, actor=ORGANIZER, event_id=preparatory, draft=an_issue(f"Tema {number}"), now=NOW
            )
        done = prefill_agenda(db, actor=ORGANIZER, event_id=preparatory, now=NOW)
        assert (done.placed, done.unplaced) == (1, 2)
        remove_session(db, actor=ORGANIZER, event_id=congress, session_id=plenary, now=NOW)
        done = prefill_agenda(db, actor=ORGANIZER, event_id=preparatory, now=NOW)
        assert (done.placed, done.unplaced) == (2, 0)


def test_r24_what_finds_no_room_on_the_first_day_is_placed_on_the_second() -> None:
    with transaction() as db:
        furnish(db)
        preparatory = a_meeting(db, "preparatory", "iv")
        congress = plan_event(
            db, actor=ORGANIZER, draft=a_congress("iv", NEXT_CONGRESS), publish=False, now=NOW
        )
        a_sitting(db, congress, "plenary", NEXT_CONGRESS, minutes=9 * 60)
        record_issue(db, actor=ORGANIZER, event_id=preparatory, draft=an_issue("Tema"), now=NOW)
        done = prefill_agenda(db, actor=ORGANIZER, event_id=preparatory, now=NOW)
        assert (done.placed, done.unplaced) == (1, 0)
        placed = session_details(db, event_id=congress)[-1]
    assert placed.starts_at == NEXT_CONGRESS + timedelta(days=1)


def test_r24_only_a_preparatory_webinar_that_is_over_defines_priorities() -> None:
    with transaction() as db:
        furnish(db)
        running = a_meeting(db, "preparatory", "iv", starts_at=NOW - timedelta(minutes=1))
        follow_up, over = a_meeting(db, "follow-up", "iii"), a_meeting(db, "preparatory", "iv")
        first = record_issue(db, actor=ORGANIZER, event_id=over, draft=an_issue("Uno"), now=NOW)
        assert (
            record_issue(db, actor=ORGANIZER, event_id=over, draft=an_issue("Uno"), now=NOW)
            == first
        )
    refused: list[tuple[object, object, type[Refusal]]] = [
        (running, ORGANIZER, NotOverYet),
        (follow_up, ORGANIZER, NotPreparatory),
        (over, OFFICIAL, NotAllowed),
        (over, CONVENOR, NotAllowed),
    ]
    for event_id, who, refusal in refused:
        with transaction() as db, pytest.raises(refusal):
            record_issue(db, actor=who, event_id=event_id, draft=an_issue("Dos"), now=NOW)  # type: ignore[arg-type]
    with transaction() as db, pytest.raises(NoCongressAhead):
        prefill_agenda(db, actor=ORGANIZER, event_id=over, now=NOW)
    with transaction() as db:
        remove_issue(db, actor=ORGANIZER, issue_id=first, now=NOW)
        assert db.scalars(select(PriorityIssue)).all() == []


@given(
    taken=st.lists(st.tuples(st.integers(-60, 900), st.integers(1, 200)), max_size=8),
    starts=st.integers(0, 600),
    length=st.integers(10, 3000),
    count=st.integers(0, 60),
)
def test_half_hours_are_free_on_all_days_and_as_early_as_can_be(
    taken: list[tuple[int, int]], starts: int, length: int, count: int
) -> None:
    midnight = datetime(2027, 7, 7, tzinfo=ZoneInfo(ZONE))
    begins = midnight + timedelta(minutes=starts)
    event = Timespan(begins, begins + timedelta(minutes=length))
    busy = [
        Timespan(begins + timedelta(minutes=a), begins + timedelta(minutes=a + b)) for a, b in taken
    ]
    found = free_half_hours(event, ZONE, busy, count)
    every = [
        Timespan(midnight + n * HALF_HOUR, midnight + (n + 1) * HALF_HOUR)
        for day in range(4)
        for n in range(48 * day + 16, 48 * day + 34)
    ]
    free = [
        one
        for one in every
        if event.starts_at <= one.starts_at
        and one.ends_at <= event.ends_at
        and not any(one.overlaps(other) for other in busy)
    ]
    assert found == free[:count]


@pytest.mark.both_databases
def test_a_follow_up_is_a_draft_with_the_countries_that_answer() -> None:
    with transaction() as db:
        congress, _, ids = congress_with_follow_up(db, 1)
        ids.append(agreed(db, congress, 2, responsible=(GUATEMALA, HONDURAS)))
        event_id = follow_up_agreements(db, actor=ORGANIZER, ids=frozenset(ids), now=NOW)
    with reading() as db:
        event = event_of(db, actor=ORGANIZER, event_id=event_id)
        with pytest.raises(NotFound):
            event_of(db, actor=OFFICIAL, event_id=event_id)
    assert (event.status, event.countries) == (EventStatus.DRAFT, ("GT", "HN"))
    assert event.title["es"] == "Seguimiento: acuerdos 1, 2 — congress iii"
    assert [(link.slug, link.role) for link in event.links] == [("iii", LinkRole.FOLLOW_UP)]
    assert event.starts_at is not None
    # Fifteen working days after Tuesday 24 November 2026.
    assert (
        event.starts_at.astimezone(ZoneInfo(ZONE)).date()
        >= date(2026, 12, 15)
        == first_day(NOW.date())
    )


def test_a_pair_of_countries_is_enough_and_no_two_proposals_take_the_same_time() -> None:
    with transaction() as db:
        furnish(db)
        made = [
            propose_followup(
                db,
                actor=ORGANIZER,
                countries=("HN", "GT"),
                title=LocalizedText(es="Seguimiento: rutas"),
                edition="",
                after=NOW,
                now=NOW,
            )
            for _ in range(2)
        ]
    with reading() as db:
        spans = [event_of(db, actor=ORGANIZER, event_id=event_id).span for event_id in made]
    assert spans[0] is not None
    assert spans[1] is not None
    assert not spans[0].overlaps(spans[1])


def test_a_button_pressed_twice_makes_one_draft_and_again_later_another() -> None:
    with transaction() as db:
        _, _, ids = congress_with_follow_up(db, 1)
    made = []
    for seconds in (0, 1, 120):
        with transaction() as db:
            at = NOW + timedelta(seconds=seconds)
            made.append(follow_up_agreements(db, actor=ORGANIZER, ids=frozenset(ids), now=at))
    assert made[0] == made[1] != made[2]


def test_what_a_body_of_the_region_answers_for_is_followed_up_with_all() -> None:
    with transaction() as db:
        congress, _, ids = congress_with_follow_up(db, 1)
        ids.append(agreed(db, congress, 2, responsible=(SECRETARIAT,)))
        event_id = follow_up_agreements(db, actor=ORGANIZER, ids=frozenset(ids), now=NOW)
        assert event_of(db, actor=ORGANIZER, event_id=event_id).countries == ()
        with pytest.raises(NothingChosen):
            follow_up_agreements(db, actor=ORGANIZER, ids=frozenset({98765}), now=NOW)
        with pytest.raises(NotAllowed):
            follow_up_agreements(db, actor=OFFICIAL, ids=frozenset(ids), now=NOW)


def a_finding(kind: FindingKind, text: str = "Se pierde la referencia") -> FindingDraft:
    return FindingDraft(kind, LocalizedText(es=text))


@pytest.mark.both_databases
def test_r30_a_congress_closes_when_each_table_has_findings_and_actions() -> None:
    with transaction() as db:
        furnish(db)
        congress = a_meeting(db, "congress")
        first, second = a_table(db, theme="Protección"), a_table(db, theme="Trabajo")
        for kind in FindingKind:
            record_finding(db, actor=ORGANIZER, work_table_id=first, draft=a_finding(kind), now=NOW)
        record_finding(
            db, actor=ORGANIZER, work_table_id=second, draft=a_finding(FindingKind.FINDING), now=NOW
        )
    with transaction() as db, pytest.raises(TablesIncomplete) as refused:
        close(db, actor=ORGANIZER, event_id=congress, now=NOW)
    assert refused.value.sentence.params["tables"] == LocalizedText(es="Trabajo", en="Trabajo (en)")
    with transaction() as db:
        last = record_finding(
            db, actor=PRESIDENCY, work_table_id=second, draft=a_finding(FindingKind.ACTION), now=NOW
        )
    with transaction() as db, pytest.raises(GuidelinesNotReviewed):
        close(db, actor=ORGANIZER, event_id=congress, now=NOW)
    with transaction() as db:
        a_sitting(
            db,
            congress,
            "guidelines-review",
            event_of(db, actor=SYSTEM, event_id=congress).starts_at or NOW,
        )
        close(db, actor=ORGANIZER, event_id=congress, now=NOW)
    with reading() as db:
        edition = findings_of(db, actor=SYSTEM, slug="iii")
    assert edition.is_closed
    assert [[len(table.of(kind)) for kind in FindingKind] for table in edition.tables] == [
        [1, 1],
        [1, 1],
    ]
    with transaction() as db, pytest.raises(AlreadyClosed):
        remove_finding(db, actor=ORGANIZER, finding_id=last, now=NOW)


def test_r30_a_rapporteur_writes_for_her_own_table_and_nobody_else_for_it() -> None:
    with transaction() as db:
        furnish(db)
        hers, other = a_table(db, rapporteur=2), a_table(db, theme="Otra", rapporteur=3)
        finding = record_finding(
            db, actor=RAPPORTEUR, work_table_id=hers, draft=a_finding(FindingKind.ACTION), now=NOW
        )
        again = record_finding(
            db, actor=RAPPORTEUR, work_table_id=hers, draft=a_finding(FindingKind.ACTION), now=NOW
        )
        assert finding == again
    for who in (RAPPORTEUR, CONVENOR, FOCAL_POINT):
        with transaction() as db, pytest.raises(NotAllowed):
            record_finding(
                db, actor=who, work_table_id=other, draft=a_finding(FindingKind.ACTION), now=NOW
            )
    with reading() as db:
        assert [
            table.may_write for table in findings_of(db, actor=RAPPORTEUR, slug="iii").tables
        ] == [True, False]
        assert [
            table.may_write for table in findings_of(db, actor=CONVENOR, slug="iii").tables
        ] == [False, False]
        with pytest.raises(NotAllowed):
            findings_of(db, actor=FOCAL_POINT, slug="iii")


@pytest.mark.both_databases
def test_a_table_whose_findings_are_written_down_stays() -> None:
    with transaction() as db:
        furnish(db)
        table = a_table(db)
        finding = record_finding(
            db, actor=ORGANIZER, work_table_id=table, draft=a_finding(FindingKind.ACTION), now=NOW
        )
    with transaction() as db, pytest.raises(Refusal) as refused:
        remove_table(db, actor=ORGANIZER, slug="iii", table_id=table, now=NOW)
    assert refused.value.rule == "table-has-findings"
    with transaction() as db:
        remove_finding(db, actor=ORGANIZER, finding_id=finding, now=NOW)
        remove_table(db, actor=ORGANIZER, slug="iii", table_id=table, now=NOW)


def test_a_webinar_alone_needs_no_findings() -> None:
    with transaction() as db:
        furnish(db)
        a_table(db)
        event_id = add_event(db, groups=["protection"], starts_at=NOW - timedelta(days=1))
        close(db, actor=CONVENOR, event_id=event_id, now=NOW)
        assert db.get_one(Event, event_id).closed_at == NOW
