"""Versions of the Guidelines, and what refers to a section, within what the actor may see."""

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.followup.agreements.models import Agreement, TableFinding
from app.followup.agreements.policy import may_open_findings, may_read
from app.followup.agreements.queries.agreements import (
    OF_ANOTHER_COURSE,
    agreements_on_section,
    guidelines_version,
    webinars_of,
)
from app.followup.agreements.values import AgreementView, FindingKind
from app.followup.guidelines.values import (
    FindingLine,
    GuidelinesVersionLine,
    LessonLine,
    PlannedWebinar,
    SectionPage,
    SectionReferences,
    Trace,
)
from app.followup.matrix.queries import rows_on_agreements, rows_on_section
from app.followup.matrix.values import RowKind
from app.followup.plans.models import WorkPlan
from app.followup.practices.queries import accepted_called
from app.kernel.actor import Actor
from app.kernel.refusal import NotFound, Refusal
from app.kernel.text import LocalizedText
from app.participation.materials.queries import materials_on_section
from app.planning.events.models import Edition, Event, EventLink, WorkTable
from app.planning.events.values import LinkRole
from app.training.learning.queries.courses import seat_of, unit_at
from app.training.learning.queries.lessons import lessons_on_section
from app.training.learning.values import GUIDELINES
from app.training.library.models import GuidelineSection, GuidelineVersion
from app.training.library.queries import version_text
from app.training.library.values import VersionText


def versions(db: Session) -> tuple[GuidelinesVersionLine, ...]:
    """Returns all versions of the Guidelines, the newest first. Open to everybody."""
    rows = db.execute(
        select(
            GuidelineVersion.id,
            GuidelineVersion.label,
            GuidelineVersion.adopted_on,
            select(func.count())
            .where(GuidelineSection.guideline_version_id == GuidelineVersion.id)
            .scalar_subquery()
            .label("sections"),
        )
        .where(~OF_ANOTHER_COURSE.exists())
        .order_by(GuidelineVersion.id.desc())
    ).all()
    return tuple(
        GuidelinesVersionLine(
            label=row.label,
            adopted_on=row.adopted_on,
            sections=row.sections,
            is_newest=place == 0,
        )
        for place, row in enumerate(rows)
    )


def guidelines_text(db: Session, *, label: str = "") -> VersionText:
    """Returns the version of a label, "" for the newest. Open to everybody. Raises NotFound."""
    number = guidelines_version(db)
    if label:
        called = select(GuidelineVersion.id).where(
            GuidelineVersion.label == label, ~OF_ANOTHER_COURSE.exists()
        )
        number = db.scalar(called)
    if number is None:
        raise NotFound
    return version_text(db, number)


def section_page(
    db: Session, *, actor: Actor, code: str, today: date, label: str = ""
) -> SectionPage:
    """Returns a section with all that refers to its code (R8). Raises NotFound."""
    version = guidelines_text(db, label=label)
    codes = [one.code for one in version.sections]
    if code not in codes:
        raise NotFound
    place = codes.index(code)
    return SectionPage(
        version=version,
        is_newest=version.id == guidelines_version(db),
        section=version.sections[place],
        previous=version.sections[place - 1] if place else None,
        following=version.sections[place + 1] if place + 1 < len(codes) else None,
        references=references(db, actor=actor, code=code, today=today),
    )


def references(db: Session, *, actor: Actor, code: str, today: date) -> SectionReferences:
    """Returns what refers to a section, as far as the actor may see it. The review of the
    Guidelines gathers its contributions from here (R32).
    """
    agreed = agreements_on_section(db, actor=actor, section=code)
    activities = tuple(one for one in agreed if one.activity is not None)
    # "No change" without a word says nothing about the section; the newest period comes first.
    rows = [row for row in reversed(rows_on_section(db, actor=actor, section=code)) if row.fact]
    practices = [row.practice_id for row in rows if row.practice_id is not None]
    return SectionReferences(
        findings=_findings(db, actor=actor, chosen=TableFinding.section == code),
        activities=activities,
        webinars=_webinars(db, actor=actor, activities=activities),
        agreements=tuple(one for one in agreed if one.activity is None),
        rows=tuple(row for row in rows if row.kind is not RowKind.REGULATORY),
        instruments=tuple(row for row in rows if row.kind is RowKind.REGULATORY),
        practices=accepted_called(db, practices) if practices else (),
        lessons=_lessons(db, actor=actor, code=code),
        materials=materials_on_section(db, actor=actor, section=code, today=today),
        tables=_tables(db, activities),
    )


