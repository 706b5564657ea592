"""What the VI Congress agreed, in words of our own, what two follow-up webinars said of it, and
what its tables found.

The sources hold no text of agreements: every sentence here is invented.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.followup.agreements.queries.agreements import review_list
from app.followup.agreements.services.agreements import record_agreement, record_reviews
from app.followup.agreements.services.events import close, record_finding, record_issue
from app.followup.agreements.values import (
    AgreementDraft,
    FindingDraft,
    FindingKind,
    IssueDraft,
    IssueKind,
    Paragraph,
    Responsible,
    ResponsibleKind,
    Status,
    StatusReport,
    Verb,
)
from app.kernel.actor import SYSTEM
from app.kernel.reference import REFERENCE, reference_day
from app.kernel.text import LocalizedText
from app.kernel.timespan import Timespan
from app.office.demo.data import demo_data
from app.planning.arranging.services.planning import plan_event
from app.planning.events.models import Edition, Event, EventLink, WorkTable
from app.planning.events.values import (
    EditionLink,
    EventDraft,
    EventKind,
    LinkRole,
)
from app.planning.scheduling.rules.refusals import Clash

LAST, COMING = "congress-6", "congress-next"
TRIED_DAYS = 21


def load_agreements(db: Session, *, today: date, now: datetime) -> None:
    """Records what the congress agreed, with two follow-up webinars: one closed, and one that ended
    lately and awaits its reviews. Called after history and the cycle are loaded.
    """
    data = demo_data("agreements")
    for one in data["agreements"]:
        draft = AgreementDraft(
            paragraph=Paragraph(one["number"], one.get("letter", "")),
            text=one["text"],
            verb=Verb(one["verb"]),
            responsible=tuple(
                Responsible(ResponsibleKind(who["kind"]), who.get("key", ""))
                for who in one["responsible"]
            ),
            due=today + timedelta(days=one["due"]) if "due" in one else None,
            section=one.get("section", ""),
        )
        record_agreement(db, actor=SYSTEM, event_id=_congress(db), draft=draft, now=now)
    _findings(db, now=now)
    closed = _webinar(db, today - timedelta(days=76), (LAST,), now=now)
    lately = _webinar(db, today - timedelta(days=9), (LAST, COMING), now=now)
    _review(db, closed, data["first_reviews"])
    _review(db, lately, data["second_reviews"])
    for one in data["issues"]:
        draft_issue = IssueDraft(one["text"], IssueKind(one["kind"]), one.get("country", ""))
        record_issue(db, actor=SYSTEM, event_id=lately, draft=draft_issue, now=now)
    _close(db, closed)


def _congress(db: Session) -> UUID:
    linked = select(EventLink.event_id).join(Edition, Edition.id == EventLink.edition_id)
    return db.scalars(
        linked.where(Edition.slug == LAST, EventLink.role == LinkRole.CONGRESS.value)
    ).one()


def _webinar(db: Session, wish: date, editions: tuple[str, ...], *, now: datetime) -> UUID:
    """Plans a webinar on the first Monday or Friday from `wish` on that nothing else holds, a month
    before it takes place. Returns its id.
    """
    title: LocalizedText = demo_data("events")["follow_up"]
    roles = {LAST: LinkRole.FOLLOW_UP, COMING: LinkRole.PREPARATORY}
    last_day = reference_day(now) - timedelta(days=1)
    for day in (wish + timedelta(days=n) for n in range(TRIED_DAYS)):
        if day.weekday() not in (0, 4) or day > last_day:
            continue
        start = datetime.combine(day, time(10), REFERENCE)
        draft = EventDraft(
            kind=EventKind.WEBINAR,
            span=Timespan(start, start + timedelta(minutes=90)),
            title=LocalizedText(
                {code: text.format(month=f"{day:%m/%Y}") for code, text in title.items()}
            ),
            links=tuple(EditionLink(slug, roles[slug]) for slug in editions),
        )
        try:
            with db.begin_nested():
                return plan_event(
                    db, actor=SYSTEM, draft=draft, publish=True, now=start - timedelta(days=30)
                )
        except Clash:
            continue
    raise LookupError(f"no day for a follow-up after {wish}")


def _review(db: Session, event_id: UUID, reviews: Sequence[Mapping[str, Any]]) -> None:
    """Reviews all parts of a paragraph, because a review is of the whole paragraph."""
    said = {
        one["number"]: StatusReport(Status(one["status"]), one.get("note", "")) for one in reviews
    }
    listed = review_list(db, actor=SYSTEM, event_id=event_id)
    reports = {
        one.agreement.id: said[one.agreement.paragraph.number]
        for one in listed
        if one.agreement.paragraph.number in said
    }
    ended = db.get_one(Event, event_id).ends_at
    assert ended is not None  # noqa: S101 - it was planned above
    record_reviews(db, actor=SYSTEM, event_id=event_id, reports=reports, now=ended)


def _close(db: Session, event_id: UUID) -> None:
    """Closes an event two days after its end, once attendance is recorded."""
    event = db.get_one(Event, event_id)
    assert event.ends_at is not None  # noqa: S101 - it was planned above
    db.flush()
    close(db, actor=SYSTEM, event_id=event_id, now=event.ends_at + timedelta(days=2))


def _findings(db: Session, *, now: datetime) -> None:
    edition = db.scalars(select(Edition).where(Edition.slug == LAST)).one()
    tables = db.scalars(
        select(WorkTable).where(WorkTable.edition_id == edition.id).order_by(WorkTable.position)
    ).all()
    wanted = demo_data("agreements")["tables"]
    if not tables:
        tables = [
            WorkTable(edition_id=edition.id, theme=words["theme"], position=position)
            for position, words in enumerate(wanted, start=1)
        ]
        db.add_all(tables)
        db.flush()
    for table, words in zip(tables, wanted, strict=False):
        for kind in (FindingKind.FINDING, FindingKind.ACTION):
            draft = FindingDraft(kind, words[kind.value], words["section"])
            record_finding(db, actor=SYSTEM, work_table_id=table.id, draft=draft, now=now)
