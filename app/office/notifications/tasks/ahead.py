"""Letters as they would leave if an event were cancelled or moved, or somebody invited: the real
words, with links that are nobody's own.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from sqlalchemy.orm import Session

from app.infra import clock
from app.infra.installation import site_address
from app.kernel.refusal import NotFound
from app.kernel.text import Language, as_language, languages
from app.kernel.timespan import Timespan
from app.office.notifications import queries
from app.office.notifications.queries import (
    focal_points,
    people_meant_by,
    recipients,
    told_if_published,
)
from app.office.notifications.tasks.accounts import account_letter
from app.office.notifications.tasks.events import cancelled_letter, moved_letter
from app.office.notifications.tasks.inviting import invitation_letter
from app.office.notifications.tasks.letters import public_page
from app.office.notifications.values import NOBODY, EventNotice, Recipient, RegistrationState
from app.office.notifications.wording.letters import instead_of, with_foot
from app.office.outbox.queries import letters_written, texts_by_kind
from app.office.outbox.rules import reworded
from app.office.outbox.values import OUR_TEXTS, Letter
from app.participation.invitations.values import InvitationDraft
from app.participation.registrations.values import ACTIVE, WITH_KEY, Way
from app.planning.events.queries.people import parts_told
from app.web.letters_ahead import FollowingLetter, LetterAhead, LettersAhead, ToldIfPublished

NOBODYS_KEY = "…"


class Ahead:
    """Fills app.web.letters_ahead.LettersPort."""

    def if_cancelled(self, db: Session, event_id: UUID) -> LettersAhead:
        event = _event(db, event_id)
        states = queries.concerned(db, event_id, ACTIVE)
        return _letters_by_state(db, states, lambda one: cancelled_letter(one, event, reason=""))

    def if_moved(
        self, db: Session, event_id: UUID, *, span: Timespan | None, timezone: str, place: str
    ) -> LettersAhead:
        before = _event(db, event_id)
        event = replace(before, span=span, timezone=timezone, place=place)
        told = parts_told(db, event_id)
        states = [
            one
            for one in queries.concerned(db, event_id, ACTIVE)
            if one.status in ACTIVE or one.to.person_id in told
        ]

        def write(one: RegistrationState) -> Letter:
            instead = instead_of(one.to, before.span, before.timezone, before.place)
            return moved_letter(one, event, instead=instead)

        return _letters_by_state(db, states, write)

    def if_invited(self, db: Session, event_id: UUID, draft: InvitationDraft) -> LettersAhead:
        """Returns the letters that an invitation would send. An open link sends none, because
        people hand it on themselves.
        """
        event = _event(db, event_id)
        if draft.way == Way.GUEST:
            language = as_language(draft.language)
            guest = Recipient(
                person_id=NOBODY,
                name=draft.name,
                address="",
                language=language,
                timezone=event.timezone,
            )
            key = f"{site_address()}/invitation/{NOBODYS_KEY}"
            letter = invitation_letter(guest, event, way=draft.way, url=key, note=draft.note)
            own = texts_by_kind(db, [letter.kind]).get(letter.kind, OUR_TEXTS)
            letter = reworded(letter, own, language)
            return LettersAhead(
                1,
                [
                    LetterAhead(
                        language=language, subject=letter.subject, body=letter.body, readers=1
                    )
                ],
            )
        if draft.way in WITH_KEY:
            return LettersAhead(0, [])
        people = people_meant_by(db, draft, on=clock.today())
        return _ahead(db, people, lambda to: _invited(_sample(to), event, draft, way=draft.way))

    def if_published(
        self, db: Session, event_ids: Collection[UUID]
    ) -> Mapping[UUID, ToldIfPublished]:
        return told_if_published(db, event_ids)

    def if_countries_invited(
        self, db: Session, event_id: UUID, draft: InvitationDraft, codes: Collection[str]
    ) -> LettersAhead:
        event = _event(db, event_id)
        people = focal_points(db, codes, on=clock.today())
        return _ahead(db, people, lambda to: _invited(_sample(to), event, draft, way=Way.COUNTRY))

    def if_people_added(self, db: Session, person_ids: Collection[int]) -> LettersAhead:
        people = recipients(db, person_ids).values()
        now = clock.now()

        def write(to: Recipient) -> Letter:
            return account_letter(_sample(to), role=None, scope_name=None, key=NOBODYS_KEY, now=now)

        return _ahead(db, people, write)

    def written(
        self, db: Session, causes: Collection[tuple[int, int]]
    ) -> Mapping[int, FollowingLetter]:
        return letters_written(db, causes)


def _invited(to: Recipient, event: EventNotice, draft: InvitationDraft, *, way: Way) -> Letter:
    page = public_page(event.event_id)
    return invitation_letter(
        to,
        event,
        way=way,
        url=f"{page}/nominations" if way == Way.COUNTRY else page,
        note=draft.note,
        places=draft.places,
        respond_by=draft.respond_by,
    )


def _event(db: Session, event_id: UUID) -> EventNotice:
    event = queries.event_notice(db, event_id)
    if event is None:
        raise NotFound
    return event


def _letters_by_state(
    db: Session, states: Sequence[RegistrationState], write: Callable[[RegistrationState], Letter]
) -> LettersAhead:
    by_person = {one.to.person_id: one for one in states}

    def written(to: Recipient) -> Letter:
        return write(replace(by_person[to.person_id], to=_sample(to)))

    return _ahead(db, [one.to for one in states], written)


def _ahead(
    db: Session, people: Iterable[Recipient], write: Callable[[Recipient], Letter]
) -> LettersAhead:
    """Returns for each language the letter of the first who reads it."""
    readers: dict[Language, list[Recipient]] = {}
    for to in people:
        readers.setdefault(to.language, []).append(to)
    letters = []
    for language in (code for code in languages() if code in readers):
        url = f"{site_address()}/wishes/{NOBODYS_KEY}"
        letter = write(readers[language][0])
        own = texts_by_kind(db, [letter.kind]).get(letter.kind, OUR_TEXTS)
        letter = with_foot(language, reworded(letter, own, language), wishes_url=url)
        letters.append(
            LetterAhead(
                language=language,
                subject=letter.subject,
                body=letter.body,
                readers=len(readers[language]),
            )
        )
    return LettersAhead(sum(len(some) for some in readers.values()), letters)


def _sample(to: Recipient) -> Recipient:
    """Returns the reader as others name them, without what opens anything."""
    return Recipient(
        person_id=NOBODY,
        name=to.known_as or to.name,
        address="",
        language=to.language,
        timezone=to.timezone,
    )