def trace_of(db: Session, *, actor: Actor, agreement: AgreementView) -> Trace:
    """Returns where an agreement comes from, and what countries report about it (R9)."""
    rows = rows_on_agreements(db, actor=actor, ids=[agreement.id]).get(agreement.id, ())
    number = agreement.activity.finding_id if agreement.activity else None
    findings = (
        _findings(db, actor=actor, chosen=TableFinding.id == number) if number is not None else ()
    )
    return Trace(
        finding=findings[0] if findings else None,
        rows=tuple(
            sorted(
                (row for row in reversed(rows) if row.fact),
                key=lambda row: row.kind is not RowKind.REGULATORY,
            )
        ),
    )


def activities_of_findings(db: Session, findings: Collection[int]) -> dict[int, tuple[int, ...]]:
    """Returns by finding the ids of the activities in force that were made of it."""
    rows = db.execute(
        select(Agreement.finding_id, Agreement.id)
        .where(Agreement.finding_id.in_(findings), Agreement.is_draft.is_(False))
        .order_by(Agreement.id)
    )
    made: dict[int, list[int]] = {}
    for finding, activity in rows:
        if finding is not None:
            made.setdefault(finding, []).append(activity)
    return {finding: tuple(ids) for finding, ids in made.items()}


def _findings(db: Session, *, actor: Actor, chosen: object) -> tuple[FindingLine, ...]:
    """Returns findings, to officials once their congress is closed or an activity in force was made
    of them; before, to those who write them down.
    """
    if not may_read(actor):
        return ()
    rows = db.execute(
        select(
            TableFinding,
            WorkTable.theme,
            WorkTable.rapporteur_id,
            Edition.id,
            Edition.slug,
            Edition.label,
        )
        .join(WorkTable, WorkTable.id == TableFinding.work_table_id)
        .join(Edition, Edition.id == WorkTable.edition_id)
        .where(chosen)  # type: ignore[arg-type]
        .order_by(Edition.id.desc(), WorkTable.position, TableFinding.position, TableFinding.id)
    ).all()
    made = activities_of_findings(db, [row[0].id for row in rows])
    closed = _closed_editions(db, {row[3] for row in rows})
    return tuple(
        FindingLine(
            id=one.id,
            kind=FindingKind(one.kind),
            text=one.text,
            edition_slug=slug,
            edition_label=edition_label,
            table=theme,
            table_id=one.work_table_id,
            may_open=may_open_findings(actor, [rapporteur] if rapporteur else []),
            activities=made.get(one.id, ()),
        )
        for one, theme, rapporteur, edition_id, slug, edition_label in rows
        if edition_id in closed
        or one.id in made
        or may_open_findings(actor, [rapporteur] if rapporteur else [])
    )


def _closed_editions(db: Session, editions: Collection[int]) -> frozenset[int]:
    closed = (
        select(EventLink.edition_id)
        .join(Event, Event.id == EventLink.event_id)
        .where(
            EventLink.edition_id.in_(editions),
            EventLink.role == LinkRole.CONGRESS.value,
            Event.closed_at.is_not(None),
        )
    )
    return frozenset(db.scalars(closed))


def _lessons(db: Session, *, actor: Actor, code: str) -> tuple[LessonLine, ...]:
    if not actor.signed_in:
        return ()
    lessons = lessons_on_section(db, slug=GUIDELINES, section=code)
    if not lessons:
        return ()
    seat = seat_of(db, actor=actor, slug=GUIDELINES)
    lines = []
    for one in lessons:
        try:
            unit_at(seat, one.module_slug, one.code)
        except Refusal:
            is_open = False
        else:
            is_open = True
        lines.append(
            LessonLine(
                code=one.code,
                title=one.title,
                module=one.module,
                course_slug=GUIDELINES,
                module_slug=one.module_slug,
                is_open=is_open,
            )
        )
    return tuple(lines)


def _webinars(
    db: Session, *, actor: Actor, activities: Sequence[AgreementView]
) -> tuple[PlannedWebinar, ...]:
    """Returns the webinars that activities became, the newest first."""
    ids = set(webinars_of(db, actor=actor, ids=[one.id for one in activities]).values())
    if not ids:
        return ()
    rows = db.execute(
        select(Event.id, Event.title, Event.starts_at)
        .where(Event.id.in_(ids))
        .order_by(Event.starts_at.desc(), Event.id)
    )
    return tuple(PlannedWebinar(*row) for row in rows)


def _tables(db: Session, activities: Sequence[AgreementView]) -> dict[int, LocalizedText]:
    plans = {one.activity.plan_id for one in activities if one.activity}
    themes = dict(
        db.execute(
            select(WorkPlan.id, WorkTable.theme)
            .join(WorkTable, WorkTable.id == WorkPlan.work_table_id)
            .where(WorkPlan.id.in_(plans))
        ).all()
    )
    return {
        one.id: themes[one.activity.plan_id]
        for one in activities
        if one.activity and one.activity.plan_id in themes
    }
