"""Conflict cases: opened when a clash arises after scheduling, closed when it is gone or somebody
entitled accepts it.

Whoever calls holds the calendar's lock (`lock` of this package): so two designations at once open
one case.
"""

from datetime import datetime

from sqlalchemy import Select, and_, bindparam, or_, select
from sqlalchemy.orm import Session

from app.infra import journal
from app.kernel.actor import SYSTEM, Actor
from app.kernel.refusal import NotFound
from app.kernel.text import LocalizedText
from app.kernel.timespan import Timespan
from app.planning.scheduling.facts import ConflictCaseClosed, ConflictCaseOpened
from app.planning.scheduling.models import Claim, ConflictCase, Engagement, Override, Resource
from app.planning.scheduling.queries.cases import IS_ABOUT, OPEN, OVERRIDE_OF_CASE, case_of
from app.planning.scheduling.rules.cases import (
    CaseAlreadyClosed,
    OccupiedResource,
    Outcome,
    Side,
    outcome_of,
    require_may_accept,
)
from app.planning.scheduling.rules.judging import require_reason
from app.planning.scheduling.values import Party

CLOSED = "closed"
NEEDED = ("whole", "need")
PERMITTED = select(ConflictCase.id).where(
    ConflictCase.id == bindparam("case_id"), OVERRIDE_OF_CASE.exists()
)
OPEN_ABOUT = (
    select(ConflictCase).where(IS_ABOUT, ConflictCase.state == OPEN).order_by(ConflictCase.id)
)


def open_case(
    db: Session,
    *,
    holder: str,
    against: str,
    rule: str | None,
    party: Party | None,
    cause: str,
    now: datetime,
) -> None:
    """Opens a case for a clash that nobody could refuse; does nothing while an equal case is open
    or accepted.

    Whichever of the two engagements it was opened for, it is equal. `against` "": somebody needed
    (`party`) no longer serves, which is no rule's matter.
    """
    kind, key = (party.kind.value, party.key) if party else ("", "")
    name = str(rule or "")
    equal = _equal(holder=holder, against=against, rule=name, kind=kind, key=key)
    if any(case.state == OPEN or _still_accepted(db, case) for case in db.scalars(equal).all()):
        return
    case = ConflictCase(
        holder=holder,
        against=against,
        rule=name,
        party_kind=kind,
        party_key=key,
        cause=cause,
        opened_at=now,
        party_label=party.label if party else LocalizedText(),
        state=OPEN,
        outcome="",
        note="",
    )
    db.add(case)
    db.flush()
    journal.record(
        db,
        ConflictCaseOpened(
            case_id=case.id, holder=holder, against=against, rule=name, cause=str(cause)
        ),
        actor=SYSTEM,
        now=now,
    )


def close_settled_cases(db: Session, *, holder: str, now: datetime) -> None:
    """Closes the open cases of an engagement whose clash is gone: moved, replaced, or settled where
    one of the two is no longer planned. Call it after whatever the holder occupies was written or
    released.
    """
    cases = db.scalars(OPEN_ABOUT, {"holder": holder}).all()
    if not cases:
        return
    db.flush()
    sides = _sides(db, {case.holder for case in cases} | {case.against for case in cases}, now=now)
    for case in cases:
        outcome = outcome_of(
            sides.get(case.holder),
            sides.get(case.against),
            kind=case.party_kind,
            key=case.party_key,
            is_alone=not case.against,
            now=now,
        )
        if outcome is not None:
            close(db, case, outcome, actor=SYSTEM, now=now)


def accept_case(db: Session, *, actor: Actor, case_id: int, reason: str, now: datetime) -> None:
    """Accepts that both engagements keep their time, with a reason that is kept as an override.

    Refuses a reason that says too little at its field "reason", NotAllowed, and CaseAlreadyClosed
    unless it was accepted in the same words.
    """
    case = db.scalar(select(ConflictCase).where(ConflictCase.id == case_id).with_for_update())
    if case is None:
        raise NotFound
    require_may_accept(actor, case_of(db, case_id).approver)
    words = require_reason("reason", reason)
    if case.state != OPEN:
        if (case.outcome, case.note) == (Outcome.ACCEPTED, words):
            return
        raise CaseAlreadyClosed
    engagement_id = db.scalar(select(Engagement.id).where(Engagement.holder == case.holder))
    if engagement_id is not None and case.rule:
        _note_override(db, engagement_id, case, words, actor=actor, now=now)
    close(db, case, Outcome.ACCEPTED, actor=actor, now=now, note=words)


