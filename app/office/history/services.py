"""Brings in sheets of earlier years: uploaded, understood, saved in parts, undone as a whole."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.followup.agreements.services.agreements import bring_agreement
from app.infra import journal
from app.infra.language import both
from app.infra.provenance import AddedRow, added_rows, marked, plain_key, standing, take_out
from app.infra.sheets import Sheet
from app.kernel.actor import SYSTEM, Actor
from app.kernel.refusal import InvalidInput, NotFound, Refusal, Sentence
from app.kernel.text import N_
from app.office.history import policy
from app.office.history.facts import HistoryBrought, HistorySaveAsked, HistoryUndone
from app.office.history.models import HistoryImport, HistoryRow
from app.office.history.queries import (
    added_by,
    addresses_of,
    corrections_of,
    judged,
    may_be_undone,
    numbered_rows,
    people_added,
    sheet_of,
)
from app.office.history.rules.columns import CELL, NOT_READ, fields_of_kind
from app.office.history.rules.people import is_of
from app.office.history.values import (
    OF_A_COUNTRY,
    Correction,
    HistoryState,
    ImportKind,
    JudgedRow,
    MeantPerson,
    PastAgreement,
    PastAttendance,
    PastService,
    PastTraining,
    RowOutcome,
)
from app.participation.attendance.services.history import bring_attendance
from app.people.directory.queries.institutions import country_spellings
from app.people.directory.queries.people import person_of
from app.people.directory.queries.reference import is_country
from app.people.directory.rules.headings import heading_key
from app.people.directory.rules.institutions import country_of_text
from app.people.directory.rules.people import UNDO_LASTS, GivesNoNames
from app.people.directory.services.counts_only import require_names
from app.people.directory.services.history import bring_appointment, bring_person
from app.people.directory.services.institutions import add_written_institution
from app.people.identity.queries import actor_of_account
from app.planning.arranging.services.history import record_past_event
from app.planning.events.values import EventDraft
from app.training.recognised.services import recognise_past
from app.training.recognised.values import RecognisedSource, TrainingClaim

A_PART = 200
"""Rows of a sheet that one transaction looks at."""
SHEETS = UUID("5d0b6ed4-6a43-4a8e-9f5c-2b1d7b0d9f0e")
"""Names the sheets in the tables of others, by the number of the import."""
DAY, DRAFT_LASTS = timedelta(days=1), timedelta(days=30)
LONGEST_KEY, LONGEST_ANSWER, LONGEST_CELL, MOST_ANSWERS = 120, 220, 2_000, 2_000
TOO_LONG = N_("Write at most %(most)s letters.")
WRITTEN_TO = frozenset(
    {
        "person",
        "institution",
        "post",
        "appointment",
        "event",
        "event_group",
        "attendance",
        "recognised_training",
        "agreement",
        "agreement_party",
    }
)
"""Tables whose new rows an undo takes out again."""


class HistoryOver(Refusal):
    """Somebody saved, undid or dropped the sheet meanwhile."""

    rule = "history-over"
    msgid = N_("This sheet was saved or undone meanwhile. Reload the page to see how it stands.")


class NothingReady(Refusal):
    rule = "nothing-ready"
    msgid = N_("No row is ready. Answer what is asked first.")


def begin_import(
    db: Session,
    *,
    actor: Actor,
    kind: ImportKind,
    country_code: str,
    filename: str,
    sheet: Sheet,
    now: datetime,
) -> int:
    """Keeps a sheet to be understood; returns its number. Nothing of it is on record yet.

    Refuses NoHeading, TooManyHistoryRows, and at "country" what is no country.
    """
    policy.require_may_bring(actor, kind, country_code)
    if country_code and not is_country(db, country_code):
        raise InvalidInput({"country": Sentence(N_("Choose a country from the list."))})
    if country_code and kind in OF_A_COUNTRY:
        require_names(db, country_code)
    row = HistoryImport(
        kind=kind,
        country_code=country_code or None,
        filename=" ".join(filename.split())[-200:],
        state=HistoryState.DRAFT,
        rows=[list(cells) for cells in sheet.as_seen()],
        left=[],
        meanings={},
        headings={},
        answers={},
        corrections=[],
        hidden=len(sheet.hidden),
        sheets=sheet.sheets,
        created_at=now,
        created_by=actor.account_id or None,
    )
    row.size = len(sheet_of(db, row).lines)
    db.add(row)
    db.flush()
    return row.id


def say_column(db: Session, *, actor: Actor, import_id: int, place: int, meaning: str) -> None:
    """Says what a column is: the key of a field, or NOT_READ. Another column of that field gives it
    up.
    """
    row = _draft(db, actor, import_id)
    fields = fields_of_kind(ImportKind(row.kind))
    if meaning not in fields and meaning != NOT_READ:
        raise NotFound
    said = {int(key): value for key, value in row.meanings.items()}
    for column in sheet_of(db, row).columns:
        if column.meaning == meaning and column.place != place:
            said[column.place] = NOT_READ
    said[place] = meaning
    row.meanings = {str(key): value for key, value in said.items()}
    row.answers = {}  # they were about other words


def answer_rows(
    db: Session, *, actor: Actor, import_id: int, key: str, answer: str, now: datetime
) -> None:
    """Keeps the answer to a question about rows; "" takes it back. The answer to what a cell says
    is a correction of that cell.
    """
    row = _draft(db, actor, import_id)
    if key.startswith(CELL):
        _correct(db, row, key, answer, actor=actor, now=now)
        return
    if len(key) > LONGEST_KEY or len(answer) > LONGEST_ANSWER or len(row.answers) >= MOST_ANSWERS:
        raise NotFound
    answers = {one: said for one, said in row.answers.items() if one != key}
    row.answers = {**answers, **({key: answer} if answer else {})}


def _correct(
    db: Session, row: HistoryImport, key: str, says: str, *, actor: Actor, now: datetime
) -> None:
    number, _sign, field = key.removeprefix(CELL).partition(":")
    lines = {str(line.number): line for line in sheet_of(db, row).lines}
    if number not in lines or field not in fields_of_kind(ImportKind(row.kind)):
        raise NotFound
    if len(says) > LONGEST_CELL:
        raise InvalidInput({"": Sentence(TOO_LONG, {"most": LONGEST_CELL})})
    if len(row.corrections) >= MOST_ANSWERS:
        raise NotFound
    line = lines[number]
    if says == line[field]:
        return
    one = Correction(line.number, field, line[field], says, actor.account_id, now)
    row.corrections = [*row.corrections, {**asdict(one), "at": now.isoformat()}]


def drop_draft(db: Session, *, actor: Actor, import_id: int) -> None:
    """Throws away a sheet that was not saved."""
    db.delete(_draft(db, actor, import_id))
    db.flush()


def ask_to_save(db: Session, *, actor: Actor, import_id: int, today: date, now: datetime) -> int:
    """Has the ready rows of a sheet saved in the background; returns how many they are. Refuses
    NothingReady, and HistoryOver for a second press.
    """
    row = _draft(db, actor, import_id)
    sheet = judged(db, row, today=today)
    if not sheet.ready:
        raise NothingReady
    row.state, row.size, row.created_by = HistoryState.SAVING, len(sheet.rows), actor.account_id
    row.headings = {
        heading_key(one.heading): one.meaning or NOT_READ
        for one in sheet.sheet.columns
        if one.heading and (one.meaning or str(one.place) in row.meanings)
    }
    row.meanings = {
        str(one.place): one.meaning or NOT_READ for one in sheet.sheet.columns if not one.is_asked
    }
    db.flush()
    fact = HistorySaveAsked(row.id, row.kind, row.country_code or "")
    journal.record(db, fact, actor=actor, now=now)
    return len(sheet.ready)


def save_part(db: Session, *, import_id: int, today: date, now: datetime) -> bool:
    """Writes the next rows of a sheet that is being saved; returns whether more are left.

    Each part is whole with what it notes of itself, so that after a killed worker another goes on
    where this one stopped. What is judged anew here wins over what the page showed.
    """
    row = db.get(HistoryImport, import_id, with_for_update=True)
    if row is None or row.state != HistoryState.SAVING:
        return False
    asked_by = actor_of_account(db, row.created_by, today) if row.created_by else None
    actor = asked_by or SYSTEM
    writer = _Writer(db, row.id, actor=actor, today=today, now=now)
    rows = judged(db, row, today=today, added=writer.people.values()).rows
    part = rows[row.done : row.done + A_PART]
    added: list[tuple[int, AddedRow]] = []
    left: list[list[Any]] = []
    for one in part:
        defect = one.reason
        if one.outcome is RowOutcome.READY:
            before = dict(writer.people)
            try:
                with db.begin_nested(), added_rows(db, WRITTEN_TO) as new:
                    writer.write(one)
            except Refusal as refusal:
                defect, writer.people = refusal.sentence, before
                if isinstance(refusal, GivesNoNames):  # no name of that country is kept
                    left.append([one.line.number, [], dict(both(defect.msgid, **defect.params))])
                    continue
            else:
                row.entered += 1
                added.extend((one.line.number, each) for each in new)
                continue
        if one.outcome is RowOutcome.KNOWN:
            row.known += 1
        else:
            reason = both(defect.msgid, **defect.params) if defect else {}
            left.append([one.line.number, list(one.line.row), dict(reason)])
    marks = marked(db, [each for _number, each in added])
    db.add_all(
        HistoryRow(
            import_id=row.id,
            number=number,
            table_name=each.table,
            key=plain_key(each.key),
            mark=each.mark,
        )
        for (number, _), each in zip(added, marks, strict=True)
    )
    row.left = [*row.left, *left]
    row.done += len(part)
    if row.done < len(rows):
        return True
    _drop_copies(db, row)
    row.state, row.saved_at, row.rows, row.answers = HistoryState.SAVED, now, [], {}
    db.flush()
    fact = HistoryBrought(row.id, row.kind, row.country_code or "", row.entered)
    journal.record(db, fact, actor=actor, now=now)
    return False


def _drop_copies(db: Session, row: HistoryImport) -> None:
    """Drops drafts of the same sheet, which would keep the names of people who are on record now."""
    same = select(HistoryImport).where(
        HistoryImport.state == HistoryState.DRAFT,
        HistoryImport.kind == row.kind,
        HistoryImport.country_code.is_not_distinct_from(row.country_code),
    )
    for draft in db.scalars(same):
        if draft.rows == row.rows:
            db.delete(draft)


class _Writer:
    """Writes rows of an import by the services of those whose they are. Who is new in several rows is
    added once: `people` are those added so far, by the row that names them first.
    """

    def __init__(
        self, db: Session, import_id: int, *, actor: Actor, today: date, now: datetime
    ) -> None:
        self.db, self.actor, self.today, self.now = db, actor, today, now
        self.people = people_added(db, import_id)
        self.batch_id = uuid5(SHEETS, str(import_id))

    def write(self, row: JudgedRow) -> None:
        match row.writes:
            case EventDraft():
                record_past_event(self.db, actor=self.actor, draft=row.writes, now=self.now)
            case PastService():
                self._service(row.writes)
            case PastAttendance() as one:
                bring_attendance(
                    self.db,
                    actor=self.actor,
                    event_id=one.event_id,
                    person_id=self.person(one.person),
                    country_code=one.person.country_code,
                    minutes=one.minutes,
                    now=self.now,
                )
            case PastTraining() as one:
                recognise_past(
                    self.db,
                    actor=self.actor,
                    person_id=self.person(one.person),
                    country_code=one.person.country_code,
                    claim=TrainingClaim(
                        one.course, RecognisedSource.PAPER, one.title, one.completed_on, one.hours
                    ),
                    batch_id=self.batch_id,
                    now=self.now,
                )
            case PastAgreement() as one:
                bring_agreement(
                    self.db,
                    actor=self.actor,
                    event_id=one.event_id,
                    draft=one.draft,
                    status=one.status,
                    now=self.now,
                )
            case None:
                raise TypeError(f"row {row.line.number} is ready and writes nothing")

    def person(self, meant: MeantPerson) -> int:
        if meant.id is not None:
            return meant.id
        if meant.first not in self.people:
            self.people[meant.first] = bring_person(
                self.db,
                actor=self.actor,
                country_code=meant.country_code,
                full_name=meant.name,
                email=meant.email,
            )
        return self.people[meant.first]

    def _service(self, one: PastService) -> None:
        country = one.person.country_code
        institution_id = one.institution_id or add_written_institution(
            self.db, actor=self.actor, country_code=country, name=one.institution, now=self.now
        )
        bring_appointment(
            self.db,
            actor=self.actor,
            country_code=country,
            person_id=self.person(one.person),
            institution_id=institution_id,
            post_title=one.post,
            valid_from=one.valid_from,
            valid_until=one.valid_until,
            today=self.today,
            now=self.now,
        )


def undo_import(db: Session, *, actor: Actor, import_id: int, now: datetime) -> int:
    """Takes out again what an import added; returns how many rows of the database stay because they
    were changed by hand since, or others use them. Refuses HistoryOver after ninety days.
    """
    row = _locked(db, actor, import_id)
    if not may_be_undone(row, now):
        raise HistoryOver
    rows = added_by(db, import_id)
    stays = standing(db, rows)
    take_out(db, [one for one in rows if one not in stays])
    db.execute(delete(HistoryRow).where(HistoryRow.import_id == import_id))
    row = _locked(db, actor, import_id)
    row.state, row.kept, row.left = HistoryState.UNDONE, len(stays), []
    row.corrections = []
    row.undone_at, row.undone_by = now, actor.account_id or None
    db.flush()
    fact = HistoryUndone(row.id, row.kind, row.country_code or "", len(stays))
    journal.record(db, fact, actor=actor, now=now)
    return len(stays)


def erase_person(db: Session, *, person_id: int, now: datetime) -> None:
    """Takes the rows that name somebody out of the sheets that are kept, with what was typed over
    them. A shorter spelling of the name counts as well.
    """
    person = person_of(db, person_id)
    if person is not None:
        name, addresses = person.own_name, addresses_of(db, person)
        _forget_rows(db, lambda cells: is_of(cells, name, addresses))


def forget_country(db: Session, *, country_code: str, names: Collection[str]) -> None:
    """Takes every row out of the sheets of a country that gives no names any more, and out of those of
    several countries the rows that are of it.
    """
    of_country = HistoryImport.country_code == country_code
    db.execute(delete(HistoryImport).where(of_country, HistoryImport.state == HistoryState.DRAFT))
    db.execute(update(HistoryImport).where(of_country).values(rows=[], left=[], corrections=[]))
    spellings = country_spellings(db)

    def is_of_country(cells: Sequence[str]) -> bool:
        return any(country_of_text(cell, spellings) == country_code for cell in cells) or any(
            is_of(cells, name, ()) for name in names
        )

    _forget_rows(db, is_of_country)


def _forget_rows(db: Session, is_theirs: Callable[[Sequence[str]], bool]) -> None:
    query = select(HistoryImport).where(HistoryImport.state != HistoryState.UNDONE)
    for row in db.scalars(query.order_by(HistoryImport.id).with_for_update()):
        gone = {number for number, cells in numbered_rows(row) if is_theirs(cells)}
        gone |= {one.row for one in corrections_of(row) if is_theirs((one.was, one.says))}
        row.rows = [
            [] if number in gone else cells for number, cells in enumerate(row.rows, start=1)
        ]
        row.left = [one for one in row.left if one[0] not in gone]
        row.corrections = [one for one in row.corrections if one["row"] not in gone]
    db.flush()


def let_sheets_go(db: Session, *, today: date, now: datetime) -> int:
    """Drops sheets that nobody saved for a month, or of which a day later nothing is left to enter;
    and the rows that did not enter once an import can no longer be undone. Returns how many sheets.
    """
    dropped = 0
    drafts = select(HistoryImport).where(
        HistoryImport.state == HistoryState.DRAFT, HistoryImport.created_at < now - DAY
    )
    for draft in db.scalars(drafts.order_by(HistoryImport.id)).all():
        if draft.created_at < now - DRAFT_LASTS or _is_on_record(db, draft, today):
            db.delete(draft)
            dropped += 1
    over = select(HistoryImport).where(
        HistoryImport.state == HistoryState.SAVED, HistoryImport.saved_at < now - UNDO_LASTS
    )
    for row in db.scalars(over):
        dropped += bool(row.left)
        row.left, row.corrections = [], []
        db.execute(delete(HistoryRow).where(HistoryRow.import_id == row.id))
    db.flush()
    return dropped


def _is_on_record(db: Session, draft: HistoryImport, today: date) -> bool:
    sheet = judged(db, draft, today=today)
    return bool(sheet.known) and not sheet.of(RowOutcome.READY, RowOutcome.ASKED)


def _locked(db: Session, actor: Actor, import_id: int) -> HistoryImport:
    row = db.get(HistoryImport, import_id, with_for_update=True)
    if row is None:
        raise NotFound
    policy.require_may_see(actor, ImportKind(row.kind), row.country_code or "")
    return row


def _draft(db: Session, actor: Actor, import_id: int) -> HistoryImport:
    row = _locked(db, actor, import_id)
    if row.state != HistoryState.DRAFT:
        raise HistoryOver
    return row
