"""Letters about deadlines of courses: one a step to each official, one list to each focal point.

All of a day is one transaction: whoever is killed in it wrote nothing, and whoever runs it again
finds what was told.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlalchemy.orm import Session

from app.infra import clock
from app.infra.database import transaction
from app.infra.installation import site_address
from app.office.notifications.queries.agreements import focal_points
from app.office.notifications.queries.people import recipients
from app.office.notifications.tasks.letters import draft
from app.office.notifications.wording.letters import compose
from app.office.outbox.services import queue_messages
from app.office.outbox.values import LetterDraft
from app.training.deadlines.queries import unfinished
from app.training.deadlines.rules import digest_is_due, step_on
from app.training.deadlines.services import note_reported, note_told
from app.training.deadlines.values import DeadlineStep, DueLine, WaitingLine

KIND_OF_STEP: Mapping[DeadlineStep, str] = {
    DeadlineStep.START: "course-due",
    DeadlineStep.AHEAD_14: "course-due-soon",
    DeadlineStep.AHEAD_3: "course-due-soon",
    DeadlineStep.PASSED_7: "course-due-passed",
}


def remind_of_deadlines() -> int:
    """Once a day; returns how many letters were queued."""
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
    """Of those who got the last letter, today's among them."""
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
