"""Imports as the pages show them, and what is on record of all that a sheet may speak of."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Text, cast, or_, select
from sqlalchemy.orm import Session

from app.followup.agreements.models import Agreement
from app.followup.agreements.values import Paragraph
from app.infra.provenance import AddedRow, key_of, standing
from app.kernel.actor import SYSTEM, Actor, Role
from app.kernel.days import WrittenDate
from app.kernel.refusal import NotFound
from app.kernel.text import LocalizedText
from app.office.history import policy
from app.office.history.models import HistoryImport, HistoryRow
from app.office.history.rules.columns import read_sheet
from app.office.history.rules.judging import judge_sheet
from app.office.history.values import (
    OF_A_COUNTRY,
    Correction,
    HistorySheet,
    HistoryState,
    ImportKind,
    ImportView,
    JudgedSheet,
    KnownAgreement,
    KnownEvent,
    KnownPerson,
    KnownService,
    OnRecord,
)
from app.people.directory.models import Appointment, Country, Institution, Person, Post
from app.people.directory.policy import may_keep_reference
from app.people.directory.queries.institutions import country_spellings
from app.people.directory.queries.reference import body_groups
from app.people.directory.queries.roster import is_erased
from app.people.directory.rules.institutions import KnownInstitution
from app.people.directory.rules.people import UNDO_LASTS, plain_key
from app.people.identity.queries import accounts_of_person, names_of_accounts
from app.planning.events.models import Attendance, Event
from app.planning.events.queries.events import visible_to
from app.training.recognised.models import RecognisedTraining
from app.training.recognised.queries import courses

ABOUT_EVENTS = frozenset({ImportKind.EVENTS, ImportKind.ATTENDANCE, ImportKind.AGREEMENTS})
MOST_LISTED = 100
MOST_REMEMBERED = 20
_NEWEST_FIRST = (HistoryImport.created_at.desc(), HistoryImport.id.desc())


def imports_of(db: Session, *, actor: Actor, now: datetime) -> tuple[ImportView, ...]:
    """Returns the imports that the actor may see, the newest first. Two statements."""
    query = select(HistoryImport).order_by(*_NEWEST_FIRST).limit(MOST_LISTED)
    if not may_keep_reference(actor):
        query = query.where(
            HistoryImport.country_code.in_(actor.scopes(Role.FOCAL_POINT)),
            HistoryImport.kind.in_(policy.kinds_for(actor)),
        )
    rows = db.scalars(query).all()
    return _views(db, rows, now)


def import_of(db: Session, *, actor: Actor, import_id: int) -> HistoryImport:
    """Returns an import; not found for who may not bring in such sheets of its country."""
    row = db.get(HistoryImport, import_id)
    if row is None:
        raise NotFound
    policy.require_may_see(actor, ImportKind(row.kind), row.country_code or "")
    return row


def view_of(db: Session, *, actor: Actor, import_id: int, now: datetime) -> ImportView:
    [view] = _views(db, [import_of(db, actor=actor, import_id=import_id)], now)
    return view


def added_by(db: Session, import_id: int) -> list[AddedRow]:
    """Returns the rows of the database that an import added, in the order of writing."""
    query = select(HistoryRow).where(HistoryRow.import_id == import_id).order_by(HistoryRow.id)
    return [
        AddedRow(row.table_name, key_of(row.table_name, row.key), row.mark)
        for row in db.scalars(query)
    ]


def number_staying(db: Session, import_id: int) -> int:
    """Counts the rows of the database that an undo would leave, because they were changed by hand
    since or others use them.
    """
    return len(standing(db, added_by(db, import_id)))


def sheet_of(db: Session, row: HistoryImport) -> HistorySheet:
    """Reads the sheet of an import, with what was said of its columns. Raises NoHeading,
    TooManyHistoryRows.
    """
    typed: dict[int, dict[str, str]] = {}
    for one in corrections_of(row):
        typed.setdefault(one.row, {})[one.field] = one.says
    return read_sheet(
        row.rows,
        kind=ImportKind(row.kind),
        remembered=remembered_headings(db, ImportKind(row.kind)),
        answers={int(place): said for place, said in row.meanings.items()},
        typed=typed,
    )


def corrections_of(row: HistoryImport) -> list[Correction]:
    """Returns what was typed over cells of a sheet, in its order."""
    return [
        Correction(**{**one, "at": datetime.fromisoformat(one["at"])}) for one in row.corrections
    ]


def numbered_rows(row: HistoryImport) -> Iterator[tuple[int, Sequence[str]]]:
    """Yields the rows that are kept of a sheet by their number in it."""
    yield from enumerate(row.rows, start=1)
    yield from ((number, cells) for number, cells, _reason in row.left)


def addresses_of(db: Session, person: Person) -> frozenset[str]:
    """Returns the addresses of somebody, their contact and those to sign in, in lower case."""
    every = (person.own_email, *accounts_of_person(db, person.id).values())
    return frozenset(one.lower() for one in every if one)


def people_added(db: Session, import_id: int) -> dict[int, int]:
    """Returns the people whom an import added so far, by the number of the row."""
    query = select(HistoryRow.number, HistoryRow.key).where(
        HistoryRow.import_id == import_id, HistoryRow.table_name == "person"
    )
    return {number: person_id for number, (person_id,) in db.execute(query)}


def judged(
    db: Session, row: HistoryImport, *, today: date, added: Collection[int] = ()
) -> JudgedSheet:
    """Judges all rows of the sheet of an import against what is on record. `added`: people whom the
    sheet itself added, and who are new in it as they were at first.
    """
    kind, country = ImportKind(row.kind), row.country_code or ""
    record = on_record(db, kind=kind, country=country)
    return judge_sheet(
        sheet_of(db, row),
        record=replace(record, people=[one for one in record.people if one.id not in added]),
        answers=row.answers,
        country=country,
        today=today,
    )


def remembered_headings(db: Session, kind: ImportKind) -> Mapping[str, str]:
    """Returns what the columns of the sheets saved last were said to be, by heading; the newest word
    counts. Headings name nobody, so that all countries learn from each other.
    """
    query = (
        select(HistoryImport.headings)
        .where(HistoryImport.kind == kind, HistoryImport.saved_at.is_not(None))
        .order_by(*_NEWEST_FIRST)
        .limit(MOST_REMEMBERED)
    )
    said: dict[str, str] = {}
    for headings in reversed(db.scalars(query).all()):
        said.update(headings)
    return said


def on_record(db: Session, *, kind: ImportKind, country: str) -> OnRecord:
    """Returns what is on record of all that a sheet of this kind may speak of; people only of the
    `country`, where there is one. Not scoped by actor: judging tells of each row no more than the
    row says itself.
    """
    countries = db.scalars(select(Country)).all()
    is_about_training = kind is ImportKind.CERTIFICATES
    names: dict[Any, LocalizedText] = {}
    return OnRecord(
        spellings=country_spellings(db),
        country_names={one.code: one.name for one in countries},
        groups={} if kind in OF_A_COUNTRY else _groups(db),
        people=_people(db, country) if kind in OF_A_COUNTRY else (),
        institutions=_institutions(db, country, names) if kind is ImportKind.ROSTER else (),
        services=_services(db, country) if kind is ImportKind.ROSTER else (),
        events=_events(db, country, names) if kind in ABOUT_EVENTS else (),
        attended=_attended(db) if kind is ImportKind.ATTENDANCE else frozenset(),
        courses=_courses(db, names) if is_about_training else {},
        trainings=_trainings(db, country, is_over=False) if is_about_training else frozenset(),
        ended=_trainings(db, country, is_over=True) if is_about_training else frozenset(),
        agreements=_agreements(db) if kind is ImportKind.AGREEMENTS else (),
        names=names,
    )


def _groups(db: Session) -> dict[str, str]:
    return {
        plain_key(text): one.key
        for one in body_groups(db)
        if one.is_used
        for text in (one.code, *one.name.values())
        if text
    }


def _people(db: Session, country: str) -> list[KnownPerson]:
    columns = (
        Person.id,
        Person.own_name.label("own_name"),
        Person.full_name,
        Person.own_email.label("own_email"),
        Person.country_code,
    )
    query = select(*columns).where(Person.is_guest.is_(False), Person.merged_into_id.is_(None))
    wanted = (
        query.where(Person.country_code == country)
        if country
        else query.where(Person.country_code.is_not(None))
    )
    return [
        KnownPerson(row.id, row.own_name, row.own_email, row.country_code or "", row.full_name)
        for row in db.execute(wanted.order_by(Person.id))
        if not is_erased(row.id, row.full_name)
    ]


def _institutions(
    db: Session, country: str, names: dict[Any, LocalizedText]
) -> list[KnownInstitution]:
    query = select(Institution).where(Institution.closed_on.is_(None)).order_by(Institution.id)
    if country:
        query = query.where(Institution.country_code == country)
    rows = db.scalars(query).all()
    names.update((row.id, row.name) for row in rows)
    return [KnownInstitution(row.id, row.country_code, tuple(row.name.values())) for row in rows]


def _services(db: Session, country: str) -> list[KnownService]:
    query = (
        select(
            Appointment.person_id,
            Post.institution_id,
            Post.title,
            Appointment.valid_from,
            Appointment.valid_until,
        )
        .join(Post, Post.id == Appointment.post_id)
        .join(Institution, Institution.id == Post.institution_id)
    )
    if country:
        query = query.where(Institution.country_code == country)
    return [
        KnownService(
            row.person_id,
            row.institution_id,
            tuple(row.title.values()),
            row.valid_from,
            row.valid_until,
        )
        for row in db.execute(query)
    ]


def _events(db: Session, country: str, names: dict[Any, LocalizedText]) -> list[KnownEvent]:
    """Returns what was published; a sheet of one country is asked about no confidential meeting."""
    wanted = (
        Event.id,
        Event.title,
        Event.wall_starts,
        Event.found_start,
        Event.found_end,
        Event.starts_at,
        Event.ends_at,
        Event.is_all_day,
    )
    query = select(*wanted).where(
        visible_to(SYSTEM), or_(Event.status == "published", Event.status == "cancelled")
    )
    if country:
        query = query.where(Event.is_confidential.is_(False))
    found = []
    for row in db.execute(query.order_by(Event.starts_at, Event.id)):
        on = row.found_start or row.wall_starts[: len("2023-03-14")]
        is_timed = row.starts_at is not None and not row.is_all_day
        minutes = round((row.ends_at - row.starts_at).total_seconds() / 60) if is_timed else None
        when = WrittenDate(on, row.found_end) if on else None
        names[row.id] = row.title
        found.append(KnownEvent(row.id, tuple(row.title.values()), when, minutes))
    return found


def _attended(db: Session) -> frozenset[tuple[UUID, int]]:
    rows = db.execute(select(Attendance.event_id, Attendance.person_id))
    return frozenset((event_id, person_id) for event_id, person_id in rows)


def _courses(db: Session, names: dict[Any, LocalizedText]) -> dict[str, tuple[str, ...]]:
    ours = courses(db)
    names.update((one.slug, one.title) for one in ours)
    return {one.slug: tuple(one.title.values()) for one in ours}


def _trainings(db: Session, country: str, *, is_over: bool) -> frozenset[tuple[int, str, date]]:
    slugs = {one.id: one.slug for one in courses(db)}
    query = select(
        RecognisedTraining.person_id, RecognisedTraining.course_id, RecognisedTraining.completed_on
    ).where(
        RecognisedTraining.ended_at.is_not(None)
        if is_over
        else RecognisedTraining.ended_at.is_(None)
    )
    if country:
        query = query.where(RecognisedTraining.country_code == country)
    return frozenset(
        (person_id, slugs.get(course_id, ""), on) for person_id, course_id, on in db.execute(query)
    )


def _agreements(db: Session) -> list[KnownAgreement]:
    query = select(Agreement.event_id, Agreement.number, Agreement.letter, Agreement.text)
    return [
        KnownAgreement(row.event_id, Paragraph(row.number, row.letter), tuple(row.text.values()))
        for row in db.execute(query.where(Agreement.plan_id.is_(None)))
    ]


def _views(db: Session, imports: Sequence[HistoryImport], now: datetime) -> tuple[ImportView, ...]:
    accounts = {one.created_by for one in imports} | {one.undone_by for one in imports}
    names = names_of_accounts(db, {one for one in accounts if one is not None})
    countries = {one.code: one.name for one in db.scalars(select(Country))} if imports else {}
    return tuple(
        ImportView(
            id=one.id,
            kind=ImportKind(one.kind),
            filename=one.filename,
            country_code=one.country_code or "",
            country=countries.get(one.country_code or ""),
            state=HistoryState(one.state),
            rows=one.size,
            entered=one.entered,
            known=one.known,
            left=one.size - one.entered - one.known,
            done=one.done,
            created_at=one.created_at,
            saved_at=one.saved_at,
            undone_at=one.undone_at,
            by=names.get(one.created_by or 0, ""),
            undone_by=names.get(one.undone_by or 0, ""),
            kept=one.kept,
            is_undoable=may_be_undone(one, now),
        )
        for one in imports
    )


def may_be_undone(row: HistoryImport, now: datetime) -> bool:
    """Returns True for ninety days after the import was saved."""
    if row.state != HistoryState.SAVED or row.saved_at is None:
        return False
    return now <= row.saved_at + UNDO_LASTS


def personal_data(db: Session, person_id: int) -> dict[str, Any]:
    """Returns which rows about the person came from a sheet, and the rows with an address of theirs that
    are kept and did not enter, or not yet. A name alone may be another's.
    """
    query = (
        select(HistoryRow.import_id, HistoryRow.number, HistoryImport.saved_at)
        .join(HistoryImport, HistoryImport.id == HistoryRow.import_id)
        .where(HistoryRow.table_name == "person", cast(HistoryRow.key, Text) == f"[{person_id}]")
    )
    rows = db.execute(query).all()
    person = db.get(Person, person_id)
    addresses = addresses_of(db, person) if person else frozenset()
    kept = [
        {"import": one.id, "row": number, "cells": list(cells)}
        for one in db.scalars(select(HistoryImport).order_by(HistoryImport.id))
        for number, cells in numbered_rows(one)
        if addresses and addresses & {cell.strip().lower() for cell in cells}
    ]
    return {
        "history": [
            {"import": row.import_id, "row": row.number, "saved_at": _iso(row.saved_at)}
            for row in rows
        ],
        "history_not_entered": kept,
    }


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
