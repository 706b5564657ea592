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
    """For those who plan and the rapporteurs of the edition; refuses others. For reports, SYSTEM
    sees all.
    """
    edition = db.scalar(select(Edition).where(Edition.slug == slug))
    if edition is None:
        raise NotFound
    if not may_open_findings(actor, rapporteurs_of(db, slug=slug)):
        raise NotAllowed
    closed = is_closed(db, edition.id)
    return EditionFindings(
        slug, edition.label, edition.theme, closed, tables_of(db, edition.id, actor, closed)
    )


def rapporteurs_of(db: Session, *, slug: str) -> frozenset[int]:
    joined = select(WorkTable.rapporteur_id).join(Edition, Edition.id == WorkTable.edition_id)
    return frozenset(
        one for one in db.scalars(joined.where(Edition.slug == slug)) if one is not None
    )


def tables_of(
    db: Session, edition_id: int, actor: Actor, is_closed: bool
) -> tuple[TableFindings, ...]:
    """Three statements: tables with their rapporteurs, findings, and the sections they cite."""
    rows = db.execute(
        select(WorkTable, Person.full_name)
        .outerjoin(Person, Person.id == WorkTable.rapporteur_id)
        .where(WorkTable.edition_id == edition_id)
        .order_by(WorkTable.position, WorkTable.id)
    ).all()
    found = db.scalars(
        select(TableFinding)
        .where(TableFinding.work_table_id.in_([table.id for table, _ in rows]))
        .order_by(TableFinding.position, TableFinding.id)
    )
    titles = sections(db)
    written = grouped(
        (
            one.work_table_id,
            FindingView(
                one.id,
                FindingKind(one.kind),
                one.position,
                one.text,
                one.section,
                titles.get(one.section),
            ),
        )
        for one in found
    )
    return tuple(
        TableFindings(
            table.id,
            table.theme,
            table.position,
            name or "",
            written.get(table.id, ()),
            not is_closed and may_write_findings(actor, table.rapporteur_id),
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
