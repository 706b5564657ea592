"""Periods, rows, passing a row on, sending, and publishing: the only writers of the matrix.

Whoever writes a row holds a share of the period's row; whoever adds rows or closes a period holds it
alone: nothing is written beside a closing, and two who add the same fact at once add it once.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from app.followup.agreements.queries.agreements import open_of_countries, sections
from app.followup.agreements.services.agreements import (
    UNKNOWN_SECTION,
    propose_followup,
    set_as_told,
)
from app.followup.matrix import policy, rules
from app.followup.matrix.facts import (
    MatrixPeriodClosed,
    MatrixPeriodMoved,
    MatrixPeriodOpened,
    MatrixPeriodPublished,
    MatrixRowCameBack,
    MatrixRowPassed,
    MatrixRowReleased,
    MatrixRowRemoved,
    MatrixRowReopened,
    MatrixRowTakenBack,
    MatrixRowWritten,
    MatrixSent,
)
from app.followup.matrix.models import MatrixPeriod, MatrixRow
from app.followup.matrix.queries import (
    AUTHORS,
    country_matrix,
    edition_id_of,
    edition_slug_of,
    lock_editions,
    matrix_row,
    passed_row,
    period_of,
    rows_called,
    rows_on_agreements,
    unsent_of_before,
)
from app.followup.matrix.values import (
    CountryMatrix,
    Held,
    LineOutcome,
    MatrixLine,
    Period,
    PeriodDraft,
    RowDraft,
    RowKind,
    RowSharing,
    RowState,
    RowStatus,
)
from app.followup.practices.services import keep_practice
from app.followup.practices.values import Category, OrganisationType, PracticeDraft
from app.infra import journal
from app.infra.email_address import canonical_email
from app.kernel.actor import ANONYMOUS, SYSTEM, Actor
from app.kernel.reference import reference_day
from app.kernel.refusal import InvalidInput, NotFound, Sentence
from app.kernel.seen import require_as_seen
from app.kernel.text import N_, LocalizedText
from app.people.directory.facts import ExportMade
from app.people.directory.queries.people import emails_of_person
from app.people.directory.queries.reference import is_country
from app.people.identity.services.accounts import forget_author
from app.planning.events.queries.references import draft_titled
from app.planning.scheduling.services import claims

UNKNOWN_EDITION = N_("Choose an edition of the congress from the list.")
TWO_CLICKS = timedelta(minutes=1)
LONGEST_PRACTICE_TITLE = 200
CATEGORIES = {
    RowKind.SUCCESS_STORY: Category.SUCCESS_STORY,
    RowKind.REGULATORY: Category.REGULATION,
}
CARRIED = (
    "kind",
    "fact",
    "section",
    "phase",
    "status",
    "month",
    "evidence_url",
    "evidence_key",
    "evidence_name",
    "contact",
    "sharing",
    "instrument_type",
    "instrument_date",
    "is_practice",
    "held",
)
"""What a row of a late country brings along."""


def open_period(db: Session, *, actor: Actor, draft: PeriodDraft, now: datetime) -> int:
    """Opens a period of an edition with part A prefilled for every country, and returns its id.

    The facts of part B that a late country did not send in the period before come along as drafts.
    Raises PeriodsOverlap, InvalidInput.
    """
    policy.require_may_run_matrix(actor)
    rules.require_sound_period(draft)
    edition_id = edition_id_of(db, draft.edition)
    if edition_id is None:
        raise InvalidInput({"edition": Sentence(UNKNOWN_EDITION)})
    _require_free_days(db, draft, edition_id=edition_id)
    row = MatrixPeriod(
        edition_id=edition_id,
        covers_from=draft.covers_from,
        opens_on=draft.opens_on,
        closes_on=draft.closes_on,
        opened_at=now,
        opened_by=actor.account_id or None,
    )
    db.add(row)
    db.flush()
    rows = prefill_rows(db, period_id=row.id, now=now) + _carry_over(db, row, now=now)
    journal.record(db, MatrixPeriodOpened(row.id, rows), actor=actor, now=now)
    return row.id


def move_period(
    db: Session, *, actor: Actor, period_id: int, draft: PeriodDraft, now: datetime
) -> bool:
    """Gives a period that is not closed other days; its edition stays. Returns False where nothing
    changed. Raises PeriodNotOpen, PeriodsOverlap, InvalidInput.
    """
    policy.require_may_run_matrix(actor)
    rules.require_sound_period(draft)
    row, _shown = _locked_period(db, period_id, now=now, is_alone=True)
    if row.closed_at is not None:
        raise rules.PeriodNotOpen
    _require_free_days(db, draft, edition_id=row.edition_id, but=period_id)
    days = (draft.covers_from, draft.opens_on, draft.closes_on)
    if days == (row.covers_from, row.opens_on, row.closes_on):
        return False
    row.covers_from, row.opens_on, row.closes_on = days
    db.flush()
    journal.record(db, MatrixPeriodMoved(row.id), actor=actor, now=now)
    return True


def close_period(db: Session, *, actor: Actor, period_id: int, now: datetime) -> None:
    """Closes a period before its last day has passed. A second time changes nothing."""
    policy.require_may_run_matrix(actor)
    row, _shown = _locked_period(db, period_id, now=now, is_alone=True)
    if row.closed_at is None:
        row.closed_at = now
        db.flush()
        journal.record(db, MatrixPeriodClosed(row.id), actor=actor, now=now)


def _require_free_days(db: Session, draft: PeriodDraft, *, edition_id: int, but: int = 0) -> None:
    """Refuses days in which another period is not closed, and the last day of another period of the
    edition, closed or not. One writer at a time.
    """
    lock_editions(db)
    same_end = select(MatrixPeriod.id).where(
        MatrixPeriod.edition_id == edition_id,
        MatrixPeriod.closes_on == draft.closes_on,
        MatrixPeriod.closed_at.is_not(None),
        MatrixPeriod.id != but,
    )
    if db.scalar(same_end.limit(1)) is not None:
        raise InvalidInput({"closes_on": Sentence(rules.SAME_LAST_DAY)})
    overlapping = select(MatrixPeriod.id).where(
        MatrixPeriod.closes_on >= draft.opens_on,
        MatrixPeriod.opens_on <= draft.closes_on,
        MatrixPeriod.closed_at.is_(None),
        MatrixPeriod.id != but,
    )
    if db.scalar(overlapping.limit(1)) is not None:
        raise rules.PeriodsOverlap


def prefill_rows(db: Session, *, period_id: int, now: datetime) -> int:
    """Gives each country a row for every open agreement and activity that it answers for, where it
    has none yet. Returns how many it made; again it makes those of what was agreed since, and none
    once the period is closed.
    """
    period, _shown = _locked_period(db, period_id, now=now, is_alone=True)
    if period.closed_at is not None:
        return 0
    known = {
        (row.country_code, row.agreement_id)
        for row in db.execute(
            select(MatrixRow.country_code, MatrixRow.agreement_id).where(
                MatrixRow.period_id == period_id
            )
        )
    }
    fresh = [
        {
            "period_id": period_id,
            "country_code": country,
            "agreement_id": agreement_id,
            "fact": LocalizedText(),
            "section": section,
            "created_at": now,
            "changed_at": now,
        }
        for country, agreement_id, section in open_of_countries(db)
        if (country, agreement_id) not in known
    ]
    if fresh:
        db.execute(insert(MatrixRow), fresh)
    return len(fresh)


def write_row(
    db: Session, *, actor: Actor, row_id: int, draft: RowDraft, now: datetime, seen: str = ""
) -> frozenset[Held]:
    """Saves one row of the actor's country, complete or not, and returns why it is held for review.

    `seen`: the mark of the draft that the writer began from. Raises PeriodNotOpen, RowIsSent,
    ChangedMeanwhile, and InvalidInput by field.
    """
    row = _open_row(db, row_id, actor=actor, now=now)
    was = matrix_row(db, actor=SYSTEM, row_id=row.id).as_draft()
    if draft == was:
        return frozenset(map(Held, row.held.split()))
    require_as_seen(seen, was)
    return _write(db, row, draft, actor=actor, now=now)


def add_row(
    db: Session, *, actor: Actor, period_id: int, country: str, draft: RowDraft, now: datetime
) -> int:
    """Adds a fact to part B of the actor's country and returns its id. The same draft again returns
    the row that has it.
    """
    policy.require_may_report(actor, country)
    _open_period(db, period_id, now=now, is_alone=True)
    if not is_country(db, country):
        raise NotFound
    matrix = country_matrix(
        db, actor=SYSTEM, period_id=period_id, country=country, today=reference_day(now)
    )
    same = [row.id for row in matrix.new if row.as_draft() == draft]
    if same:
        return same[0]
    if len(matrix.new) >= rules.MOST_NEW:
        raise rules.TooManyNew(most=rules.MOST_NEW)
    row = _blank_row(period_id, country, now)
    _write(db, row, draft, actor=actor, now=now)
    return row.id


def bring_rows(
    db: Session, *, actor: Actor, period_id: int, rows: Sequence[MatrixLine], now: datetime
) -> dict[int, LineOutcome]:
    """Brings in the lines of a sheet as drafts, which each country checks and sends: all or none.
    Returns what became of each, by its number.

    A line about an agreement answers it where nobody has; any other is a fact of part B, without the
    limit for what is typed. A line that is there already changes nothing. Raises PeriodNotOpen, and
    InvalidInput with a sentence for each line that cannot come in ("line-3").
    """
    _open_period(db, period_id, now=now, is_alone=True)
    codes = sections(db)
    known = {
        country: country_matrix(
            db, actor=SYSTEM, period_id=period_id, country=country, today=reference_day(now)
        )
        for country in sorted({row.country for row in rows})
        if policy.may_bring_rows_of(actor, country)
    }
    drafts = {country: {row.as_draft() for row in matrix.new} for country, matrix in known.items()}
    errors: dict[str, Sentence] = {}
    outcomes: dict[int, LineOutcome] = {}
    for row in rows:
        try:
            if row.country not in known:
                raise InvalidInput({"country": Sentence(rules.NOT_YOURS)})
            rules.require_complete(row.draft, is_agreed=row.agreement_id is not None)
            if row.agreement_id is not None:
                is_new = _bring_answer(
                    db, known[row.country], row, actor=actor, now=now, codes=codes
                )
                outcomes[row.line] = LineOutcome.ANSWER if is_new else LineOutcome.KNOWN
            elif (draft := _tidied(row.draft)) in drafts[row.country]:
                outcomes[row.line] = LineOutcome.KNOWN
            else:
                blank = _blank_row(period_id, row.country, now)
                _write(db, blank, draft, actor=actor, now=now, codes=codes)
                drafts[row.country].add(draft)
                outcomes[row.line] = LineOutcome.FACT
        except InvalidInput as refusal:
            errors[f"line-{row.line}"] = next(iter(refusal.errors.values()))
        except rules.RowIsSent as refusal:
            errors[f"line-{row.line}"] = refusal.sentence
    if errors:
        raise InvalidInput(errors)
    return outcomes


def _bring_answer(
    db: Session,
    matrix: CountryMatrix,
    line: MatrixLine,
    *,
    actor: Actor,
    now: datetime,
    codes: Collection[str],
) -> bool:
    """Answers the row about the line's agreement. Returns False where it says the same already."""
    own = next((row for row in matrix.agreed if row.agreement_id == line.agreement_id), None)
    if own is None:
        raise InvalidInput({"agreement": Sentence(rules.NOT_AGREED_HERE)})
    draft = _tidied(line.draft, own.section)
    if own.as_draft() == draft:
        return False
    if own.state is not RowState.DRAFT:
        raise rules.RowIsSent
    if own.is_answered:
        raise InvalidInput({"status": Sentence(rules.ANSWERED_ALREADY)})
    _write(db, _locked(db, own.id), draft, actor=actor, now=now, codes=codes)
    return True


