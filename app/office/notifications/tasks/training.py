"""Letters about courses, certificates, deadlines and refreshers."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from app.infra import clock
from app.infra.database import transaction
from app.infra.installation import site_address
from app.infra.journal import JournalEntry
from app.infra.language import date_text, translate
from app.infra.platform import platform
from app.kernel.refusal import NotFound
from app.office.notifications import queries
from app.office.notifications.queries import course_taken, focal_points, recipients
from app.office.notifications.tasks.letters import draft, write
from app.office.notifications.values import Recipient
from app.office.notifications.wording.letters import compose
from app.office.outbox import services
from app.office.outbox.services import queue_messages
from app.office.outbox.values import Letter, LetterDraft
from app.people.access.queries import focal_points_of
from app.training.certificates.queries.register import public_certificate, replaced_code
from app.training.certificates.rules import grouped, verify_path
from app.training.certificates.values import OF_EVENTS, CertificateFacts, CertificateKind
from app.training.certificates.wording import REASONS, hours_text, paper_name, taken_text
from app.training.deadlines.queries import unfinished
from app.training.deadlines.rules import digest_is_due, step_on
from app.training.deadlines.services import note_reported, note_told
from app.training.deadlines.values import DeadlineStep, DueLine, WaitingLine
from app.training.recognised.facts import (
    TrainingDeclined,
    TrainingRecognised,
    TrainingTakenBack,
)
from app.training.recognised.queries import training_for_letter
from app.training.refreshers.facts import RefresherReady
from app.training.refreshers.queries import refresher_by_id
from app.training.refreshers.rules import choice_key, refresher_key
from app.web.render import day_text, days_text

TRAINING_STATES: Mapping[str, str] = {
    TrainingRecognised.__name__: "accepted",
    TrainingDeclined.__name__: "declined",
    TrainingTakenBack.__name__: "taken-back",
}


def on_official_enrolled(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    to = queries.recipient(db, entry.payload["person_id"])
    if to is None:
        return
    slug, title = course_taken(db, entry.payload["edition_id"])
    letter = compose("course-enrolled", to, course=title, url=f"{site_address()}/courses/{slug}")
    write(db, entry, [(to, letter)], now=now)


def on_certificate_issued(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    _write_about(db, entry, now=now)


def on_certificate_corrected(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    _write_about(db, entry, old_code=entry.payload["replaces"], now=now)


def on_certificate_letter_asked(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    """Writes the letter that the holder got when the certificate was issued once more."""
    _write_about(db, entry, old_code=replaced_code(db, entry.subject_id), now=now)


def on_certificate_revoked(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    to = queries.recipient(db, entry.payload["person_id"])
    record = public_certificate(db, entry.subject_id, today=clock.today())
    if to is None or record.facts is None or record.revoked_on is None or record.reason is None:
        return
    letter = compose(
        "certificate-revoked",
        to,
        course=record.facts.course_title,
        code=grouped(record.code),
        day=date_text(to.language, record.revoked_on),
        reason=translate(to.language, REASONS[record.reason]),
        url=f"{site_address()}/certificates",
        ask_url=f"{site_address()}/account/correction",
        verify_url=site_address() + verify_path(record.code),
    )
    write(db, entry, [(to, letter)], now=now)


def _write_about(db: Session, entry: JournalEntry, *, old_code: str = "", now: datetime) -> None:
    """Writes to the holder that a certificate is ready; where it corrects another, of which."""
    to = queries.recipient(db, entry.payload["person_id"])
    record = public_certificate(db, entry.subject_id, today=clock.today())
    if to is None or record.facts is None:
        return
    if old_code:
        letter = compose(
            "certificate-corrected",
            to,
            course=record.facts.course_title,
            code=grouped(record.code),
            old_code=grouped(old_code),
            url=f"{site_address()}/certificates",
            verify_url=site_address() + verify_path(record.code),
        )
    else:
        letter = _certificate_letter(to, record.facts, record.modules_announced)
    write(db, entry, [(to, letter)], now=now)


def _certificate_letter(to: Recipient, facts: CertificateFacts, announced: int) -> Letter:
    links = {
        "url": f"{site_address()}/certificates",
        "verify_url": site_address() + verify_path(facts.code),
    }
    if facts.kind not in OF_EVENTS:
        taken = taken_text(facts, announced, to.language)
        return compose("certificate", to, course=facts.course_title, taken=taken, **links)
    about = {
        "title": facts.course_title,
        "day": day_text(facts.completed_on, to.language),
        **links,
    }
    if facts.kind is CertificateKind.ATTENDANCE:
        hours = hours_text(facts.hours, to.language)
        return compose("certificate-attendance", to, hours=hours, **about)
    return compose("certificate-part", to, paper=paper_name(facts.kind, to.language), **about)


# Letters about training taken elsewhere.


def on_training_brought(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    """Writes to the focal points of the country, or to the organizers where nobody else of them can
    accept it.
    """
    view = training_for_letter(db, entry.payload["training_id"], today=clock.today())
    if view is None:
        return
    on = clock.today()
    readers = [
        to
        for number in focal_points_of(db, view.country_code, on)
        if number != view.person_id and (to := queries.recipient(db, number)) is not None
    ]
    url = f"{site_address()}/recognised/{view.id}"
    letters = [
        (to, compose("training-brought", to, person=view.person, title=view.title, url=url))
        for to in readers or queries.organizers(db, on=on)
    ]
    write(db, entry, letters, now=now)


def on_training_settled(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    """Writes to the holder: what they brought was accepted or not, or what was accepted was taken
    back. Whoever brought nothing is not told of what a focal point wrote down.
    """
    view = training_for_letter(db, entry.payload["training_id"], today=clock.today())
    to = queries.recipient(db, entry.payload["person_id"])
    if view is None or to is None or not entry.payload.get("is_brought", True):
        return
    if entry.fact == TrainingDeclined.__name__ and view.batch_id is not None:
        return
    letter = compose(
        "training-settled",
        to,
        title=view.title,
        state=TRAINING_STATES[entry.fact],
        reason=view.end_reason,
        url=f"{site_address()}/certificates",
    )
    write(db, entry, [(to, letter)], now=now)


# Letters about deadlines of courses: one a step to each official, one list to each focal point.
#
# All of a day is one transaction: whoever is killed in it wrote nothing, and whoever runs it again
# finds what was told.

KIND_OF_STEP: Mapping[DeadlineStep, str] = {
    DeadlineStep.START: "course-due",
    DeadlineStep.AHEAD_14: "course-due-soon",
    DeadlineStep.AHEAD_3: "course-due-soon",
    DeadlineStep.PASSED_7: "course-due-passed",
}


def remind_of_deadlines() -> int:
    """Queues the letters about deadlines, once a day. Returns how many there are."""
    with transaction() as db:
        today, now = clock.today(), clock.now()
        drafts = _reminders(db, unfinished(db, on=today), today)
        drafts += _digests(db, unfinished(db, on=today), today, now)
        return queue_messages(db, drafts, now=now)


def _reminders(db: Session, waiting: Sequence[WaitingLine], today: date) -> list[LetterDraft]:
    people = recipients(db, {one.line.person_id for one in waiting})
    told: dict[DeadlineStep, list[int]] = defaultdict(list)
    drafts = []
    for one in waiting:
        line = one.line
        step = step_on(today, starts_on=line.starts_on, due_on=line.due_on, told=one.told)
        if step is None:
            continue
        told[step].append(line.id)
        to = people.get(line.person_id)
        if to is not None:
            url = f"{site_address()}/courses/{line.course_slug}"
            letter = compose(
                KIND_OF_STEP[step], to, course=line.course_title, due_on=line.due_on, url=url
            )
            drafts.append(draft(f"course-due.{line.id}.{step}", to, letter))
    for step, due_ids in told.items():
        note_told(db, due_ids, step=step)
    return drafts


def _digests(
    db: Session, waiting: Sequence[WaitingLine], today: date, now: datetime
) -> list[LetterDraft]:
    """Returns the lists to focal points of officials who got the last letter, today's among them."""
    by_country: dict[str, list[DueLine]] = defaultdict(list)
    for one in waiting:
        if one.told is DeadlineStep.PASSED_7 and not one.is_reported:
            by_country[one.line.country_code].append(one.line)
    drafts, url = [], f"{site_address()}/deadlines"
    for code, passed in sorted(by_country.items()):
        if not digest_is_due(today, [line.due_on for line in passed]):
            continue
        focal = focal_points(db, [code], on=today)
        for to in focal:
            key = f"course-due-digest.{code}.{today}.{to.person_id}"
            drafts.append(draft(key, to, compose("course-due-digest", to, lines=passed, url=url)))
        if focal:
            note_reported(db, [line.id for line in passed], now=now)
    return drafts


