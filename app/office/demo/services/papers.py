"""What the demo's office has certificates say: whoever presides signs this year, and speakers are
thanked in words of its own.
"""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel.actor import Actor, Grant, Role
from app.kernel.text import LocalizedText
from app.people.identity.models import RoleGrant
from app.training.certificates.queries.achievements import signatories_on
from app.training.certificates.queries.papers import SignatoryView
from app.training.certificates.services.papers import set_signatory, set_text
from app.training.certificates.values import CertificateKind, PaperText

THANKS = PaperText(
    title=LocalizedText(es="Constancia de agradecimiento", en="Certificate of appreciation"),
    opening=LocalizedText(es="{organismo} agradece a", en="{body} thanks"),
    sentence=LocalizedText(
        es="su participación como ponente en «{evento}», el {fecha}.",
        en="for taking part as a speaker in “{event}”, on {date}.",
    ),
)


def load_papers(db: Session, *, today: date, now: datetime) -> None:
    """Enters the signatory without a picture of the signature: the line stays for a pen."""
    organizers = select(RoleGrant.account_id).where(RoleGrant.role == Role.ORGANIZER.value)
    account_id = db.scalar(organizers.order_by(RoleGrant.id)) or 0
    office = Actor(account_id=account_id, grants=frozenset({Grant(Role.ORGANIZER)}))
    presiding = signatories_on(db, [today])[today]
    term = SignatoryView(
        id=0,
        name=presiding.name,
        role=presiding.role,
        valid_from=date(today.year, 1, 1),
        valid_until=date(today.year + 1, 1, 1),
        signature="",
    )
    set_signatory(db, actor=office, signatory=term, now=now)
    set_text(db, actor=office, kind=CertificateKind.SPEAKER, text=THANKS, now=now)
