"""What the tables of a congress found, table by table."""

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.followup.agreements.models import TableFinding
from app.followup.agreements.policy import may_open_findings, may_write_findings
from app.followup.agreements.queries.parts import grouped, sections
from app.followup.agreements.values import EditionFindings, FindingKind, FindingView, TableFindings
from app.kernel.actor import Actor
from app.kernel.refusal import NotAllowed, NotFound
from app.people.directory.models import Person
from app.planning.events.models import Edition, Event, EventLink, WorkTable
from app.planning.events.values import LinkRole


def findings_of(db: Session, *, actor: Actor, slug: str) -> EditionFindings:
    """Returns what the tables of an edition found, to those who plan and to its rapporteurs.

    Raises NotAllowed for others. For reports, SYSTEM sees all.
    """
    edition = db.scalar(select(Edition).where(Edition.slug == slug))
    if edition is None:
        raise NotFound
    if not may_open_findings(actor, rapporteurs_of(db, slug=slug)):
        raise NotAllowed
    closed = is_closed(db, edition.id)
    return EditionFindings(
        slug=slug,
        label=edition.label,
        theme=edition.theme,
        is_closed=closed,
        tables=tables_of(db, edition.id, actor=actor, is_closed=closed),
    )


def rapporteurs_of(db: Session, *, slug: str) -> frozenset[int]:
    joined = select(WorkTable.rapporteur_id).join(Edition, Edition.id == WorkTable.edition_id)
    return frozenset(
        one for one in db.scalars(joined.where(Edition.slug == slug)) if one is not None
    )


def tables_of(
    db: Session, edition_id: int, *, actor: Actor, is_closed: bool
) -> tuple[TableFindings, ...]:
    """Reads tables with their rapporteurs, findings, and the sections they cite: three statements."""
    rows = db.execute(
        select(WorkTable, Person.full_name)
        .outerjoin(Person, Person.id == WorkTable.rapporteur_id)
        .where(WorkTable.edition_id == edition_id)
        .order_by(WorkTable.position, WorkTable.id)
    ).all()
    rows_written = db.scalars(
        select(TableFinding)
        .where(TableFinding.work_table_id.in_([table.id for table, _ in rows]))
        .order_by(TableFinding.position, TableFinding.id)
    )
    titles = sections(db)
    written = grouped(
        (
            one.work_table_id,
            FindingView(
                id=one.id,
                kind=FindingKind(one.kind),
                position=one.position,
                text=one.text,
                section=one.section,
                section_title=titles.get(one.section),
            ),
        )
        for one in rows_written
    )
    return tuple(
        TableFindings(
            id=table.id,
            theme=table.theme,
            position=table.position,
            rapporteur=name or "",
            findings=written.get(table.id, ()),
            may_write=not is_closed and may_write_findings(actor, table.rapporteur_id),
        )
        for table, name in rows
    )


def is_closed(db: Session, edition_id: int) -> bool:
    """Returns True when the congress of the edition was closed: its findings stand."""
    congress = exists().where(
        EventLink.event_id == Event.id,
        EventLink.edition_id == edition_id,
        EventLink.role == LinkRole.CONGRESS.value,
        Event.closed_at.is_not(None),
    )
    return bool(db.scalar(select(congress)))