# Letters that follow from refreshers: the questions' link, and that they pause.


def on_refresher_ready(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    """Writes one letter for each refresher, however often the fact is delivered."""
    refresher = refresher_by_id(db, entry.payload["refresher_id"])
    to = queries.recipient(db, refresher.person_id)
    if to is None or refresher.ends_at <= now:
        return
    key = refresher_key(platform().keys, str(refresher.id))
    last = refresher.ends_at - timedelta(seconds=1)
    letter = compose(
        "refresher",
        to,
        count=len(refresher.questions),
        url=f"{site_address()}/refreshers/by-letter/{key}?lang={to.language}",
        last_day=days_text(last, last, to.timezone, to.language),
        stop_url=f"{choice_address(to)}?lang={to.language}",
    )
    services.queue_messages(db, [_optional(entry, to, letter)], now=now)


def on_refreshers_paused(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    to = queries.recipient(db, entry.payload["person_id"])
    if to is not None:
        url = f"{choice_address(to)}?lang={to.language}"
        letter = compose("refreshers-paused", to, url=url)
        services.queue_messages(db, [_optional(entry, to, letter)], now=now)


def is_refresher(entry: JournalEntry) -> bool:
    return entry.fact == RefresherReady.__name__


def has_ended(db: Session, entry: JournalEntry, *, now: datetime) -> bool:
    """Returns True when a letter that waited would bring a link that works no more."""
    try:
        return refresher_by_id(db, entry.payload["refresher_id"]).ends_at <= now
    except NotFound:
        return True


def choice_address(to: Recipient) -> str:
    return f"{site_address()}/refreshers/choice/{choice_key(platform().keys, to.person_id)}"


def _optional(entry: JournalEntry, to: Recipient, letter: Letter) -> LetterDraft:
    """Returns a letter whose button in a mail program stops refreshers and nothing else (RFC 8058)."""
    written = draft(f"{entry.id}.{to.person_id}", to, letter)
    return replace(written, unsubscribe_url=choice_address(to))
