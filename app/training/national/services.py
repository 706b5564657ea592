"""Filling and checking the page of a country."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.infra import journal
from app.kernel.actor import Actor
from app.kernel.refusal import Kind, NotFound, Refusal
from app.kernel.text import N_, LocalizedText
from app.people.directory.queries.roster import country_of
from app.training.national import policy, rules
from app.training.national.facts import NationalPageChanged, NationalPageChecked
from app.training.national.models import NationalLine, NationalPageRow
from app.training.national.values import LineDraft


class PageFull(Refusal):
    rule = "national-page-full"
    msgid = N_("A page holds at most %(most)s lines. Remove one that is no longer needed.")


class NothingToCheck(Refusal):
    kind = Kind.CONFLICT
    rule = "national-page-empty"
    msgid = N_("The page is empty. Add what is missing, then check it.")


def add_line(
    db: Session, *, actor: Actor, country_code: str, draft: LineDraft, now: datetime
) -> int:
    """Adds a line to a country's page; returns its id. Raises InvalidInput by field."""
    policy.require_may_fill(actor, country_code)
    rules.require_sound(draft, country_code=country_code)
    _touch(db, country_code, now)
    if _count(db, country_code) >= rules.MOST_LINES:
        raise PageFull(most=rules.MOST_LINES)
    row = NationalLine(country_code=country_code, kind=draft.kind.value)
    _write(row, draft)
    db.add(row)
    db.flush()
    _record(db, actor, country_code, "add", now)
    return row.id


def change_line(
    db: Session,
    *,
    actor: Actor,
    country_code: str,
    line_id: int,
    draft: LineDraft,
    now: datetime,
) -> None:
    """Changes a line, whose kind stays. Raises InvalidInput by field."""
    row = _line(db, actor, country_code, line_id)
    rules.require_sound(draft, country_code=country_code)
    _touch(db, country_code, now)
    _write(row, draft)
    db.flush()
    _record(db, actor, country_code, "change", now)


def remove_line(
    db: Session, *, actor: Actor, country_code: str, line_id: int, now: datetime
) -> None:
    row = _line(db, actor, country_code, line_id)
    _touch(db, country_code, now)
    db.delete(row)
    db.flush()
    _record(db, actor, country_code, "remove", now)


def write_notes(
    db: Session, *, actor: Actor, country_code: str, notes: LocalizedText, now: datetime
) -> None:
    policy.require_may_fill(actor, country_code)
    rules.require_sound_notes(notes)
    _touch(db, country_code, now).notes = notes
    db.flush()
    _record(db, actor, country_code, "notes", now)


def check_page(db: Session, *, actor: Actor, country_code: str, now: datetime) -> None:
    """Records that everything on the page is right today. Raises NothingToCheck for an empty one."""
    policy.require_may_check(actor, country_code)
    page = db.scalar(
        select(NationalPageRow)
        .where(NationalPageRow.country_code == country_code)
        .with_for_update()
    )
    if page is None or not _count(db, country_code):
        raise NothingToCheck
    page.checked_at = now
    db.flush()
    journal.record(db, NationalPageChecked(country_code), actor=actor, now=now)


def _line(db: Session, actor: Actor, country_code: str, line_id: int) -> NationalLine:
    policy.require_may_fill(actor, country_code)
    row = db.get(NationalLine, line_id, with_for_update=True)
    if row is None or row.country_code != country_code:
        raise NotFound
    return row


def _touch(db: Session, country_code: str, now: datetime) -> NationalPageRow:
    if country_of(db, country_code) is None:
        raise NotFound
    page = db.get(NationalPageRow, country_code, with_for_update=True)
    if page is None:
        page = NationalPageRow(country_code=country_code, notes=LocalizedText(), changed_at=now)
        db.add(page)
    page.changed_at = now
    db.flush()
    return page


def _count(db: Session, country_code: str) -> int:
    count = select(func.count(NationalLine.id)).where(NationalLine.country_code == country_code)
    return db.scalar(count) or 0


def _write(row: NationalLine, draft: LineDraft) -> None:
    row.name = draft.name
    row.about = draft.about
    row.adopted_on = draft.adopted_on
    row.url = draft.url
    row.address = draft.address
    row.telephone = draft.telephone
    row.email = draft.email
    row.hours = draft.hours
    row.timezone = draft.timezone
    row.spoken = draft.spoken
    row.is_of_office = draft.is_of_office


def _record(db: Session, actor: Actor, country_code: str, change: str, now: datetime) -> None:
    journal.record(db, NationalPageChanged(country_code, change), actor=actor, now=now)
