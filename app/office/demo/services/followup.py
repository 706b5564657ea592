"""The follow-up of the VI Congress: work plans of its four tables, a period of the matrix that was
published, one that is open, and a review of the Guidelines that is due.

Every sentence is invented. Honduras has answered four rows of the open period.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from itertools import cycle
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.followup.agreements.queries.agreements import guidelines_version
from app.followup.agreements.values import ActivityDraft, Responsible, ResponsibleKind
from app.followup.matrix.queries import country_matrix
from app.followup.matrix.services import (
    add_row,
    confirm_unchanged,
    open_period,
    publish_period,
    send_matrix,
    write_row,
)
from app.followup.matrix.values import (
    InstrumentType,
    MigrationPhase,
    PeriodDraft,
    RowDraft,
    RowKind,
    RowSharing,
    RowStatus,
)
from app.followup.plans.services import (
    add_member,
    send_back_plan,
    submit_plan,
    validate_plan,
    write_activities,
)
from app.followup.plans.values import PlanRequest, Sector
from app.followup.review.services import set_guidelines_review
from app.kernel.actor import SYSTEM
from app.kernel.text import LocalizedText
from app.office.demo.data import demo_data
from app.office.demo.services.agreements import LAST
from app.people.directory.models import Country, Institution
from app.planning.events.models import Edition, WorkTable
from app.planning.events.values import GenderMarker
from app.training.library.services import write_section
from app.training.library.values import SectionDraft

ANSWERED = 4
"""Rows that Honduras has answered in the open period."""
STILL_SILENT = ("BZ", "NI", "HN")
"""Countries that have not sent in the open period."""
OF_ONE_SECTOR = 5
"""Place, by code, of the country whose members at the first table are all of one sector."""
STATUSES = (RowStatus.ADVANCED, RowStatus.DONE, RowStatus.STOPPED)


def load_followup(db: Session, *, today: date, now: datetime) -> None:
    """Loads it after the agreements and findings of the VI Congress."""
    data = demo_data("followup")
    tables = db.scalars(
        select(WorkTable.id)
        .join(Edition, Edition.id == WorkTable.edition_id)
        .where(Edition.slug == LAST)
        .order_by(WorkTable.position, WorkTable.id)
    ).all()
    written = now - timedelta(days=260)
    for number, (table, activities) in enumerate(zip(tables, data["plans"], strict=False)):
        _members(db, table, skipped=number, now=written)
        drafts = [_activity(one, today) for one in activities]
        write_activities(db, actor=SYSTEM, work_table_id=table, drafts=drafts, now=written)
    for number, table in enumerate(tables[:3], start=12):
        submit_plan(db, actor=SYSTEM, work_table_id=table, now=written + timedelta(days=10))
        if table == tables[2]:
            break
        validate_plan(
            db,
            actor=SYSTEM,
            work_table_id=table,
            decision_ref=data["decision"].format(number=number),
            now=written + timedelta(days=20),
        )
    send_back_plan(
        db,
        actor=SYSTEM,
        work_table_id=tables[2],
        note=data["returned"]["note"],
        requests=[PlanRequest(**one) for one in data["returned"]["requests"]],
        now=written + timedelta(days=21),
    )
    _matrix(db, data, today=today, now=now)
    _guidelines(db, data["guidelines"], now=now)
    set_guidelines_review(db, actor=SYSTEM, due_on=today, now=now)


def _guidelines(db: Session, data: Mapping[str, Any], *, now: datetime) -> None:
    """Writes down what each section says, in the office's own words."""
    version = guidelines_version(db)
    if version is None:
        return
    for code, summary in data["sections"].items():
        write_section(
            db,
            actor=SYSTEM,
            version_id=version,
            section_code=code,
            draft=SectionDraft(summary, pdf_url=data["pdf_url"]),
            now=now,
        )


