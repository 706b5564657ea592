"""Periods and rows of the matrix, within what the actor may see."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, false, func, or_, select
from sqlalchemy.orm import Session

from app.followup.agreements.models import Agreement
from app.followup.agreements.queries.agreements import agreements_called
from app.followup.agreements.values import AgreementView
from app.followup.matrix import policy, rules
from app.followup.matrix.models import MatrixPeriod, MatrixRow
from app.followup.matrix.values import (
    CountryMatrix,
    CountryProgress,
    Held,
    InstrumentType,
    MatrixToSend,
    MigrationPhase,
    Passing,
    Period,
    PeriodState,
    RegionMatrix,
    RowFilters,
    RowKind,
    RowSharing,
    RowState,
    RowStatus,
    RowView,
)
from app.followup.plans.models import WorkPlan
from app.kernel.actor import SYSTEM, Actor, Role
from app.kernel.refusal import NotFound
from app.kernel.text import LocalizedText
from app.people.directory.models import Country
from app.people.identity.queries import Authors, ids_written_by
from app.planning.events.models import Edition, WorkTable

AUTHORS: Authors = {
    "periods_opened": (MatrixPeriod.id, MatrixPeriod.opened_by),
    "periods_published": (MatrixPeriod.id, MatrixPeriod.published_by),
    "rows_written": (MatrixRow.id, MatrixRow.changed_by),
    "rows_released": (MatrixRow.id, MatrixRow.released_by),
}


def periods(db: Session, *, today: date) -> tuple[Period, ...]:
    """Returns all periods, the newest first. They hold days only and are open to everybody."""
    rows = db.execute(
        select(MatrixPeriod, Edition.slug)
        .join(Edition, Edition.id == MatrixPeriod.edition_id)
        .order_by(MatrixPeriod.closes_on.desc(), MatrixPeriod.id.desc())
    )
    return tuple(_period(row, slug, today) for row, slug in rows)


def open_period_of(db: Session, *, today: date) -> Period | None:
    """Returns the period that rows are written in today."""
    return next((one for one in periods(db, today=today) if one.state is PeriodState.OPEN), None)


def period_of(db: Session, *, period_id: int, today: date) -> Period:
    row = db.get(MatrixPeriod, period_id)
    if row is None:
        raise NotFound
    slug = db.scalars(select(Edition.slug).where(Edition.id == row.edition_id)).one()
    return _period(row, slug, today)


def country_matrix(
    db: Session, *, actor: Actor, period_id: int, country: str, today: date
) -> CountryMatrix:
    """Returns all rows of a country with last period's words beside what was agreed.

    Raises NotFound to everybody but the country, and for the secretariat too: it reads what was
    sent in `region_matrix` and how far a country is in `progress`.
    """
    if not policy.may_read_country_matrix(actor, country):
        raise NotFound
    period = period_of(db, period_id=period_id, today=today)
    rows = _views(
        db,
        [MatrixRow.period_id == period_id, MatrixRow.country_code == country],
        actor=actor,
        has_agreements=True,
    )
    words = last_words(db, period, country)
    agreed = [
        replace(row, last_words=words.get(row.agreement_id)) for row in rows if row.agreement_id
    ]
    return CountryMatrix(
        period=period,
        country=country,
        agreed=tuple(agreed),
        new=tuple(row for row in rows if row.agreement_id is None),
        may_write=period.state is PeriodState.OPEN and policy.may_report(actor, country),
    )


def last_period(db: Session, *, today: date) -> Period | None:
    """Returns the period that is open or, where none is, the last one that was."""
    begun = [one for one in periods(db, today=today) if one.state is not PeriodState.COMING]
    return next((one for one in begun if one.state is PeriodState.OPEN), next(iter(begun), None))


def themes_of(db: Session, rows: Iterable[RowView]) -> dict[int, LocalizedText]:
    """Returns by agreement the theme of the work table that wrote it, where one did."""
    wanted = {row.agreement_id for row in rows if row.agreement_id}
    written = db.execute(
        select(Agreement.id, WorkTable.theme)
        .join(WorkPlan, WorkPlan.id == Agreement.plan_id)
        .join(WorkTable, WorkTable.id == WorkPlan.work_table_id)
        .where(Agreement.id.in_(wanted))
    )
    return {row[0]: row[1] for row in written}


def matrix_row(db: Session, *, actor: Actor, row_id: int) -> RowView:
    """Returns one row. Raises NotFound where the actor may not read it."""
    rows = _views(db, [MatrixRow.id == row_id], actor=actor, has_agreements=True)
    if not rows:
        raise NotFound
    row = rows[0]
    if not policy.may_read_row(actor, row.country, row.state, row.sharing):
        raise NotFound
    return row


def passed_row(db: Session, *, row_id: int, pass_number: int, today: date) -> RowView:
    """Returns the row that a signed link opens, with last period's words. Raises LinkEndedForRow
    once it was taken back, passed again or sent, its day has passed, or the period is closed.
    """
    stored = db.get(MatrixRow, row_id)
    if (
        stored is None
        or stored.pass_number != pass_number
        or stored.state != RowState.DRAFT
        or stored.passed_until is None
        or stored.passed_until < today
    ):
        raise rules.LinkEndedForRow
    period = period_of(db, period_id=stored.period_id, today=today)
    if period.state is not PeriodState.OPEN:
        raise rules.LinkEndedForRow
    [row] = _views(db, [MatrixRow.id == row_id], actor=SYSTEM, has_agreements=True)
    words = last_words(db, period, row.country)
    return replace(row, last_words=words.get(row.agreement_id))


def region_matrix(
    db: Session,
    *,
    actor: Actor,
    period_id: int,
    today: date,
    filters: RowFilters = RowFilters(),  # noqa: B008 - it is frozen
) -> RegionMatrix:
    """Returns what is published of a period and the actor may read, by country and id, with the
    countries that have something alike.

    The secretariat reads what was sent as well, visitors what is published for everybody.
    """
    period = period_of(db, period_id=period_id, today=today)
    rows = _views(
        db,
        [MatrixRow.period_id == period_id, _readable(actor)],
        actor=actor,
        has_agreements=policy.may_read_region_matrix(actor),
    )
    alike = rules.also_in([row for row in rows if row.sharing is not RowSharing.COUNTRY])
    own_tables = _tables_of(db, rows) if filters.work_table_id is not None else {}
    model = next((row for row in rows if row.id == filters.like), None)
    of_any_kind = tuple(
        replace(row, also_in=alike.get(row.id, ()))
        for row in rows
        if _passes(row, replace(filters, kind=None), own_tables)
        and (filters.like is None or _is_near(row, model))
    )
    shown = tuple(row for row in of_any_kind if filters.kind in (None, row.kind))
    return RegionMatrix(
        period=period,
        rows=shown,
        by_kind=Counter(row.kind for row in of_any_kind),
        by_section=Counter(row.section for row in shown if row.section),
    )


def tables_of_period(db: Session, *, period_id: int) -> dict[int, LocalizedText]:
    """Returns the work tables whose activities the period's rows are about: themes by id."""
    rows = db.execute(
        select(WorkTable.id, WorkTable.theme)
        .join(WorkPlan, WorkPlan.work_table_id == WorkTable.id)
        .join(Agreement, Agreement.plan_id == WorkPlan.id)
        .join(MatrixRow, MatrixRow.agreement_id == Agreement.id)
        .where(MatrixRow.period_id == period_id)
        .order_by(WorkTable.position, WorkTable.id)
    )
    return {row[0]: row[1] for row in rows}


