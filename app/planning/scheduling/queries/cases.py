"""Conflict cases as they stand. Not scoped by actor, as they name holders: whose events they are,
others know.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from app.kernel.reference import reference_day
from app.kernel.refusal import NotFound
from app.kernel.timespan import Timespan
from app.planning.scheduling.models import ConflictCase, Engagement, Override
from app.planning.scheduling.queries.settings import book_of
from app.planning.scheduling.rules.cases import Outcome, approver_of_case
from app.planning.scheduling.rules.judging import CaseKey
from app.planning.scheduling.rules.spec import RuleBook
from app.planning.scheduling.values import Approver, Party, PartyKind, Standing

OPEN = "open"
KINDS = frozenset(PartyKind)
OVERRIDE_OF_CASE = (
    select(Override.id)
    .join(Engagement, Engagement.id == Override.engagement_id)
    .where(
        Engagement.holder == ConflictCase.holder,
        Override.rule == ConflictCase.rule,
        Override.against == ConflictCase.against,
    )
)
IS_ABOUT = or_(
    ConflictCase.holder == bindparam("holder"), ConflictCase.against == bindparam("holder")
)
COVERING = select(ConflictCase).where(
    IS_ABOUT,
    or_(
        ConflictCase.state == OPEN,
        and_(ConflictCase.outcome == Outcome.ACCEPTED.value, OVERRIDE_OF_CASE.exists()),
    ),
)


@dataclass(frozen=True)
class CaseRecord:
    """A case with its engagements as they stand today; None for one that is no longer planned or
    never was.

    `rule` is None when somebody needed no longer serves. `approver` may accept it.
    """

    id: int
    holder: str
    against: str
    rule: str | None
    party: Party | None
    cause: str
    opened_at: datetime
    is_open: bool
    outcome: str
    note: str
    closed_by: int | None
    closed_at: datetime | None
    approver: Approver
    mine: Standing | None
    other: Standing | None


OPEN_CASES = select(func.count()).where(ConflictCase.state == OPEN)
"""How many cases are open, to be asked together with other numbers."""


def case_of(db: Session, case_id: int) -> CaseRecord:
    row = db.get(ConflictCase, case_id)
    if row is None:
        raise NotFound
    return _records(db, [row])[0]


def cases(
    db: Session, *, is_open: bool | None = None, limit: int = 20, offset: int = 0
) -> tuple[tuple[CaseRecord, ...], int]:
    """Returns a page of the cases, and how many there are in all.

    Open ones come first, the oldest at the top; then closed ones, the latest at the top.
    """
    wanted = select(ConflictCase)
    if is_open is not None:
        wanted = wanted.where(
            (ConflictCase.state == OPEN) if is_open else (ConflictCase.state != OPEN)
        )
    total = db.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    opened = ConflictCase.state == OPEN
    order = (opened.desc(), ConflictCase.closed_at.desc(), ConflictCase.opened_at, ConflictCase.id)
    return _records(
        db, db.scalars(wanted.order_by(*order).limit(limit).offset(offset)).all()
    ), total


def covered_by_cases(db: Session, *, holder: str) -> frozenset[CaseKey]:
    """Returns what an engagement may keep clashing with while it keeps its time.

    Those are its open cases, and the accepted ones whose override is in force.
    """
    if not holder:
        return frozenset()
    return frozenset(
        (
            row.rule,
            row.against if row.holder == holder else row.holder,
            row.party_kind,
            row.party_key,
        )
        for row in db.scalars(COVERING, {"holder": holder})
    )


def _records(db: Session, rows: Iterable[ConflictCase]) -> tuple[CaseRecord, ...]:
    """Returns the records of cases in three statements, however many there are."""
    cases = tuple(rows)
    holders = {row.holder for row in cases} | {row.against for row in cases if row.against}
    engagements = {
        e.holder: e for e in db.scalars(select(Engagement).where(Engagement.holder.in_(holders)))
    }
    book = book_of(db)
    return tuple(
        _record(row, engagements.get(row.holder), engagements.get(row.against), book)
        for row in cases
    )


def _record(
    row: ConflictCase, mine: Engagement | None, other: Engagement | None, book: RuleBook
) -> CaseRecord:
    party = None
    if row.party_kind in KINDS:
        party = Party(PartyKind(row.party_kind), row.party_key, row.party_label)
    rule = row.rule if row.rule in book.places else None
    day = reference_day(mine.starts_at if mine else row.opened_at)
    approver = approver_of_case(book.setting(rule, day).approver) if rule else Approver.SECRETARIAT
    return CaseRecord(
        id=row.id,
        holder=row.holder,
        against=row.against,
        rule=rule,
        party=party,
        cause=row.cause,
        opened_at=row.opened_at,
        is_open=row.state == OPEN,
        outcome=row.outcome,
        note=row.note,
        closed_by=row.closed_by,
        closed_at=row.closed_at,
        approver=approver,
        mine=_standing(mine, party),
        other=_standing(other, party),
    )


def _standing(row: Engagement | None, party: Party | None) -> Standing | None:
    if row is None:
        return None
    span = Timespan(row.starts_at, row.ends_at)
    return Standing(
        holder=row.holder,
        title=row.title,
        span=span,
        timezone=row.timezone,
        is_confidential=row.is_confidential,
        parties=(party,) if party else (),
    )
