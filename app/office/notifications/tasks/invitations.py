"""Invitations that calendars understand, for the letters about places and about events that move or
are cancelled.
"""

from collections.abc import Collection, Mapping
from email.utils import parseaddr
from uuid import UUID

from sqlalchemy.orm import Session

from app.infra.installation import Installation, installation
from app.office.notifications.tasks.letters import settings
from app.office.notifications.values import RegistrationState
from app.office.outbox.queries.answers import invited_of
from app.office.outbox.services.addresses import answer_tokens
from app.office.outbox.values import CalendarInvitation
from app.planning.events.queries.life import last_span
from app.planning.programme.exports import imip
from app.planning.programme.queries.feeds import FeedEntry, event_entry, undated_entry

OWN_WILL = ("self", "guest")
"""Who asked for the place has said that they come; whoever was put down by others has still to say
it.
"""


def requests(
    db: Session,
    event_id: UUID,
    places: Collection[RegistrationState],
    *,
    is_asked_anew: bool = False,
) -> Mapping[int, CalendarInvitation]:
    """Returns the invitations by person, for those who wish them and those who still have one.

    Somebody who wishes them no more and has one in their calendar would otherwise go on seeing what
    was true before.

    `is_asked_anew`: whether the event's new time suits is for each to say.
    """
    entry = event_entry(db, event_id)
    opted_out = [place.to.person_id for place in places if not place.to.wishes.calendar]
    invited = invited_of(db, event_id, opted_out) if opted_out else {}
    wanted = [
        place for place in places if place.to.wishes.calendar or place.to.person_id in invited
    ]
    if entry is None or not wanted:
        return {}
    tokens = answer_tokens(
        db, event_id=event_id, person_ids=[place.to.person_id for place in wanted]
    )
    way = installation(db)
    return {
        place.to.person_id: _invitation(
            imip.REQUEST,
            entry,
            place,
            tokens[place.to.person_id],
            imip.NEEDS_ACTION if is_asked_anew else _partstat(place),
            way=way,
        )
        for place in wanted
    }


def cancellations(
    db: Session, event_id: UUID, places: Collection[RegistrationState]
) -> Mapping[int, CalendarInvitation]:
    """By person, for those in whose calendars it stands, whatever they wish now."""
    entry = event_entry(db, event_id) or _without_date(db, event_id)
    if entry is None:
        return {}
    tokens = invited_of(db, event_id, [place.to.person_id for place in places])
    way = installation(db)
    return {
        place.to.person_id: _invitation(
            imip.CANCEL, entry, place, tokens[place.to.person_id], _partstat(place), way=way
        )
        for place in places
        if place.to.person_id in tokens
    }


def _without_date(db: Session, event_id: UUID) -> FeedEntry | None:
    span = last_span(db, event_id)
    return undated_entry(db, event_id, span) if span else None


def _partstat(place: RegistrationState) -> str:
    return place.partstat or (imip.ACCEPTED if place.origin in OWN_WILL else imip.NEEDS_ACTION)


def _invitation(
    method: str,
    entry: FeedEntry,
    place: RegistrationState,
    token: str,
    partstat: str,
    *,
    way: Installation,
) -> CalendarInvitation:
    to, sender = place.to, way.mail.sender if way.mail else settings().mail_from
    organizer = f"rsvp+{token}@{way.mail_host}"
    asked = imip.AttendeeState(
        organizer=imip.Mailbox(parseaddr(sender)[0] or "Convoca", organizer),
        attendee=imip.Mailbox(to.name, to.address),
        partstat=partstat,
        changed_at=place.changed_at,
        turns=place.turns,
    )
    write = imip.request if method == imip.REQUEST else imip.cancel
    text = write(entry, asked, language=to.language, address=way.address, host=settings().domain)
    return CalendarInvitation(text, method, organizer)