def rows_called(db: Session, *, actor: Actor, ids: Collection[int]) -> tuple[RowView, ...]:
    """Returns those of the rows that the actor may read in the region's matrix."""
    if not policy.may_read_region_matrix(actor):
        return ()
    return _views(db, [MatrixRow.id.in_(ids), _readable(actor)], actor=actor, has_agreements=True)


def rows_on_section(db: Session, *, actor: Actor, section: str) -> tuple[RowView, ...]:
    """Returns the rows on a section of the Guidelines that the actor may read, the newest period
    last; none for visitors.
    """
    if not policy.may_read_region_matrix(actor):
        return ()
    return _views(db, [MatrixRow.section == section, _readable(actor)], actor=actor)


def rows_on_agreements(
    db: Session, *, actor: Actor, ids: Collection[int]
) -> dict[int, tuple[RowView, ...]]:
    """Returns by agreement the rows about it that the actor may read, the newest period last."""
    if not policy.may_read_region_matrix(actor):
        return {}
    by_agreement: dict[int, list[RowView]] = {}
    for row in _views(db, [MatrixRow.agreement_id.in_(ids), _readable(actor)], actor=actor):
        if row.agreement_id is not None:
            by_agreement.setdefault(row.agreement_id, []).append(row)
    return {number: tuple(rows) for number, rows in by_agreement.items()}


def held_rows(db: Session, *, actor: Actor) -> tuple[RowView, ...]:
    """Returns sent rows that wait for the secretariat's look; none for others."""
    if not policy.may_run_matrix(actor):
        return ()
    waiting = [MatrixRow.held != "", MatrixRow.state == RowState.SENT]
    return _views(db, waiting, actor=actor)


