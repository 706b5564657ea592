"""A follow-up webinar lists what is open, and closes when each has a status (R25, R45)."""

import threading
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.followup.agreements.models import AgreementReview
from app.followup.agreements.queries.agreements import review_list
from app.followup.agreements.queries.events import closing_of
from app.followup.agreements.rules import AttendanceMissing, NotHeldYet, NotListed, ReviewsMissing
from app.followup.agreements.services.agreements import record_reviews
from app.followup.agreements.services.events import close, record_issue
from app.followup.agreements.values import IssueDraft, Status, StatusReport
from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from app.kernel.refusal import InvalidInput, NotAllowed
from app.kernel.text import LocalizedText
from app.kernel.timespan import Timespan
from app.planning.arranging.services.planning import plan_event
from app.planning.events.facts import EventClosed
from app.planning.events.models import Attendance, Event, Series
from app.planning.events.queries.events import event_of
from app.planning.events.rules.life import AlreadyClosed, NotEnded
from app.planning.events.values import EditionLink, LinkRole
from app.planning.series.queries import propose_series
from app.planning.series.rules import Frequency, Recurrence, SeriesRefused
from app.planning.series.services import plan_series
from tests.followup.agreements.world import (
    FOCAL_POINT,
    NOW,
    ORGANIZER,
    a_meeting,
    a_place,
    agreed,
    congress_with_follow_up,
    link,
    status_of,
)
from tests.planning.events.planning_builders import LABOUR, furnish
from tests.planning.events.planning_builders import a_draft as webinar

pytestmark = pytest.mark.usefixtures("app_context")
DONE = StatusReport(Status.DONE, "Publicado en mayo")
GOING_ON = StatusReport(Status.IN_PROGRESS)


def told(fact: str) -> int:
    with reading() as db:
        return db.scalar(select(func.count()).where(JournalEntry.fact == fact)) or 0


@pytest.mark.both_databases
def test_r25_each_future_webinar_lists_what_is_open_with_its_last_status() -> None:
    with transaction() as db:
        congress, first, ids = congress_with_follow_up(db, 3)
        later = a_meeting(db, "follow-up", starts_at=NOW + timedelta(days=90))
        record_reviews(
            db, actor=ORGANIZER, event_id=first, reports={ids[0]: DONE, ids[1]: GOING_ON}, now=NOW
        )
        own = agreed(db, first, 7)
    with reading() as db:
        listed = review_list(db, actor=ORGANIZER, event_id=later)
        here = review_list(db, actor=ORGANIZER, event_id=first)
    assert [one.agreement.id for one in listed] == [ids[1], ids[2], own]
    assert [one.agreement.last_review and one.agreement.last_review.status for one in listed] == [
        Status.IN_PROGRESS,
        None,
        None,
    ]
    assert all(one.review is None for one in listed)
    # What a webinar settled stays on its own list, and its own agreements are for the next one.
    assert [(one.agreement.id, one.review and one.review.status) for one in here] == [
        (ids[0], Status.DONE),
        (ids[1], Status.IN_PROGRESS),
        (ids[2], None),
    ]
    assert congress not in {later, first}


def test_r25_quarterly_series_after_a_congress_has_no_conflict_and_lists_what_is_open() -> None:
    """Given a congress that ended, when a webinar for every quarter is planned, then all of them
    exist, none at a time that is taken, and each lists the open agreements.
    """
    starts = datetime(2027, 2, 23, 15, tzinfo=UTC)  # the fourth Tuesday, 09:00 in Costa Rica
    hour, second = timedelta(hours=1), datetime(2027, 5, 25, 15, tzinfo=UTC)
    quarterly = Recurrence(Frequency.MONTHLY, weekday=1, interval=3, nth=4, count=4)
    title = LocalizedText(es="Seguimiento trimestral", en="Quarterly follow-up")
    draft = webinar(
        title=title,
        span=Timespan(starts, starts + hour),
        links=(EditionLink("iii", LinkRole.FOLLOW_UP),),
    )
    busy = Timespan(second, second + hour)
    taken = webinar(groups=("labour-migration",), span=busy)
    with transaction() as db:
        _, _, ids = congress_with_follow_up(db, 2)
        plan_event(db, actor=ORGANIZER, draft=taken, publish=True, now=NOW)
    given: dict[str, Any] = {"actor": ORGANIZER, "draft": draft, "recurrence": quarterly}
    with pytest.raises(SeriesRefused) as refused, transaction() as db:
        plan_series(db, publish=True, now=NOW, **given)
    assert [misfit.occurrence.position for misfit in refused.value.misfits] == [2]
    with reading() as db:
        [misfit] = propose_series(db, now=NOW, **given).misfits
    moved = {2: misfit.advice.slots[0].span}
    with transaction() as db:
        planned = plan_series(db, publish=True, now=NOW, moved=moved, **given).events
    assert len(planned) == 4
    with reading() as db:
        spans = [event_of(db, actor=ORGANIZER, event_id=one).span for one in planned]
        assert all(span is not None and not span.overlaps(busy) for span in spans)
        for one in planned:
            listed = review_list(db, actor=ORGANIZER, event_id=one)
            assert [line.agreement.id for line in listed] == ids


