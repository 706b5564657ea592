"""Where an agreement stands: said by a follow-up webinar, by those who plan its event, or proposed
by a country.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.followup.agreements.facts import AgreementReviewed, StatusProposed, StatusSet
from app.followup.agreements.models import (
    Agreement,
    AgreementParty,
    AgreementProposal,
    AgreementReview,
)
from app.followup.agreements.policy import may_record
from app.followup.agreements.queries.reviewing import listed_ids
from app.followup.agreements.rules import recording as rules
from app.followup.agreements.services.recording import agreement_row
from app.followup.agreements.values import NOTHING_SAID, Status, StatusReport
from app.infra import journal
from app.kernel.actor import Actor, Role
from app.kernel.refusal import InvalidInput, NotAllowed, Sentence
from app.kernel.seen import require_as_seen
from app.participation.registrations.services.registration import locked_event
from app.planning.arranging.services.loading import planned_event, seen_event
from app.planning.events.queries.references import draft_of
from app.planning.events.values import EventStatus

NOT_TOLD: Mapping[int, str] = {}


def record_reviews(
    db: Session,
    *,
    actor: Actor,
    event_id: UUID,
    reports: Mapping[int, StatusReport],
    now: datetime,
    seen: Mapping[int, str] = NOT_TOLD,
) -> int:
    """Records what a webinar says of the agreements on its list, by agreement id. Returns of how
    many it says something new.

    By those who plan it, from its beginning until it is closed. A second word on the same agreement
    corrects the first. `seen`: by agreement id the mark of what it had said when the writer began;
    raises ChangedMeanwhile when it has said something else since.
    """
    event = locked_event(db, actor=actor, event_id=event_id)
    planned_event(db, actor, event_id)
    rules.require_held(EventStatus(event.status), event.starts_at, event.closed_at, now)
    if not set(reports) <= listed_ids(db, event_id=event_id):
        raise rules.NotListed
    _require_sound(reports)
    known = {
        row.agreement_id: row
        for row in db.scalars(select(AgreementReview).where(AgreementReview.event_id == event_id))
    }
    changed = 0
    for agreement_id, report in sorted(reports.items()):
        said, note = known.get(agreement_id), report.note.strip()
        standing = (str(said.status), said.note) if said is not None else NOTHING_SAID
        if standing == (report.status.value, note):
            continue
        require_as_seen(seen.get(agreement_id, ""), standing)
        changed += 1
        _say(db, event_id, agreement_id, report, said, actor=actor, now=now)
    return changed


def report_status(
    db: Session,
    *,
    actor: Actor,
    agreement_id: int,
    report: StatusReport,
    now: datetime,
    seen: str = "",
) -> bool:
    """Records a status between webinars. Who plans the agreement's event sets its status; a focal point of a country
    that answers for it proposes one. Returns whether it was set (and not proposed). `seen`: the
    mark of what it replaces, as the writer saw it; raises ChangedMeanwhile when that is something
    else now. The same again changes nothing.
    """
    row = agreement_row(db, agreement_id)
    event = seen_event(db, actor, row.event_id)
    db.refresh(row, with_for_update=True)
    rules.require_sound_report(report)
    report = replace(report, note=report.note.strip())
    draft = draft_of(db, event)
    if may_record(actor, draft.groups, draft.kind):
        _set(db, row, report, actor=actor, now=now, seen=seen)
        return True
    theirs = set(
        db.scalars(select(AgreementParty.country_code).where(AgreementParty.agreement_id == row.id))
    )
    mine = sorted(actor.scopes(Role.FOCAL_POINT) & theirs)
    if not mine:
        raise NotAllowed
    _propose(db, row, mine, report, actor=actor, now=now, seen=seen)
    return False


def _require_sound(reports: Mapping[int, StatusReport]) -> None:
    errors: dict[str, Sentence] = {}
    for agreement_id, report in reports.items():
        try:
            rules.require_sound_report(report, suffix=f"-{agreement_id}")
        except InvalidInput as refusal:
            errors |= refusal.errors
    if errors:
        raise InvalidInput(errors)


def _say(
    db: Session,
    event_id: UUID,
    agreement_id: int,
    report: StatusReport,
    said: AgreementReview | None,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    row = said or AgreementReview(agreement_id=agreement_id, event_id=event_id)
    row.status, row.note, row.by, row.at = (
        report.status,
        report.note.strip(),
        actor.account_id or None,
        now,
    )
    db.add(row)
    agreement = db.get_one(Agreement, agreement_id, with_for_update=True)
    previous, agreement.status, agreement.changed_at = agreement.status, report.status, now
    db.flush()
    fact = AgreementReviewed(agreement_id, event_id, report.status.value, str(previous))
    journal.record(db, fact, actor=actor, now=now)


def _set(
    db: Session, row: Agreement, report: StatusReport, *, actor: Actor, now: datetime, seen: str
) -> None:
    standing = StatusReport(Status(row.status), row.evidence, row.evidence_url)
    if standing == report:
        return
    require_as_seen(seen, standing)
    previous = row.status
    row.status, row.evidence, row.evidence_url, row.changed_at = (
        report.status,
        report.note,
        report.evidence_url,
        now,
    )
    db.flush()
    fact = StatusSet(row.id, row.event_id, report.status.value, str(previous))
    journal.record(db, fact, actor=actor, now=now)


def _propose(
    db: Session,
    row: Agreement,
    codes: list[str],
    report: StatusReport,
    *,
    actor: Actor,
    now: datetime,
    seen: str,
) -> None:
    asked = select(AgreementProposal).where(
        AgreementProposal.agreement_id == row.id, AgreementProposal.country_code.in_(codes)
    )
    known = {
        one.country_code: one for one in db.scalars(asked.order_by(AgreementProposal.country_code))
    }
    standing = tuple(
        (code, StatusReport(Status(one.status), one.note, one.evidence_url))
        for code, one in known.items()
    )
    if standing == tuple((code, report) for code in codes):
        return
    require_as_seen(seen, standing)
    for code in codes:
        proposal = known.get(code) or AgreementProposal(agreement_id=row.id, country_code=code)
        proposal.status, proposal.note, proposal.evidence_url = (
            report.status,
            report.note,
            report.evidence_url,
        )
        proposal.by, proposal.at = actor.account_id or None, now
        db.add(proposal)
        db.flush()
        fact = StatusProposed(row.id, row.event_id, report.status.value, code)
        journal.record(db, fact, actor=actor, now=now)
