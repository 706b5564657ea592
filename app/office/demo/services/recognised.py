"""Training that the demo's people took on other platforms: a completion list of E-Campus that the
focal point of Honduras accepted, a certificate that was accepted, and one that waits.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.infra.files import files
from app.kernel.actor import Actor, Grant, Role
from app.people.directory.models import Person
from app.people.identity.models import Account
from app.training.learning.values import GUIDELINES
from app.training.recognised.queries import ListTerms
from app.training.recognised.services import accept_list, accept_training, bring_certificate
from app.training.recognised.values import (
    CompletionLine,
    CompletionList,
    RecognisedSource,
    StoredUpload,
    TrainingClaim,
)
from app.training.turnover.queries.figures import people_to_act_on

COUNTRY = "HN"
LISTED = 6
DAYS_BEFORE = (45, 230, 300, 12)
"""How long ago the list was made, the certificate earned, the days between rows, and the other one."""

COURSE = "Género y fronteras"
OTHER_COURSE = "Protección consular de mujeres migrantes"
SIZE = (1000, 700)
FONT = Path(__file__).parents[4] / "certificates/shared/fonts/source-sans-3-latin-400-normal.woff2"


def load_recognised(db: Session, *, people: Mapping[str, int], today: date, now: datetime) -> None:
    keeper, learner = (_actor(db, people[key], role) for key, role in _WHO)
    _accept_list(db, keeper, today=today, now=now)
    earned = today - timedelta(days=DAYS_BEFORE[1])
    first = bring_certificate(
        db,
        actor=learner,
        person_id=learner.person_id,
        claim=TrainingClaim(GUIDELINES, RecognisedSource.ECAMPUS, COURSE, earned, "12"),
        upload=_picture(COURSE, learner.name, earned),
        now=now - timedelta(days=30),
        today=today,
    )
    accept_training(
        db, actor=keeper, training_id=first.id, now=now - timedelta(days=29), today=today
    )
    lately = today - timedelta(days=DAYS_BEFORE[3])
    bring_certificate(
        db,
        actor=learner,
        person_id=learner.person_id,
        claim=TrainingClaim(GUIDELINES, RecognisedSource.MOODLE, OTHER_COURSE, lately, "8"),
        upload=_picture(OTHER_COURSE, learner.name, lately),
        now=now - timedelta(days=2),
        today=today,
    )


_WHO = (("focal-point-hn", Role.FOCAL_POINT), ("official-hn", Role.OFFICIAL))


def _actor(db: Session, person_id: int, role: Role) -> Actor:
    account = db.scalars(select(Account).where(Account.person_id == person_id)).one()
    return Actor(
        account_id=account.id,
        person_id=person_id,
        name=db.get_one(Person, person_id).full_name,
        grants=frozenset({Grant(role, COUNTRY)}),
        country=COUNTRY,
    )


def _accept_list(db: Session, keeper: Actor, *, today: date, now: datetime) -> None:
    untrained = people_to_act_on(db, actor=keeper, country_code=COUNTRY, on=today)["not_certified"]
    rows = db.execute(
        select(Person.full_name, Person.email)
        .where(Person.id.in_(untrained[:LISTED]), Person.id != keeper.person_id)
        .order_by(Person.sort_key)
    )
    made = today - timedelta(days=DAYS_BEFORE[0])
    lines = []
    for number, (name, email) in enumerate(rows, start=2):
        day = made - timedelta(days=DAYS_BEFORE[2] // LISTED * (number - 2))
        lines.append(
            CompletionLine(
                number=number,
                name=name,
                email=email,
                title=COURSE,
                hours="12",
                written=day.isoformat(),
                days=(day,),
                is_done=True,
            )
        )
    accept_list(
        db,
        actor=keeper,
        country_code=COUNTRY,
        completions=CompletionList(tuple(lines)),
        terms=ListTerms(GUIDELINES, RecognisedSource.ECAMPUS, COURSE),
        now=now - timedelta(days=40),
        today=today,
    )


def _picture(title: str, name: str, on: date) -> StoredUpload:
    """Draws what somebody might photograph: plain, and of no real institution."""
    picture = Image.new("RGB", SIZE, "#fdfcf7")
    pen = ImageDraw.Draw(picture)
    pen.rectangle((24, 24, SIZE[0] - 24, SIZE[1] - 24), outline="#7a8b99", width=4)
    lines = (
        ("DEMO · Constancia de finalización", 34, 120),
        (name, 46, 250),
        (title, 34, 380),
        (on.isoformat(), 28, 500),
    )
    for words, size, top in lines:
        pen.text((SIZE[0] // 2, top), words, "#22313c", ImageFont.truetype(FONT, size), anchor="mm")
    stream = BytesIO()
    picture.save(stream, "PNG", optimize=True)
    return StoredUpload(files().put(stream.getvalue()), "image/png")
