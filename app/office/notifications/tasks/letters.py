"""Writes letters into the outbox: the letter with its foot, where it leads, and the invitation that
calendars understand.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from email.utils import parseaddr
from uuid import UUID

from sqlalchemy.orm import Session

from app.infra import clock
from app.infra.database import transaction
from app.infra.installation import Installation, installation, site_address
from app.infra.journal import JournalEntry
from app.infra.platform import platform
from app.office.notifications.values import NOBODY, Recipient, RegistrationState
from app.office.notifications.wording.letters import with_foot
from app.office.outbox import services
from app.office.outbox.queries import invited_of
from app.office.outbox.rules import wish_key
from app.office.outbox.services import answer_tokens, drop_keys
from app.office.outbox.values import CalendarInvitation, Letter, LetterDraft
from app.participation.invitations.rules import GUEST, opened_key
from app.people.identity.rules import INVITATION_LASTS
from app.planning.events.queries.life import last_span
from app.planning.programme.exports import imip
from app.planning.programme.queries.feeds import FeedEntry, event_entry, undated_entry
from config import Settings

NO_INVITATIONS: Mapping[int, CalendarInvitation] = {}


def write(
    db: Session,
    entry: JournalEntry,
    letters: Iterable[tuple[Recipient, Letter]],
    *,
    now: datetime,
    event_id: UUID | None = None,
    invitations: Mapping[int, CalendarInvitation] = NO_INVITATIONS,
    sequence: int | None = None,
) -> None:
    """Queues a letter for each recipient, once for this entry. `invitations`: by person;
    `sequence`: the event's, as the letters tell of it.
    """
    drafts = [
        draft(
            f"{entry.id}.{to.person_id}",
            to,
            letter,
            event_id=event_id,
            invitation=invitations.get(to.person_id),
            sequence=sequence,
        )
        for to, letter in letters
    ]
    services.queue_messages(db, drafts, now=now)


def draft(
    dedupe: str,
    to: Recipient,
    letter: Letter,
    *,
    event_id: UUID | None = None,
    invitation: CalendarInvitation | None = None,
    is_of_account: bool = False,
    sequence: int | None = None,
) -> LetterDraft:
    """Returns the letter for the outbox, with the foot that leads to the reader's wishes. Readers
    of letters to many can stop all of them at once in the mail program (RFC 8058); `is_of_account`:
    a letter to one, about their account, which cannot be stopped.
    """
    url = wishes_url(to)
    return LetterDraft(
        dedupe=dedupe,
        address=to.address,
        language=to.language,
        letter=with_foot(to.language, letter, wishes_url=url) if url else letter,
        person_id=to.person_id or None,
        event_id=event_id,
        invitation=invitation,
        has_attachment=invitation is not None and to.wishes.attachment,
        unsubscribe_url="" if is_of_account else url,
        event_sequence=sequence,
    )


def wishes_url(to: Recipient) -> str:
    """Nobody's account has no wishes."""
    if to.person_id == NOBODY:
        return ""
    return f"{site_address()}/wishes/{wish_key(platform().keys, to.person_id)}"


def settings() -> Settings:
    return platform().settings


# Where a letter leads its reader.


def event_page(to: Recipient, event_id: UUID) -> str:
    """Returns the address of the event's page; for a guest, who has no account, of the own page by
    the key that works for this event only.
    """
    return _own_page(to) or public_page(event_id)


def _own_page(to: Recipient) -> str:
    """Returns the own page of a guest; "" for others."""
    key = opened_key(to.guest_key, own=platform().keys, purpose=GUEST)
    return f"{site_address()}/guest/{key}" if key else ""


def public_page(event_id: UUID) -> str:
    return f"{site_address()}/events/{event_id}"


def request_page(request_id: str) -> str:
    """Returns the address where the presidency decides a request, and where those who asked read
    the answer.
    """
    return f"{site_address()}/authorizations/{request_id}"


def calendar_file(to: Recipient, event_id: UUID) -> str:
    """Returns the address of the event's calendar file. A guest's own file has the link to join,
    which the public one has not.
    """
    own = _own_page(to)
    return f"{own}/event.ics" if own else f"{public_page(event_id)}.ics"


# Invitations that calendars understand, for the letters about places and about events that move or
# are cancelled.

OWN_WILL = ("self", "guest")
"""Who asked for the place has said that they come; whoever was put down by others has still to say
it.
"""


def requests(
    db: Session,
    event_id: UUID,
    states: Collection[RegistrationState],
    *,
    is_asked_anew: bool = False,
) -> Mapping[int, CalendarInvitation]:
    """Returns the invitations by person, for those who wish them and those who still have one.

    Somebody who wishes them no more and has one in their calendar would otherwise go on seeing what
    was true before.

    `is_asked_anew`: whether the event's new time suits is for each to say.
    """
    entry = event_entry(db, event_id)
    opted_out = [state.to.person_id for state in states if not state.to.wishes.calendar]
    invited = invited_of(db, event_id, opted_out) if opted_out else {}
    wanted = [
        state for state in states if state.to.wishes.calendar or state.to.person_id in invited
    ]
    if entry is None or not wanted:
        return {}
    tokens = answer_tokens(
        db, event_id=event_id, person_ids=[state.to.person_id for state in wanted]
    )
    way = installation(db)
    return {
        state.to.person_id: _invitation(
            imip.REQUEST,
            entry,
            state,
            tokens[state.to.person_id],
            imip.NEEDS_ACTION if is_asked_anew else _partstat(state),
            way=way,
        )
        for state in wanted
    }


def cancellations(
    db: Session, event_id: UUID, states: Collection[RegistrationState]
) -> Mapping[int, CalendarInvitation]:
    """Returns the end of an invitation by person, for those in whose calendars it stands, whatever
    they wish now.
    """
    entry = event_entry(db, event_id) or _without_date(db, event_id)
    if entry is None:
        return {}
    tokens = invited_of(db, event_id, [state.to.person_id for state in states])
    way = installation(db)
    return {
        state.to.person_id: _invitation(
            imip.CANCEL, entry, state, tokens[state.to.person_id], _partstat(state), way=way
        )
        for state in states
        if state.to.person_id in tokens
    }


def _without_date(db: Session, event_id: UUID) -> FeedEntry | None:
    span = last_span(db, event_id)
    return undated_entry(db, event_id, span) if span else None


def _partstat(state: RegistrationState) -> str:
    return state.partstat or (imip.ACCEPTED if state.origin in OWN_WILL else imip.NEEDS_ACTION)


def _invitation(
    method: str,
    entry: FeedEntry,
    state: RegistrationState,
    token: str,
    partstat: str,
    *,
    way: Installation,
) -> CalendarInvitation:
    to, sender = state.to, way.mail.sender if way.mail else settings().mail_from
    organizer = f"rsvp+{token}@{way.mail_host}"
    attendee = imip.AttendeeState(
        organizer=imip.Mailbox(parseaddr(sender)[0] or "Convoca", organizer),
        attendee=imip.Mailbox(to.name, to.address),
        partstat=partstat,
        changed_at=state.changed_at,
        turns=state.turns,
    )
    write = imip.request if method == imip.REQUEST else imip.cancel
    text = write(entry, attendee, language=to.language, address=way.address, host=settings().domain)
    return CalendarInvitation(text, method, organizer)


def forget_keys() -> int:
    """Returns of how many letters. Until then a letter that came back can be sent once more."""
    now = clock.now()
    with transaction() as db:
        return drop_keys(db, before=now - INVITATION_LASTS)