def remove_row(db: Session, *, actor: Actor, row_id: int, now: datetime) -> None:
    """Removes a fact of part B that was not sent. What was agreed stays in the matrix."""
    row = _open_row(db, row_id, actor=actor, now=now)
    if row.agreement_id is not None:
        raise NotFound
    fact = MatrixRowRemoved(row.id, row.country_code)
    db.delete(row)
    db.flush()
    journal.record(db, fact, actor=actor, now=now)


def confirm_unchanged(
    db: Session, *, actor: Actor, period_id: int, country: str, now: datetime
) -> int:
    """Answers "no change" for every row of part A that nobody has answered and no colleague has.
    Returns how many.
    """
    policy.require_may_report(actor, country)
    _open_period(db, period_id, now=now)
    rows = db.scalars(
        select(MatrixRow)
        .where(
            MatrixRow.period_id == period_id,
            MatrixRow.country_code == country,
            MatrixRow.agreement_id.is_not(None),
            MatrixRow.state == RowState.DRAFT,
            MatrixRow.status == "",
            MatrixRow.passed_at.is_(None),
        )
        .order_by(MatrixRow.id)
        .with_for_update()
    ).all()
    for row in rows:
        row.status, row.changed_at = RowStatus.NO_CHANGE, now
        row.changed_by = actor.account_id or None
    db.flush()
    facts = [MatrixRowWritten(row.id, country, RowStatus.NO_CHANGE.value) for row in rows]
    journal.record_all(db, facts, actor=actor, now=now)
    return len(rows)


