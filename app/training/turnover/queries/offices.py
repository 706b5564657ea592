"""Institutions of a country, their target posts and who holds them, with what stands in each.

Not scoped by actor: the reports of `figures` and `posts` ask the policy first.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from app.kernel.text import LocalizedText
from app.people.directory.models import Appointment, Institution, Post
from app.people.directory.rules.institutions import mandate_of
from app.people.directory.rules.people import last_known_day, post_kind
from app.people.directory.values import EndReason, Mandate
from app.training.turnover.values import PostTerm, TaggedInstitution, TargetPost

_INSTITUTIONS = (
    select(
        Institution.id,
        Institution.name,
        Institution.kind,
        Institution.mandate,
        Institution.closed_on,
    )
    .where(Institution.country_code == bindparam("country"))
    .order_by(Institution.id)
)
_POSTS = (
    select(
        Post.institution_id,
        Post.id,
        Post.title,
        Post.closed_on,
        select(func.min(Appointment.valid_from))
        .where(Appointment.post_id == Post.id)
        .correlate(Post)
        .scalar_subquery(),
    )
    .join(Institution, Institution.id == Post.institution_id)
    .where(Post.is_target, Institution.country_code == bindparam("country"))
    .order_by(Post.institution_id, Post.id)
)
_HOLDERS = (
    select(
        Appointment.id,
        Appointment.person_id,
        Appointment.post_id,
        Post.institution_id,
        Appointment.valid_from,
        Appointment.valid_until,
        Appointment.confirmed_on,
        Appointment.doubted_on,
        Appointment.is_acting,
        Appointment.acting_until,
        Appointment.note_asked_on,
        Appointment.note_received_on,
        Appointment.end_reason,
        Institution.kind,
        Institution.mandate,
    )
    .join(Post, Post.id == Appointment.post_id)
    .join(Institution, Institution.id == Post.institution_id)
    .where(
        Post.is_target,
        Institution.country_code == bindparam("country"),
        Appointment.valid_from <= bindparam("last"),
    )
    .order_by(Appointment.id)
)


@dataclass(frozen=True)
class CountryPosts:
    """The institutions of a country, as tagged, with their target posts."""

    institutions: tuple[TaggedInstitution, ...]
    posts: tuple[TargetPost, ...]

    def of(self, institution_ids: Collection[int]) -> "CountryPosts":
        return CountryPosts(
            tuple(one for one in self.institutions if one.id in institution_ids),
            tuple(one for one in self.posts if one.institution_id in institution_ids),
        )


def posts_of_country(db: Session, country_code: str) -> CountryPosts:
    """Returns them in two statements. A closed institution closes its posts, and one without posts
    comes too. A post is in scope from the day on which somebody first held it; one that nobody held
    yet always was.
    """
    institutions: dict[int, TaggedInstitution] = {}
    closed: dict[int, date | None] = {}
    for number, name, kind, mandate, closed_on in db.execute(
        _INSTITUTIONS, {"country": country_code}
    ):
        institutions[number] = TaggedInstitution(number, name, kind, mandate_of(kind, mandate))
        closed[number] = closed_on
    kinds: dict[LocalizedText, str] = {}
    posts = []
    for institution_id, post_id, title, closed_on, first_held_on in db.execute(
        _POSTS, {"country": country_code}
    ):
        kind = kinds.get(title) or kinds.setdefault(title, post_kind(title))
        posts.append(
            TargetPost(
                post_id=post_id,
                institution_id=institution_id,
                mandate=institutions[institution_id].mandate,
                valid_from=first_held_on,
                valid_until=_earlier(closed_on, closed[institution_id]),
                title=title,
                kind=kind,
            )
        )
    return CountryPosts(tuple(institutions.values()), tuple(posts))


def holders_of(db: Session, country_code: str, last: date) -> list[PostTerm]:
    """Returns every appointment to a target post of the country that began by a day."""
    mandates: dict[int, Mandate | None] = {}
    holders = []
    for (
        appointment_id,
        person_id,
        post_id,
        institution_id,
        valid_from,
        valid_until,
        confirmed_on,
        doubted_on,
        is_acting,
        acting_until,
        asked_on,
        received_on,
        end_reason,
        kind,
        mandate,
    ) in db.execute(_HOLDERS, {"country": country_code, "last": last}):
        if institution_id not in mandates:
            mandates[institution_id] = mandate_of(kind, mandate)
        holders.append(
            PostTerm(
                person_id=person_id,
                valid_from=valid_from,
                valid_until=valid_until,
                last_known_on=last_known_day(valid_until, confirmed_on, doubted_on),
                mandate=mandates[institution_id],
                end_reason=EndReason(end_reason) if end_reason else None,
                appointment_id=appointment_id,
                post_id=post_id,
                institution_id=institution_id,
                confirmed_on=confirmed_on,
                is_acting=is_acting,
                acting_until=acting_until,
                is_note_to_ask=asked_on is None and received_on is None,
            )
        )
    return holders


def _earlier(*days: date | None) -> date | None:
    known: Iterable[date] = [day for day in days if day is not None]
    return min(known, default=None)