def _members(db: Session, table: int, *, skipped: int, now: datetime) -> None:
    """Seats two institutions of each country, which for one country of each table both come from
    migration, so that the table has its warning.
    """
    countries = db.scalars(select(Country.code).order_by(Country.code)).all()
    kinds = ("migration", "womens-mechanism", "foreign-affairs")
    for place, country in enumerate(countries):
        rows = db.scalars(
            select(Institution.id)
            .where(Institution.country_code == country, Institution.kind.in_(kinds))
            .order_by(Institution.id)
            .limit(2)
        ).all()
        sector = Sector.MIGRATION if place == OF_ONE_SECTOR + skipped else None
        for institution in rows:
            add_member(
                db,
                actor=SYSTEM,
                work_table_id=table,
                institution_id=institution,
                sector=sector,
                now=now,
            )


def _activity(one: Mapping[str, Any], today: date) -> ActivityDraft:
    return ActivityDraft(
        text=_text(one),
        responsible=tuple(Responsible(ResponsibleKind.COUNTRY, code) for code in one["who"]),
        due=today + timedelta(days=one["due"]),
        section=one.get("section", ""),
        indicator=one.get("indicator", ""),
        target=one.get("target", ""),
        gender_marker=GenderMarker(one["gender"]) if "gender" in one else None,
        partners=tuple(one.get("partners", ())),
    )


def _matrix(db: Session, data: Mapping[str, Any], *, today: date, now: datetime) -> None:
    countries = db.scalars(select(Country.code).order_by(Country.code)).all()
    then = now - timedelta(days=180)
    past = _period(today - timedelta(days=170))
    before = open_period(db, actor=SYSTEM, draft=past, now=then)
    for place, country in enumerate(countries):
        _report(db, before, country, data, first=place, now=then)
        send_matrix(db, actor=SYSTEM, period_id=before, country=country, now=then)
    publish_period(db, actor=SYSTEM, period_id=before, now=now - timedelta(days=165))
    current = _period(today + timedelta(days=16))
    period = open_period(db, actor=SYSTEM, draft=current, now=now - timedelta(days=14))
    for place, country in enumerate(countries):
        if country not in STILL_SILENT:
            _report(db, period, country, data, first=place + 1, now=now)
            send_matrix(db, actor=SYSTEM, period_id=period, country=country, now=now)
    _answer(db, period, "HN", data["facts"], most=ANSWERED, now=now)


def _period(closes_on: date) -> PeriodDraft:
    return PeriodDraft(
        edition=LAST,
        covers_from=closes_on - timedelta(days=180),
        opens_on=closes_on - timedelta(days=30),
        closes_on=closes_on,
    )


def _report(
    db: Session,
    period: int,
    country: str,
    data: Mapping[str, Any],
    *,
    first: int,
    now: datetime,
) -> None:
    """Answers half of the rows of a country in words, the rest by "no change", and adds a fact."""
    _answer(db, period, country, data["facts"], most=2, now=now, first=first)
    confirm_unchanged(db, actor=SYSTEM, period_id=period, country=country, now=now)
    one = data["new"][first % len(data["new"])]
    kind = RowKind(one["kind"])
    is_regulatory, is_practice = kind is RowKind.REGULATORY, kind is RowKind.GOOD_PRACTICE
    draft = RowDraft(
        status=RowStatus.ADVANCED,
        fact=_text(one),
        kind=kind,
        section=one["section"],
        phase=MigrationPhase(one["phase"]) if "phase" in one else None,
        contact=one["contact"],
        sharing=RowSharing.REGION,
        instrument_type=InstrumentType.PROTOCOL if is_regulatory else None,
        instrument_date=(now - timedelta(days=60)).date() if is_regulatory else None,
        is_practice=is_practice,
    )
    add_row(db, actor=SYSTEM, period_id=period, country=country, draft=draft, now=now)


def _answer(
    db: Session,
    period: int,
    country: str,
    facts: Sequence[LocalizedText],
    *,
    most: int,
    now: datetime,
    first: int = 0,
) -> None:
    matrix = country_matrix(db, actor=SYSTEM, period_id=period, country=country, today=now.date())
    words = [*facts[first % len(facts) :], *facts]
    for row, fact, status in zip(matrix.agreed[:most], words, cycle(STATUSES), strict=False):
        draft = RowDraft(status=status, fact=fact, section=row.section)
        write_row(db, actor=SYSTEM, row_id=row.id, draft=draft, now=now)


def _text(one: Mapping[str, Any]) -> LocalizedText:
    return LocalizedText(es=one["es"], en=one["en"])
