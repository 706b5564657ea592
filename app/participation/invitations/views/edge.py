"""What pages opened by a key share: headers, and the limit of tries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Response, make_response, request
from sqlalchemy.orm import Session

from app.infra.database import transaction
from app.infra.language import translate
from app.infra.platform import platform
from app.kernel.network import source_of
from app.participation.registrations.rules import SENTENCES
from app.participation.registrations.values import CONSENT_VERSION, REQUIRED_CONSENT
from app.participation.registrations.views.registering import ConsentChoice
from app.people.identity.services.sign_in import count_try
from app.people.identity.values import Door, Limit
from app.planning.events.values import EventDetail
from app.web.locale import reader_language
from app.web.render import zone_label
from config import Settings

PER_ADDRESS = Limit(60, timedelta(minutes=10))
"""A whole office behind one address may register within minutes; a program that tries keys or
addresses may not.
"""


def settings() -> Settings:
    return platform().settings


def quiet(html: str, status: int = 200) -> Response:
    """Returns the page as an answer that is not cached, not indexed, and whose address is told to
    no other site.

    Such pages have forms and keep the site's own policy (same-origin): under no-referrer a browser sends
    `Origin: null`, and over HTTPS the token check refuses a form without a referrer.
    """
    response = make_response(html, status)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Referrer-Policy"] = "same-origin"
    return response


def dates_of(event: EventDetail) -> dict[str, Any]:
    """Returns the variables that `invitations/_dates.html` and the letter need beside the event."""
    name = zone_label(event.timezone, event.starts_at, reader_language()) if event.starts_at else ""
    return {"zone": ZoneInfo(event.timezone), "zone_name": name}


def consents() -> list[ConsentChoice]:
    """Returns what a guest may agree to, in the sentences of today's version, with the ticks of
    this request.
    """
    ticked = request.form.getlist("consent")
    return [
        ConsentChoice(
            value=purpose.value,
            sentence=translate(reader_language(), sentence),
            is_required=purpose in REQUIRED_CONSENT,
            is_ticked=purpose.value in ticked,
        )
        for purpose, sentence in SENTENCES[CONSENT_VERSION].items()
    ]


def count_guest_try(now: datetime) -> None:
    """Counts a try from this address. Raises TooManyTries (429) after too many."""
    door = Door(f"guest:{source_of(request.remote_addr or '')}", PER_ADDRESS)
    with transaction() as db:
        count_try(db, doors=[door], now=now)


# The port of the pages of invitations: what packages above add. `app/wiring` fills it.

GuestLink = tuple[str, str, str, str]
"""The msgid of a label, an endpoint, what it takes ("event_id" or "token", the guest's key), and
when it is shown: "before" the end of the event, "after" it, or "always".
"""


class InvitationStatesOf(Protocol):
    """Returns by number what became of each invitation of an event."""

    def __call__(self, db: Session, *, event_id: UUID) -> Mapping[int, Any]: ...


@dataclass
class InvitationPort:
    states: InvitationStatesOf
    guest_links: Sequence[GuestLink]
    """What a guest's own page leads to."""


def invitation_port() -> InvitationPort:
    return platform().port(InvitationPort)