def send_matrix(db: Session, *, actor: Actor, period_id: int, country: str, now: datetime) -> int:
    """Sends the rows of a country; held ones too, which wait for the secretariat. Returns how many.

    Raises MatrixUnanswered, RowIncomplete, PeriodNotOpen.
    """
    policy.require_may_report(actor, country)
    _open_period(db, period_id, now=now)
    db.execute(
        select(MatrixRow.id)
        .where(MatrixRow.period_id == period_id, MatrixRow.country_code == country)
        .with_for_update()
    )
    matrix = country_matrix(
        db, actor=SYSTEM, period_id=period_id, country=country, today=reference_day(now)
    )
    rules.require_sendable(matrix)
    waiting = [row.id for row in (*matrix.agreed, *matrix.new) if row.state is RowState.DRAFT]
    if waiting:
        db.execute(
            update(MatrixRow)
            .where(MatrixRow.id.in_(waiting))
            .values(state=RowState.SENT, sent_at=now)
        )
        fact = MatrixSent(period_id, country, len(waiting))
        journal.record(db, fact, actor=actor, now=now)
    return len(waiting)


def reopen_row(db: Session, *, actor: Actor, row_id: int, now: datetime) -> None:
    """Makes a sent row a draft again, by its country, until the period closes."""
    row = _row_to_change(db, row_id, actor=actor, now=now)
    if row.state != RowState.SENT:
        raise rules.RowIsDraft
    row.state, row.sent_at, row.changed_at = RowState.DRAFT, None, now
    db.flush()
    journal.record(db, MatrixRowReopened(row.id, row.country_code), actor=actor, now=now)