def progress(db: Session, *, actor: Actor, period_id: int) -> tuple[CountryProgress, ...]:
    """Returns how far each country is, by code, without a word of what it says."""
    if not policy.may_read_region_matrix(actor):
        raise NotFound
    rows = db.execute(
        select(
            MatrixRow.country_code,
            MatrixRow.agreement_id,
            MatrixRow.status,
            MatrixRow.state,
            and_(MatrixRow.passed_at.is_not(None), MatrixRow.came_back_at.is_(None)),
        ).where(MatrixRow.period_id == period_id)
    ).all()
    by_country: dict[str, list[Any]] = {
        code: [] for code in db.scalars(select(Country.code).order_by(Country.code))
    }
    for row in rows:
        by_country[row[0]].append(row)
    return tuple(
        CountryProgress(
            country=code,
            answered=sum(bool(row[1] and row[2]) for row in own),
            agreed=sum(row[1] is not None for row in own),
            new=sum(row[1] is None for row in own),
            is_sent=bool(own) and all(row[3] != RowState.DRAFT for row in own),
            is_out=any(row[4] for row in own),
        )
        for code, own in by_country.items()
    )


IS_AGREED = MatrixRow.agreement_id.is_not(None)
TO_SEND = (
    select(
        MatrixPeriod.closes_on,
        func.count().filter(IS_AGREED),
        func.count().filter(IS_AGREED, MatrixRow.status != ""),
        func.count().filter(MatrixRow.state == RowState.DRAFT),
    )
    .join(MatrixRow, MatrixRow.period_id == MatrixPeriod.id)
    .where(
        MatrixRow.country_code == bindparam("country"),
        MatrixPeriod.opens_on <= bindparam("today"),
        MatrixPeriod.closes_on >= bindparam("today"),
        MatrixPeriod.closed_at.is_(None),
    )
    .group_by(MatrixPeriod.id, MatrixPeriod.closes_on)
)


def matrix_to_send(db: Session, *, country: str, today: date) -> MatrixToSend | None:
    """Returns how far a country is in the period that is open; None without one, or once all of its
    rows are sent. Not scoped by an actor: the caller has asked whether they report for it.
    """
    row = db.execute(TO_SEND, {"country": country, "today": today}).first()
    if row is None or not row[3]:
        return None
    return MatrixToSend(answered=row[2], agreed=row[1], closes_on=row[0])


def digest_of(
    db: Session, *, period_id: int, today: date
) -> tuple[tuple[RowView, ...], dict[str, tuple[RowView, ...]]]:
    """Returns what was published of a period for officials of all countries and, by country, those
    of these rows of others that are near to what it published itself (R17).

    Not scoped by an actor: for the letters to all countries.
    """
    reader = Actor(account_id=-1)
    shared = region_matrix(db, actor=reader, period_id=period_id, today=today).rows
    published = _views(
        db,
        [MatrixRow.period_id == period_id, MatrixRow.state == RowState.PUBLISHED],
        actor=SYSTEM,
    )
    near: dict[str, dict[int, RowView]] = {}
    for own in published:
        for other in shared:
            if rules.is_alike(own, other):
                near.setdefault(own.country, {})[other.id] = other
    return shared, {country: tuple(rows.values()) for country, rows in near.items()}


def last_words(db: Session, period: Period, country: str) -> dict[int | None, LocalizedText]:
    """Returns by agreement what the country wrote last in a period before, sent or not: who was
    late finds their words again too.
    """
    rows = db.execute(
        select(MatrixRow.agreement_id, MatrixRow.fact)
        .join(MatrixPeriod, MatrixPeriod.id == MatrixRow.period_id)
        .where(
            MatrixRow.country_code == country,
            MatrixRow.agreement_id.is_not(None),
            MatrixPeriod.closes_on < period.closes_on,
        )
        .order_by(MatrixPeriod.closes_on, MatrixRow.id)
    )
    return {number: fact for number, fact in rows if fact}


def unsent_of_before(db: Session, *, closes_on: date) -> Sequence[MatrixRow]:
    """Returns the facts of part B that were not sent in the period before and are in no later one:
    what a late country carries over.
    """
    before = (
        select(func.max(MatrixPeriod.closes_on))
        .where(MatrixPeriod.closes_on < closes_on)
        .scalar_subquery()
    )
    carried = select(MatrixRow.carried_from).where(MatrixRow.carried_from.is_not(None))
    return db.scalars(
        select(MatrixRow)
        .join(MatrixPeriod, MatrixPeriod.id == MatrixRow.period_id)
        .where(
            MatrixPeriod.closes_on == before,
            MatrixRow.agreement_id.is_(None),
            MatrixRow.state == RowState.DRAFT,
            MatrixRow.id.not_in(carried),
        )
        .order_by(MatrixRow.id)
    ).all()


def edition_id_of(db: Session, slug: str) -> int | None:
    return db.scalar(select(Edition.id).where(Edition.slug == slug))


def lock_editions(db: Session) -> None:
    """Lets one writer at a time open a period: there is no row yet of one that is being opened."""
    db.execute(select(Edition.id).order_by(Edition.id).with_for_update())


