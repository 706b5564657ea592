"""Letters about what countries ask for: successors of an institution, a webinar of the secretariat."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from app.infra import clock
from app.infra.installation import site_address
from app.infra.journal import JournalEntry
from app.kernel.reference import REFERENCE_ZONE
from app.kernel.text import languages
from app.office.notifications.queries import focal_points, organizers
from app.office.notifications.tasks.letters import public_page, write
from app.office.notifications.values import NOBODY, Recipient
from app.office.notifications.wording.letters import compose
from app.office.outbox.values import Letter
from app.people.directory.queries.roster import country_of
from app.training.requests.queries import successor_letters, webinar_wish
from app.training.requests.values import SuccessorLetter, WebinarState


def on_successors_asked(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    """Writes to the mailbox of the institution; nothing where it was undone."""
    request = next(iter(successor_letters(db, request_id=UUID(entry.payload["request_id"]))), None)
    if request is not None:
        write(db, entry, letters_about_successors(db, request, on=clock.today()), now=now)


def letters_about_successors(
    db: Session, request: SuccessorLetter, *, on: date
) -> list[tuple[Recipient, Letter]]:
    """Returns the letter to the mailbox of the institution, in the language of the country's focal
    point; to each of the secretariat where none is on record.
    """
    country = country_of(db, request.country_code)
    if country is None:
        return []
    answering = focal_points(db, [country.code], on=on)
    mailbox = Recipient(
        person_id=NOBODY,
        name=request.institution.in_(),
        address=request.address,
        language=answering[0].language if answering else languages()[0],
        timezone=country.timezone or REFERENCE_ZONE,
    )
    return [
        (
            to,
            compose(
                "successors-asked",
                to,
                is_passed_on=not request.address,
                country=country.name,
                institution=request.institution,
                posts=request.posts,
                asker=request.asker,
                address=request.asker_email,
            ),
        )
        for to in ([mailbox] if request.address else organizers(db, on=on))
    ]


def on_webinar_asked(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    """Tells the secretariat, as long as the request waits."""
    wish = webinar_wish(db, request_id=entry.payload["request_id"])
    if wish is None or wish.state is not WebinarState.WAITING:
        return
    url = f"{site_address()}/webinar-requests"
    letters = [
        (
            to,
            compose(
                "webinar-asked",
                to,
                country=wish.country,
                course=wish.course_title,
                wish=wish.wish,
                url=url,
            ),
        )
        for to in organizers(db, on=clock.today())
    ]
    write(db, entry, letters, now=now)


def on_webinar_declined(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    """Tells the focal points of the country that asked."""
    _answer(db, entry, request_id=entry.payload["request_id"], now=now)


def on_webinar_published(db: Session, entry: JournalEntry, *, now: datetime) -> None:
    """Tells the focal points of the country that asked for the event, if one did."""
    wish = webinar_wish(db, event_id=UUID(entry.subject_id))
    if wish is not None:
        _answer(db, entry, request_id=wish.id, now=now)


def _answer(db: Session, entry: JournalEntry, *, request_id: int, now: datetime) -> None:
    wish = webinar_wish(db, request_id=request_id)
    if wish is None or wish.state not in (WebinarState.PLANNED, WebinarState.DECLINED):
        return
    is_planned = wish.state is WebinarState.PLANNED
    url = (
        public_page(wish.event_id)
        if is_planned
        else f"{site_address()}/countries/{wish.country_code}/webinar-requests"
    )
    letters = [
        (
            to,
            compose(
                "webinar-answered",
                to,
                is_planned=is_planned,
                course=wish.course_title,
                answer=wish.answer,
                url=url,
            ),
        )
        for to in focal_points(db, [wish.country_code], on=clock.today())
    ]
    write(db, entry, letters, now=now)