def pass_row(
    db: Session,
    *,
    actor: Actor,
    row_id: int,
    to: str,
    now: datetime,
    until: date | None = None,
) -> int:
    """Passes a row to a colleague's mailbox and returns the number that its signed link carries
    (rules.row_key). Links of before open nothing any more.

    `until`: the last local day of the link, at most that of the period. Raises InvalidInput at `to`
    and `until`.
    """
    row = _open_row(db, row_id, actor=actor, now=now)
    mailbox = canonical_email(to.strip())
    if mailbox is None:
        raise InvalidInput({"to": Sentence(rules.NO_RECIPIENT)})
    if until is not None and until < reference_day(now):
        raise InvalidInput({"until": Sentence(rules.DAY_HAS_PASSED)})
    closes_on = db.get_one(MatrixPeriod, row.period_id).closes_on
    row.passed_to, row.passed_at, row.came_back_at = mailbox, now, None
    row.passed_until = min(until or closes_on, closes_on)
    row.pass_number += 1
    db.flush()
    fact = MatrixRowPassed(row.id, row.country_code, row.pass_number)
    journal.record(db, fact, actor=actor, now=now)
    return row.pass_number


def take_row_back(db: Session, *, actor: Actor, row_id: int, now: datetime) -> None:
    """Ends a colleague's link: the focal point answers themselves. What was answered stays."""
    row = _open_row(db, row_id, actor=actor, now=now)
    if row.passed_at is None:
        return
    row.passed_to, row.passed_at, row.passed_until, row.came_back_at = "", None, None, None
    row.pass_number += 1
    db.flush()
    journal.record(db, MatrixRowTakenBack(row.id, row.country_code), actor=actor, now=now)