@pytest.mark.both_databases
def test_r25_closing_asks_a_status_of_each_listed_agreement_and_names_the_missing() -> None:
    with transaction() as db:
        _, follow_up, ids = congress_with_follow_up(db, 3)
        record_reviews(db, actor=ORGANIZER, event_id=follow_up, reports={ids[1]: DONE}, now=NOW)
    with transaction() as db, pytest.raises(ReviewsMissing) as refused:
        close(db, actor=ORGANIZER, event_id=follow_up, now=NOW)
    assert refused.value.sentence.params["numbers"] == "1, 3"
    with transaction() as db:
        record_reviews(
            db,
            actor=ORGANIZER,
            event_id=follow_up,
            reports={ids[0]: GOING_ON, ids[2]: DONE},
            now=NOW,
        )
        close(db, actor=ORGANIZER, event_id=follow_up, now=NOW)
        close(db, actor=ORGANIZER, event_id=follow_up, now=NOW)
    with reading() as db:
        assert db.get_one(Event, follow_up).closed_at == NOW
        assert [status_of(db, one) for one in ids] == ["in-progress", "done", "done"]
    assert told(EventClosed.__name__) == 1


def test_r25_a_series_lists_what_its_earlier_webinars_agreed() -> None:
    with transaction() as db:
        furnish(db)
        series = Series(
            title=LocalizedText(es="Trimestral"),
            recurrence="FREQ=MONTHLY;INTERVAL=3",
            created_at=NOW,
            timezone="America/Costa_Rica",
        )
        db.add(series)
        db.flush()
        first, second, last = (
            a_meeting(
                db, "preparatory", "iv", starts_at=NOW + timedelta(days=days), series_id=series.id
            )
            for days in (-90, -1, 90)
        )
        agreements = [agreed(db, first, 1), agreed(db, second, 1)]
    with reading() as db:
        assert [
            one.agreement.id for one in review_list(db, actor=ORGANIZER, event_id=last)
        ] == agreements
        assert [
            one.agreement.id for one in review_list(db, actor=ORGANIZER, event_id=second)
        ] == agreements[:1]
        assert review_list(db, actor=ORGANIZER, event_id=first) == ()


@pytest.mark.both_databases
def test_r45_one_webinar_follows_up_iii_and_prepares_iv() -> None:
    with transaction() as db:
        _, both, ids = congress_with_follow_up(db)
        link(db, both, "iv", "preparatory")
        of_iv = a_meeting(db, "preparatory", "iv", starts_at=NOW - timedelta(days=20))
        agreed(db, of_iv, 1)
        record_issue(
            db,
            actor=ORGANIZER,
            event_id=both,
            draft=IssueDraft(LocalizedText(es="Cuidados")),
            now=NOW,
        )
    with reading() as db:
        assert [one.agreement.id for one in review_list(db, actor=ORGANIZER, event_id=both)] == ids


