"""Writing down what a table found and what it recommends."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.followup.agreements.facts import FindingRecorded, FindingRemoved
from app.followup.agreements.models import TableFinding
from app.followup.agreements.policy import require_may_write_findings
from app.followup.agreements.queries.findings import is_closed
from app.followup.agreements.queries.parts import sections
from app.followup.agreements.rules import recording as rules
from app.followup.agreements.services.recording import UNKNOWN_SECTION
from app.followup.agreements.values import FindingDraft
from app.infra import journal
from app.kernel.actor import Actor
from app.kernel.refusal import InvalidInput, NotFound, Sentence
from app.planning.events.models import Edition, WorkTable
from app.planning.events.rules.life import AlreadyClosed


def record_finding(
    db: Session, *, actor: Actor, work_table_id: int, draft: FindingDraft, now: datetime
) -> int:
    """Records a finding and returns its id. For the secretariat, the presidency or the table's
    rapporteur, until the congress is closed. The same words again return the id of the first.
    """
    table = _open_table(db, actor, work_table_id)
    text = draft.text.map(str.strip)
    errors = rules.text_errors(text)
    if draft.section and draft.section not in sections(db):
        errors["section"] = Sentence(UNKNOWN_SECTION)
    if errors:
        raise InvalidInput(errors)
    of_kind = db.scalars(
        select(TableFinding).where(
            TableFinding.work_table_id == table.id, TableFinding.kind == draft.kind
        )
    ).all()
    for one in of_kind:
        if one.text == text:
            return one.id
    position = 1 + max((one.position for one in of_kind), default=0)
    row = TableFinding(
        work_table_id=table.id,
        kind=draft.kind,
        position=position,
        text=text,
        section=draft.section,
        created_by=actor.account_id or None,
        created_at=now,
    )
    db.add(row)
    db.flush()
    journal.record(db, FindingRecorded(table.id, row.id, draft.kind.value), actor=actor, now=now)
    return row.id


def remove_finding(db: Session, *, actor: Actor, finding_id: int, now: datetime) -> str:
    """Removes a finding, by those who may write it. Returns the edition's slug."""
    row = db.get(TableFinding, finding_id)
    if row is None:
        raise NotFound
    table = _open_table(db, actor, row.work_table_id)
    db.delete(row)
    db.flush()
    journal.record(db, FindingRemoved(table.id, finding_id, str(row.kind)), actor=actor, now=now)
    return db.scalars(select(Edition.slug).where(Edition.id == table.edition_id)).one()


def _open_table(db: Session, actor: Actor, work_table_id: int) -> WorkTable:
    """Returns the table with its row locked, so that two writers at once get two positions."""
    table = db.scalar(select(WorkTable).where(WorkTable.id == work_table_id).with_for_update())
    if table is None:
        raise NotFound
    require_may_write_findings(actor, table.rapporteur_id)
    if is_closed(db, table.edition_id):
        raise AlreadyClosed
    return table
