"""Letters about certificates that end: to their holders at each step, and a list to focal points.

All of a day is one transaction: whoever is killed in it wrote nothing, and whoever runs it again finds
what was told.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy.orm import Session

from app.infra import clock
from app.infra.database import transaction
from app.infra.installation import site_address
from app.infra.journal import JournalEntry
from app.kernel.reference import REFERENCE_ZONE
from app.office.notifications.queries import course_taken, focal_points, recipient, recipients
from app.office.notifications.tasks.letters import draft, write
from app.office.notifications.wording.letters import compose
from app.office.outbox.services import queue_messages
from app.office.outbox.values import LetterDraft
from app.training.certificates.queries.renewals import (
    EndingCertificate,
    countries_served,
    ending_to_tell,
    steps_told,
)
from app.training.certificates.rules import digest_of, local_day, notice_on
from app.training.certificates.services.renewing import note_notices


def remind_of_renewals() -> int:
    """Queues the letters about certificates that end, once a day. Returns how many there are."""
    with transaction() as db:
        today, now = clock.today(), clock.now()
        ending = ending_to_tell(db, today=today)
        drafts = _to_holders(db, ending, today=today, now=now)
        drafts += _digests(db, ending, today=today)
        return queue_messages(db, drafts, now=now)


def _to_holders(
    db: Session, ending: Sequence[EndingCertificate], *, today: date, now: datetime
) -> list[LetterDraft]:
    """Returns the letter of the day's step to each holder who can be written to, and notes it. Who
    cannot is not told: should they have an address later, they get the step of that day.
    """
    told = steps_told(db, [one.id for one in ending])
    people = recipients(db, {one.person_id for one in ending})
    drafts, notices = [], []
    for one in ending:
        to = people.get(one.person_id)
        days = notice_on(
            today,
            last_valid_on=one.last_valid_on,
            issued_on=local_day(one.issued_at, REFERENCE_ZONE),
            told=told.get(one.id, ()),
        )
        if to is None or days is None:
            continue
        letter = compose(
            "renewal",
            to,
            course=one.course_title,
            last_valid_on=one.last_valid_on,
            days=(one.last_valid_on - today).days,
            is_begun=one.is_begun,
            url=renewal_page(one.course_slug),
        )
        drafts.append(draft(f"renewal.{one.id}.{days}", to, letter))
        notices.append((one.id, days))
    note_notices(db, notices, now=now)
    return drafts


def _digests(db: Session, ending: Sequence[EndingCertificate], *, today: date) -> list[LetterDraft]:
    """Returns the fortnight's lists to focal points of officials who serve in their countries; none
    to a country without any.
    """
    fortnight = digest_of(today)
    if fortnight is None:
        return []
    served = countries_served(db, {one.person_id for one in ending}, today=today)
    by_country: dict[str, list[EndingCertificate]] = defaultdict(list)
    for one in ending:
        for code in served.get(one.person_id, ()):
            by_country[code].append(one)
    drafts, url = [], f"{site_address()}/certificates/renewals"
    for code, lines in sorted(by_country.items()):
        for to in focal_points(db, [code], on=today):
            letter = compose("renewal-digest", to, lines=lines, url=url)
            drafts.append(draft(f"renewal-digest.{code}.{fortnight}.{to.person_id}", to, letter))
    return drafts


def on_renewal_opened(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    to = recipient(db, entry.payload["person_id"])
    if to is None:
        return
    slug, title = course_taken(db, entry.payload["edition_id"])
    letter = compose("renewal-opened", to, course=title, url=renewal_page(slug))
    write(db, entry, [(to, letter)], now=now)


def renewal_page(course_slug: str) -> str:
    """Returns the address that leads to a renewal, through signing in where that is needed."""
    return f"{site_address()}/courses/{course_slug}/renewals"