def _note_override(
    db: Session, engagement_id: int, case: ConflictCase, reason: str, *, actor: Actor, now: datetime
) -> None:
    known = select(Override).where(
        Override.engagement_id == engagement_id,
        Override.rule == case.rule,
        Override.against == case.against,
    )
    row = db.scalar(known) or Override(
        engagement_id=engagement_id, rule=case.rule, against=case.against
    )
    row.reason, row.decided_by, row.decided_at = reason, actor.account_id or None, now
    db.add(row)


def settle_leaver(db: Session, *, holder: str, party: Party, now: datetime) -> None:
    """Closes the case about somebody who was said to have left and serves again, or holds the seat
    again.
    """
    left = select(ConflictCase).where(
        ConflictCase.holder == holder,
        ConflictCase.against == "",
        ConflictCase.rule == "",
        ConflictCase.state == OPEN,
        ConflictCase.party_kind == party.kind.value,
        ConflictCase.party_key == party.key,
    )
    for case in db.scalars(left).all():
        close(db, case, Outcome.SETTLED, actor=SYSTEM, now=now)


def close(
    db: Session,
    case: ConflictCase,
    outcome: Outcome,
    *,
    actor: Actor,
    now: datetime,
    note: str = "",
) -> None:
    case.state, case.outcome, case.note = CLOSED, outcome.value, note
    case.closed_at, case.closed_by = now, actor.account_id or None
    db.flush()
    fact = ConflictCaseClosed(
        case_id=case.id, holder=case.holder, against=case.against, outcome=outcome.value
    )
    journal.record(db, fact, actor=actor, now=now)


def _equal(*, holder: str, against: str, rule: str, kind: str, key: str) -> Select[ConflictCase]:
    this = and_(ConflictCase.holder == holder, ConflictCase.against == against)
    reverse = and_(ConflictCase.holder == against, ConflictCase.against == holder)
    return select(ConflictCase).where(
        or_(this, reverse),
        ConflictCase.rule == rule,
        ConflictCase.party_kind == kind,
        ConflictCase.party_key == key,
    )


def _still_accepted(db: Session, case: ConflictCase) -> bool:
    """Returns True when the case was accepted and neither engagement has moved since, so that it is
    not asked again.

    An override is deleted with its engagement.
    """
    if case.outcome != Outcome.ACCEPTED:
        return False
    if not case.rule:
        return True
    return db.scalar(PERMITTED, {"case_id": case.id}) is not None


def _sides(db: Session, holders: set[str], *, now: datetime) -> dict[str, Side]:
    """Returns what each of the holders needs today; a hold that has lapsed needs nothing."""
    rows = db.execute(
        select(Engagement, Claim, Resource.kind, Resource.key)
        .join(Claim, Claim.engagement_id == Engagement.id)
        .join(Resource, Resource.id == Claim.resource_id)
        .where(Engagement.holder.in_(holders), Claim.part.in_(NEEDED))
        .where(or_(Engagement.expires_at.is_(None), Engagement.expires_at > now))
    )
    needs: dict[str, list[OccupiedResource]] = {}
    spans = {}
    for engagement, claim, kind, key in rows:
        spans[engagement.holder] = Timespan(engagement.starts_at, engagement.ends_at)
        need = OccupiedResource(
            kind=kind,
            key=key,
            lane_lo=claim.lane_lo,
            lane_hi=claim.lane_hi,
            span=Timespan(claim.starts_at, claim.ends_at),
        )
        needs.setdefault(engagement.holder, []).append(need)
    return {holder: Side(span, tuple(needs[holder])) for holder, span in spans.items()}