def edition_slug_of(db: Session, period_id: int) -> str:
    joined = select(Edition.slug).join(MatrixPeriod, MatrixPeriod.edition_id == Edition.id)
    return db.scalars(joined.where(MatrixPeriod.id == period_id)).one()


def personal_data(db: Session, person_id: int) -> dict[str, Any]:
    """Returns the ids of what the person wrote down or decided, by kind."""
    return ids_written_by(db, person_id, AUTHORS)


def _period(row: MatrixPeriod, slug: str, today: date) -> Period:
    return Period(
        id=row.id,
        edition_slug=slug,
        covers_from=row.covers_from,
        opens_on=row.opens_on,
        closes_on=row.closes_on,
        state=rules.state_of_period(
            row.opens_on,
            row.closes_on,
            closed_at=row.closed_at,
            published_at=row.published_at,
            today=today,
        ),
        published_at=row.published_at,
    )


def _readable(actor: Actor) -> ColumnElement[bool]:
    """Says of rows what policy.may_read_row says of one, leaving drafts out for everybody."""
    if policy.may_read_sent(actor):
        return MatrixRow.state != RowState.DRAFT
    if not policy.may_read_region_matrix(actor):
        return and_(MatrixRow.state == RowState.PUBLISHED, MatrixRow.sharing == RowSharing.PUBLIC)
    own = actor.as_reader().scopes(Role.FOCAL_POINT)
    of_own = MatrixRow.country_code.in_(own) if own else false()
    return and_(
        MatrixRow.state == RowState.PUBLISHED,
        or_(MatrixRow.sharing != RowSharing.COUNTRY, of_own),
    )


def _passes(row: RowView, filters: RowFilters, tables: Mapping[int, int]) -> bool:
    return (
        (filters.kind is None or row.kind is filters.kind)
        and (not filters.section or row.section == filters.section)
        and (filters.phase is None or row.phase is filters.phase)
        and (not filters.country or row.country == filters.country)
        and (
            filters.work_table_id is None
            or tables.get(row.agreement_id or 0) == filters.work_table_id
        )
    )


def _is_near(row: RowView, model: RowView | None) -> bool:
    return model is not None and (row.id == model.id or rules.is_alike(row, model))


def _tables_of(db: Session, rows: Iterable[RowView]) -> dict[int, int]:
    """Returns by agreement the work table that wrote it."""
    wanted = {row.agreement_id for row in rows if row.agreement_id}
    written = db.execute(
        select(Agreement.id, WorkPlan.work_table_id)
        .join(WorkPlan, WorkPlan.id == Agreement.plan_id)
        .where(Agreement.id.in_(wanted))
    )
    return {row[0]: row[1] for row in written}


def _views(
    db: Session,
    which: Iterable[ColumnElement[bool]],
    *,
    actor: Actor,
    has_agreements: bool = False,
) -> tuple[RowView, ...]:
    rows = db.scalars(
        select(MatrixRow)
        .join(MatrixPeriod, MatrixPeriod.id == MatrixRow.period_id)
        .where(*which)
        .order_by(MatrixPeriod.closes_on, MatrixRow.country_code, MatrixRow.id)
    ).all()
    agreements: dict[int, AgreementView] = {}
    if has_agreements:
        wanted = frozenset(row.agreement_id for row in rows if row.agreement_id)
        agreements = {one.id: one for one in agreements_called(db, actor=actor, ids=wanted)}
    return tuple(_view(row, agreements) for row in rows)


def _view(row: MatrixRow, agreements: Mapping[int, AgreementView]) -> RowView:
    passing = None
    if row.passed_at is not None and row.passed_until is not None:
        passing = Passing(
            to=row.passed_to,
            at=row.passed_at,
            until=row.passed_until,
            came_back_at=row.came_back_at,
        )
    return RowView(
        id=row.id,
        period_id=row.period_id,
        country=row.country_code,
        agreement_id=row.agreement_id,
        kind=RowKind(row.kind),
        fact=row.fact,
        section=row.section,
        phase=MigrationPhase(row.phase) if row.phase else None,
        status=RowStatus(row.status) if row.status else None,
        month=row.month,
        evidence_url=row.evidence_url,
        evidence_key=row.evidence_key,
        evidence_name=row.evidence_name,
        contact=row.contact,
        sharing=RowSharing(row.sharing),
        instrument_type=InstrumentType(row.instrument_type) if row.instrument_type else None,
        instrument_date=row.instrument_date,
        is_practice=row.is_practice,
        practice_id=row.practice_id,
        state=RowState(row.state),
        held=frozenset(map(Held, row.held.split())),
        passing=passing,
        is_carried_over=row.carried_from is not None,
        changed_at=row.changed_at,
        agreement=agreements.get(row.agreement_id or 0),
    )