def answer_passed_row(
    db: Session, *, row_id: int, pass_number: int, draft: RowDraft, now: datetime, seen: str = ""
) -> frozenset[Held]:
    """Saves what a colleague answers by the link, without an account, and returns why it is held.

    The edge has checked the signature (rules.row_of_key). Who reads it and the tick of a good practice
    stay the focal point's; a link replaces their file. `seen`: as for `write_row`, because several may
    read one mailbox. Raises LinkEndedForRow, PeriodNotOpen, ChangedMeanwhile, and InvalidInput by
    field.
    """
    today = reference_day(now)
    stored = db.get(MatrixRow, row_id)
    if stored is None:
        raise rules.LinkEndedForRow
    _open_period(db, stored.period_id, now=now)
    row = _locked(db, row_id)
    own = passed_row(db, row_id=row_id, pass_number=pass_number, today=today)
    was = own.as_draft()
    evidence = None if draft.evidence_url else was.evidence
    draft = replace(draft, sharing=was.sharing, is_practice=was.is_practice, evidence=evidence)
    rules.require_complete(draft, is_agreed=row.agreement_id is not None)
    if draft != was:
        require_as_seen(seen, was)
    held = _write(db, row, draft, actor=ANONYMOUS, now=now)
    row.came_back_at = now
    db.flush()
    journal.record(db, MatrixRowCameBack(row.id, row.country_code), actor=ANONYMOUS, now=now)
    return held


def release_row(db: Session, *, actor: Actor, row_id: int, now: datetime) -> None:
    """Says that a held row names no person. In a period that was published it is published now."""
    policy.require_may_run_matrix(actor)
    row = _locked(db, row_id)
    if not row.held or row.state == RowState.DRAFT:
        raise rules.RowNotHeld
    row.held, row.released_by = "", actor.account_id or None
    db.flush()
    journal.record(db, MatrixRowReleased(row.id, row.country_code), actor=actor, now=now)
    if db.get_one(MatrixPeriod, row.period_id).published_at is not None:
        _publish(db, [row], actor=actor, now=now)


def close_periods(db: Session, *, now: datetime) -> int:
    """Closes the periods whose last day has passed. Returns how many; for the daily job."""
    today = reference_day(now)
    over = select(MatrixPeriod).where(
        MatrixPeriod.closed_at.is_(None), MatrixPeriod.closes_on < today
    )
    rows = db.scalars(over.order_by(MatrixPeriod.id).with_for_update()).all()
    for row in rows:
        row.closed_at = now
        db.flush()
        journal.record(db, MatrixPeriodClosed(row.id), actor=SYSTEM, now=now)
    return len(rows)


def publish_period(db: Session, *, actor: Actor, period_id: int, now: datetime) -> int:
    """Publishes what was sent and is not held, at its sharing level, once the last day has passed.
    Returns how many rows.

    What was ticked as a good practice and is public becomes one. Raises PeriodStillOpen,
    AlreadyPublished.
    """
    policy.require_may_run_matrix(actor)
    period, shown = _locked_period(db, period_id, now=now, is_alone=True)
    rules.require_over(shown.state)
    if period.closed_at is None:
        period.closed_at = now
        db.flush()
        journal.record(db, MatrixPeriodClosed(period.id), actor=actor, now=now)
    sent = select(MatrixRow).where(
        MatrixRow.period_id == period_id, MatrixRow.state == RowState.SENT
    )
    rows = db.scalars(sent.order_by(MatrixRow.id)).all()
    free = [row for row in rows if not row.held]
    _publish(db, free, actor=actor, now=now)
    period.published_at, period.published_by = now, actor.account_id or None
    db.flush()
    fact = MatrixPeriodPublished(period_id, len(free), len(rows) - len(free))
    journal.record(db, fact, actor=actor, now=now)
    return len(free)


