"""What stands in addresses of inviting: an invitation, a nomination of her country, keys of a guest
and of a link.
"""

from datetime import datetime
from io import BytesIO
from uuid import UUID

from PIL import Image
from sqlalchemy.orm import Session

from app.infra import clock
from app.kernel.actor import SYSTEM, Actor, Grant, Role
from app.kernel.text import LocalizedText
from app.participation.invitations.rules import INVITATION, opened_key
from app.participation.invitations.rules import SPEAKER as SPEAKS
from app.participation.invitations.services.guests import register_guest
from app.participation.invitations.services.inviting import invite
from app.participation.invitations.services.nominating import nominate
from app.participation.invitations.values import GuestDraft, InvitationClass, InvitationDraft
from app.participation.registrations.models import Invitation
from app.participation.registrations.values import CONSENT_VERSION, REQUIRED_CONSENT, Way
from app.participation.speakers.models import OutsideSpeaker
from app.participation.speakers.services import name_speaker
from app.participation.speakers.values import SpeakerDraft
from tests.support.databases import KEYS

GUEST, OPEN, SPEAKER = "guest", "open-link", "speaker"


def invited(db: Session, event_id: UUID, her: Actor) -> dict[str, str]:
    """`token:guest` and `token:open-link` are what stands for `token` in the addresses of guests
    and of open links.
    """
    now = clock.now()
    drafts = (
        InvitationDraft(InvitationClass.MEMBER_COUNTRY, Way.COUNTRY, country_code=her.country),
        InvitationDraft(
            InvitationClass.SPECIAL_GUEST,
            Way.GUEST,
            name="Una Invitada",
            email="invitada@example.org",
        ),
        InvitationDraft(
            InvitationClass.OBSERVER,
            Way.LINK,
            places=50,
            closes_at=now.replace(year=now.year + 2, day=1),
        ),
    )
    ids = [invite(db, actor=SYSTEM, event_id=event_id, draft=draft, now=now) for draft in drafts]
    keys = [
        opened_key(db.get_one(Invitation, one).sealed_key, own=KEYS, purpose=INVITATION)
        for one in ids
    ]
    place = register_guest(
        db,
        token=keys[1],
        draft=GuestDraft("Una Invitada", "", "", "", "es", "a form"),
        now=now,
        consent_version=CONSENT_VERSION,
        purposes=REQUIRED_CONSENT,
    )
    focal_point = Actor(
        grants=frozenset({Grant(Role.FOCAL_POINT, her.country)}), country=her.country
    )
    assert her.person_id is not None
    (nomination,) = nominate(
        db,
        actor=focal_point,
        event_id=event_id,
        country_code=her.country,
        person_ids=[her.person_id],
        today=clock.today(),
        now=now,
    )
    return {
        "invitation_id": str(ids[1]),
        "nomination_id": str(nomination),
        f"token:{GUEST}": place.key,
        f"token:{OPEN}": keys[2],
        **_speaks(db, event_id, now),
    }


def _speaks(db: Session, event_id: UUID, now: datetime) -> dict[str, str]:
    """Somebody from outside who has confirmed, with a photo."""
    written = BytesIO()
    Image.new("RGB", (8, 8)).save(written, "PNG")
    draft = SpeakerDraft(
        "Una Ponente", "", "ponente@example.org", "es", LocalizedText(es="Yo"), written.getvalue()
    )
    person = name_speaker(db, actor=SYSTEM, event_id=event_id, draft=draft, now=now)
    row = db.get_one(OutsideSpeaker, person)
    row.state = "confirmed"
    db.flush()
    return {
        "speaker": str(person),
        f"token:{SPEAKER}": opened_key(row.sealed_key, own=KEYS, purpose=SPEAKS),
    }


def token_in(rule: str) -> str:
    """Which of the keys an address wants, "" for those of other domains."""
    if rule.startswith("/invitation/<token>"):
        return f"token:{OPEN}"
    if rule.startswith("/speaker/<token>"):
        return f"token:{SPEAKER}"
    return f"token:{GUEST}" if rule.startswith("/guest/<token>") else ""