def test_reviews_are_for_planners_for_what_is_listed_and_until_it_is_closed() -> None:
    with transaction() as db:
        congress, follow_up, ids = congress_with_follow_up(db, 1)
        coming = a_meeting(db, "follow-up", starts_at=NOW + timedelta(days=30))
        elsewhere = agreed(
            db, a_meeting(db, "follow-up", "iv", starts_at=NOW - timedelta(days=9)), 4
        )

    def review(
        event_id: object, agreement_id: int, who: object = ORGANIZER, report: StatusReport = DONE
    ) -> None:
        with transaction() as db:
            record_reviews(
                db,
                actor=who,  # type: ignore[arg-type]
                event_id=event_id,  # type: ignore[arg-type]
                reports={agreement_id: report},
                now=NOW,
            )

    for who in (FOCAL_POINT, LABOUR):
        with pytest.raises(NotAllowed):
            review(follow_up, ids[0], who)
    with pytest.raises(NotHeldYet):
        review(coming, ids[0])
    for event_id, agreement_id in ((follow_up, elsewhere), (congress, ids[0]), (follow_up, 98765)):
        with pytest.raises(NotListed):
            review(event_id, agreement_id)
    with pytest.raises(InvalidInput) as refused:
        review(follow_up, ids[0], report=StatusReport(Status.NO_LONGER_APPLICABLE))
    assert set(refused.value.errors) == {f"note-{ids[0]}"}
    review(follow_up, ids[0])
    with transaction() as db:
        close(db, actor=ORGANIZER, event_id=follow_up, now=NOW)
    with pytest.raises(AlreadyClosed):
        review(follow_up, ids[0], report=GOING_ON)


def test_closing_is_for_planners_of_what_is_over() -> None:
    with transaction() as db:
        furnish(db)
        over = a_meeting(db, "follow-up", "iv")
        coming = a_meeting(db, "follow-up", "iv", starts_at=NOW + timedelta(days=30))
    for who in (FOCAL_POINT, LABOUR):
        with transaction() as db, pytest.raises(NotAllowed):
            close(db, actor=who, event_id=over, now=NOW)
    with transaction() as db, pytest.raises(NotEnded):
        close(db, actor=ORGANIZER, event_id=coming, now=NOW)


def test_who_registered_is_counted_or_somebody_says_why_not() -> None:
    with transaction() as db:
        furnish(db)
        counted, uncounted = a_meeting(db, "follow-up", "iv"), a_meeting(db, "preparatory", "iv")
        a_place(db, counted)
        a_place(db, uncounted)
        db.add(
            Attendance(event_id=counted, person_id=1, minutes=50, source="manual", recorded_at=NOW)
        )
    with reading() as db:
        assert not closing_of(db, event_id=counted, now=NOW).lacks_attendance
    with transaction() as db:
        close(db, actor=ORGANIZER, event_id=counted, now=NOW)
    with transaction() as db, pytest.raises(AttendanceMissing):
        close(db, actor=ORGANIZER, event_id=uncounted, now=NOW)
    with transaction() as db, pytest.raises(InvalidInput):
        close(db, actor=ORGANIZER, event_id=uncounted, now=NOW, without_attendance="no sé")
    with transaction() as db:
        close(
            db,
            actor=ORGANIZER,
            event_id=uncounted,
            now=NOW,
            without_attendance="La sala no dio ningún reporte",
        )
    assert told("ClosedWithoutAttendance") == 1
    assert told(EventClosed.__name__) == 2


@pytest.mark.both_databases
def test_two_who_review_and_close_at_once_leave_one_review_and_one_close(app: Flask) -> None:
    with transaction() as db:
        _, follow_up, ids = congress_with_follow_up(db, 1)
    gate, outcomes = threading.Barrier(6), Counter[str]()

    def run(task: str) -> None:
        with app.app_context():
            gate.wait(timeout=20)
            try:
                with transaction() as db:
                    if task == "review":
                        record_reviews(
                            db, actor=ORGANIZER, event_id=follow_up, reports={ids[0]: DONE}, now=NOW
                        )
                    else:
                        close(db, actor=ORGANIZER, event_id=follow_up, now=NOW)
                outcomes[task] += 1
            except (ReviewsMissing, AlreadyClosed) as refusal:
                outcomes[type(refusal).__name__] += 1

    threads = [threading.Thread(target=run, args=(task,)) for task in ("review", "close") * 3]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert sum(outcomes.values()) == 6, outcomes
    assert outcomes["review"] >= 1
    with reading() as db:
        assert db.scalar(select(func.count()).select_from(AgreementReview)) == 1
        is_closed = db.get_one(Event, follow_up).closed_at is not None
    assert is_closed is (outcomes["close"] > 0)
    assert (told("AgreementReviewed"), told("EventClosed")) == (1, int(is_closed))
    if not is_closed:
        with transaction() as db:
            close(db, actor=ORGANIZER, event_id=follow_up, now=NOW)