def follow_up_rows(db: Session, *, actor: Actor, ids: frozenset[int], now: datetime) -> UUID:
    """Drafts a follow-up webinar of the ticked rows with their countries invited, and returns its
    id (R18). The button pressed twice makes one draft.
    """
    claims.lock(db)
    rows = rows_called(db, actor=actor, ids=ids)
    if not rows:
        raise rules.NothingTickedToFollow
    title = rules.title_of_follow_up(rows)
    just_made = draft_titled(db, title, created_by=actor.account_id, since=now - TWO_CLICKS)
    if just_made is not None:
        return just_made
    return propose_followup(
        db,
        actor=actor,
        countries=sorted({row.country for row in rows}),
        title=title,
        edition=edition_slug_of(db, rows[-1].period_id),
        after=now,
        now=now,
    )


def note_matrix_taken(db: Session, *, actor: Actor, rows: int, now: datetime) -> None:
    """Records that the region's matrix was taken along as a sheet. `scope` of the fact is "": it is
    over all countries.
    """
    journal.record(db, ExportMade("matrix", "", rows), actor=actor, now=now)


def erase_person(db: Session, *, person_id: int, now: datetime) -> None:
    """Forgets who opened, wrote and released, and to whose mailbox a row was passed. A second time
    changes nothing.
    """
    mailboxes = emails_of_person(db, person_id)
    db.execute(update(MatrixRow).where(MatrixRow.passed_to.in_(mailboxes)).values(passed_to=""))
    forget_author(db, person_id, AUTHORS)


