"""The demo's posts: which courses they ask for, who only acts in one, and one that nobody held yet."""

from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.kernel.actor import SYSTEM
from app.office.demo.data import demo_data
from app.people.directory.models import Appointment, Institution, Post
from app.people.directory.rules.people import post_kind
from app.training.turnover.queries.posts import asked_courses
from app.training.turnover.services import ask_courses

COUNTRY = "HN"


def load_posts(db: Session, *, today: date, now: datetime) -> None:
    _ask(db, now)
    institutions = db.scalars(
        select(Institution.id).where(Institution.country_code == COUNTRY).order_by(Institution.id)
    ).all()
    serving = db.scalars(
        select(Appointment)
        .join(Post, Post.id == Appointment.post_id)
        .where(Post.institution_id.in_(institutions), Appointment.valid_until.is_(None))
        .order_by(Appointment.id)
    ).all()
    for appointment, days in zip(serving[::7], (60, -20), strict=False):
        appointment.is_acting = True
        appointment.acting_until = today + timedelta(days=days)
    known = db.scalars(
        select(Post).where(Post.institution_id == institutions[1]).order_by(Post.id)
    ).first()
    if known is not None:
        db.add(Post(institution_id=known.institution_id, title=known.title))
    db.flush()


def _ask(db: Session, now: datetime) -> None:
    """Lets posts ask for the courses that `posts.yaml` names, by the kind of the institution."""
    also = demo_data("posts")["also_asked"]
    places = select(Institution).where(Institution.kind.in_(also)).order_by(Institution.id)
    for place in db.scalars(places).all():
        asked = asked_courses(
            db, actor=SYSTEM, country_code=place.country_code, institution_id=place.id
        )
        more = {post_kind(one["post"]): one["courses"] for one in also[place.kind]}
        wanted = {
            one.kind: one.courses | set(more[one.kind]) for one in asked.kinds if one.kind in more
        }
        if wanted:
            ask_courses(
                db,
                actor=SYSTEM,
                country_code=place.country_code,
                institution_id=place.id,
                wanted=wanted,
                now=now,
            )
