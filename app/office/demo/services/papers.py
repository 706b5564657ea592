"""What the demo's office has certificates say: whoever presides signs this year, and speakers are
thanked in words of its own.
"""

import hashlib
from datetime import date, datetime
from io import BytesIO
from math import cos, sin

from PIL import Image, ImageDraw, ImageFont
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.infra.files import files
from app.kernel.actor import Actor, Grant, Role
from app.kernel.text import LocalizedText
from app.people.identity.models import RoleGrant
from app.training.certificates.queries.achievements import signatories_on
from app.training.certificates.queries.papers import SignatoryView
from app.training.certificates.services.papers import keep_picture, set_signatory, set_text
from app.training.certificates.values import CertificateKind, PaperText

THANKS = PaperText(
    title=LocalizedText(es="Constancia de agradecimiento", en="Certificate of appreciation"),
    opening=LocalizedText(es="{organismo} agradece a", en="{body} thanks"),
    sentence=LocalizedText(
        es="su participación como ponente en «{evento}», el {fecha}.",
        en="for taking part as a speaker in “{event}”, on {date}.",
    ),
)


SIZE, SCALE = (760, 220), 2
INK = "#1d2f6f"
PEN = 5
"""In pixels of the picture, which is drawn SCALE times as large and made smaller, so that it is smooth."""


def signature_png() -> bytes:
    """Returns a flourish that says in letters that it is none of a person."""
    picture = Image.new("RGBA", (SIZE[0] * SCALE, SIZE[1] * SCALE))
    pen = ImageDraw.Draw(picture)
    turns = [step / 40 for step in range(40 * 9)]
    loops = [
        (
            (60 + 62 * turn + 46 * sin(2.6 * turn)) * SCALE,
            (96 - 7 * turn + (74 - 6 * turn) * cos(2.6 * turn)) * SCALE,
        )
        for turn in turns
    ]
    stroke = [((40 + 7 * step) * SCALE, (176 - 0.09 * step**1.3) * SCALE) for step in range(98)]
    for line in (loops, stroke):
        pen.line(line, fill=INK, width=PEN * SCALE, joint="curve")
    words = ImageFont.load_default(30 * SCALE)
    pen.text((430 * SCALE, 182 * SCALE), "firma de muestra", fill=INK, font=words)
    picture.thumbnail(SIZE)
    stream = BytesIO()
    picture.save(stream, "PNG", optimize=True)
    return stream.getvalue()


def load_papers(db: Session, *, today: date, now: datetime) -> None:
    """Enters the signatory, with a picture of a signature that is nobody's."""
    organizers = select(RoleGrant.account_id).where(RoleGrant.role == Role.ORGANIZER.value)
    account_id = db.scalar(organizers.order_by(RoleGrant.id)) or 0
    office = Actor(account_id=account_id, grants=frozenset({Grant(Role.ORGANIZER)}))
    png = signature_png()
    sha256 = hashlib.sha256(png).hexdigest()
    files().put(png)
    keep_picture(db, actor=office, sha256=sha256, size=len(png), now=now)
    presiding = signatories_on(db, [today])[today]
    term = SignatoryView(
        id=0,
        name=presiding.name,
        role=presiding.role,
        valid_from=date(today.year, 1, 1),
        valid_until=date(today.year + 1, 1, 1),
        signature=sha256,
    )
    set_signatory(db, actor=office, signatory=term, now=now)
    set_text(db, actor=office, kind=CertificateKind.SPEAKER, text=THANKS, now=now)