def _locked_period(
    db: Session, period_id: int, *, now: datetime, is_alone: bool = False
) -> tuple[MatrixPeriod, Period]:
    """Returns the period with a share of its row, or the whole lock for who closes it."""
    row = db.scalar(
        select(MatrixPeriod)
        .where(MatrixPeriod.id == period_id)
        .with_for_update(read=not is_alone)
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFound
    return row, period_of(db, period_id=period_id, today=reference_day(now))


def _open_period(
    db: Session, period_id: int, *, now: datetime, is_alone: bool = False
) -> MatrixPeriod:
    row, shown = _locked_period(db, period_id, now=now, is_alone=is_alone)
    rules.require_open(shown.state)
    return row


def _locked(db: Session, row_id: int) -> MatrixRow:
    row = db.scalar(
        select(MatrixRow)
        .where(MatrixRow.id == row_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFound
    return row


def _row_to_change(db: Session, row_id: int, *, actor: Actor, now: datetime) -> MatrixRow:
    """Returns a row of the actor's country with its lock, while its period is open."""
    stored = db.get(MatrixRow, row_id)
    if stored is None:
        raise NotFound
    policy.require_may_report(actor, stored.country_code)
    _open_period(db, stored.period_id, now=now)
    return _locked(db, row_id)


def _open_row(db: Session, row_id: int, *, actor: Actor, now: datetime) -> MatrixRow:
    row = _row_to_change(db, row_id, actor=actor, now=now)
    if row.state != RowState.DRAFT:
        raise rules.RowIsSent
    return row


def _blank_row(period_id: int, country: str, now: datetime) -> MatrixRow:
    return MatrixRow(
        period_id=period_id,
        country_code=country,
        fact=LocalizedText(),
        state=RowState.DRAFT,
        status="",
        section="",
        held="",
        created_at=now,
    )


def _tidied(draft: RowDraft, section: str = "") -> RowDraft:
    """Returns the draft as it is stored. `section`: of what was agreed, where the draft has none."""
    return replace(
        draft,
        fact=draft.fact.map(str.strip),
        contact=draft.contact.strip(),
        evidence_url=draft.evidence_url.strip(),
        section=draft.section or section,
        month=draft.month.replace(day=1) if draft.month else None,
    )


def _write(
    db: Session,
    row: MatrixRow,
    draft: RowDraft,
    *,
    actor: Actor,
    now: datetime,
    codes: Collection[str] = (),
) -> frozenset[Held]:
    """Stores the draft in the row and returns why it is held. `codes`: of the sections, where the
    caller has read them for many rows.
    """
    draft = _tidied(draft, row.section if row.agreement_id is not None else "")
    rules.require_sound_row(draft, is_agreed=row.agreement_id is not None)
    is_other = bool(draft.section) and draft.section != row.section
    if is_other and draft.section not in (codes or sections(db)):
        raise InvalidInput({"section": Sentence(UNKNOWN_SECTION)})
    before = (row.status, row.held)
    held = rules.held_in(draft)
    row.status = draft.status.value if draft.status else ""
    row.fact, row.kind, row.section = draft.fact, draft.kind, draft.section
    row.phase, row.month = draft.phase.value if draft.phase else "", draft.month
    row.evidence_url, row.contact, row.sharing = draft.evidence_url, draft.contact, draft.sharing
    row.evidence_key = draft.evidence.key if draft.evidence else ""
    row.evidence_name = draft.evidence.name if draft.evidence else ""
    row.instrument_type = draft.instrument_type.value if draft.instrument_type else ""
    row.instrument_date, row.is_practice = draft.instrument_date, draft.is_practice
    row.held = " ".join(sorted(held))
    row.changed_at, row.changed_by = now, actor.account_id or None
    is_new = row.id is None
    db.add(row)
    db.flush()
    if is_new or before != (row.status, row.held):
        fact = MatrixRowWritten(row.id, row.country_code, row.status, row.held)
        journal.record(db, fact, actor=actor, now=now)
    return held


def _carry_over(db: Session, period: MatrixPeriod, *, now: datetime) -> int:
    unsent = unsent_of_before(db, closes_on=period.closes_on)
    rows = [
        {name: getattr(one, name) for name in CARRIED}
        | {
            "period_id": period.id,
            "country_code": one.country_code,
            "carried_from": one.id,
            "created_at": now,
            "changed_at": now,
        }
        for one in unsent
    ]
    if rows:
        db.execute(insert(MatrixRow), rows)
    return len(rows)


def _publish(db: Session, rows: Sequence[MatrixRow], *, actor: Actor, now: datetime) -> None:
    for row in rows:
        row.state = RowState.PUBLISHED
        is_told = row.is_practice and bool(row.fact) and row.sharing == RowSharing.PUBLIC
        if is_told and row.practice_id is None:
            row.practice_id = keep_practice(db, actor=actor, draft=_practice_of(row), now=now)
    db.flush()
    _tell_register(db, {row.agreement_id for row in rows if row.agreement_id}, actor=actor, now=now)


def _tell_register(
    db: Session, agreements: Collection[int], *, actor: Actor, now: datetime
) -> None:
    """Sets the status of agreements by all that countries have published about them. The register
    keeps it, so that its lists, its letters about what is due, the general plan and the congress
    say the same, and a webinar that decides otherwise later has the last word.
    """
    told = rows_on_agreements(db, actor=SYSTEM, ids=agreements)
    set_as_told(
        db,
        actor=actor,
        ids=agreements,
        tell=lambda one: rules.status_told(one, rules.newest_shown(told.get(one.id, ()))),
        now=now,
    )


def _practice_of(row: MatrixRow) -> PracticeDraft:
    """Returns a row as a good practice: nobody types it twice."""
    is_safe = row.evidence_url.startswith("https://")
    return PracticeDraft(
        category=CATEGORIES.get(RowKind(row.kind), Category.GOOD_PRACTICE),
        title=row.fact.map(lambda text: " ".join(text.split())[:LONGEST_PRACTICE_TITLE]),
        summary=row.fact,
        organisation=row.contact,
        organisation_type=OrganisationType.MINISTRY,
        country_code=row.country_code,
        url=row.evidence_url if is_safe else "",
    )
