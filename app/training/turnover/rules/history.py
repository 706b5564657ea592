"""What was on record of a person on a day, as against what is known of that day now. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from app.kernel.dated import in_force, not_over
from app.training.turnover.values import (
    BelievedPost,
    KeptCertificate,
    PersonBelief,
    PostRecord,
    RecordCorrection,
)


@dataclass(frozen=True)
class PersonPast:
    """All that is kept of a person: days are local, `corrections` the latest last."""

    full_name: str
    posts: tuple[PostRecord, ...]
    certificates: tuple[KeptCertificate, ...]
    corrections: tuple[RecordCorrection, ...]


def believed_on(past: PersonPast, on: date) -> PersonBelief:
    """Returns what whoever looked on the day would have read, by what was recorded until then.

    Where it was not kept when something was recorded, it is taken to have been on its own day.
    """
    return PersonBelief(
        full_name=_before(past.corrections, "full_name", None, on) or past.full_name,
        posts=tuple(
            BelievedPost(
                words=_before(past.corrections, "post", post.appointment_id, on),
                post=post,
                until=_end_believed(post, on),
                confirmed_on=max((day for day in post.confirmed if day <= on), default=None),
            )
            for post in past.posts
            if (post.recorded_on or post.valid_from) <= on
        ),
        certificates=tuple(
            one
            for one in past.certificates
            if one.recorded_on <= on
            and not_over(one.ended_on, on)
            and (one.last_valid_on is None or one.last_valid_on >= on)
        ),
    )


def known_of(past: PersonPast, on: date) -> PersonBelief:
    """Returns what was true on the day by what is known now."""
    return PersonBelief(
        full_name=past.full_name,
        posts=tuple(
            BelievedPost(
                words="",
                post=post,
                until=post.valid_until,
                confirmed_on=max(post.confirmed, default=None),
            )
            for post in past.posts
            if in_force(post.valid_from, post.valid_until, on)
        ),
        certificates=tuple(
            one
            for one in past.certificates
            if one.completed_on <= on
            and not_over(one.ended_on, on)
            and (one.last_valid_on is None or one.last_valid_on >= on)
        ),
    )


def served_by_belief(belief: PersonBelief, on: date) -> tuple[BelievedPost, ...]:
    """Returns the posts in which the person was believed to serve on the day."""
    return tuple(one for one in belief.posts if in_force(one.post.valid_from, one.until, on))


def _end_believed(post: PostRecord, on: date) -> date | None:
    """Returns the end that was on record on a day. `ends` are what was recorded of it, in order: an
    end, or None where one was taken back.
    """
    known = [until for recorded_on, until in post.ends if recorded_on <= on]
    if post.ends:
        return known[-1] if known else None
    recorded_on = post.end_recorded_on or post.valid_until
    return post.valid_until if recorded_on is not None and recorded_on <= on else None


def _before(
    corrections: Sequence[RecordCorrection], field: str, appointment_id: int | None, on: date
) -> str:
    """Returns what stood there on a day, "" where nothing was put right since: what the first
    correction after it replaced.
    """
    later: Iterable[str] = (
        one.before
        for one in corrections
        if one.field == field
        and one.recorded_on > on
        and (appointment_id is None or one.appointment_id == appointment_id)
    )
    return next(iter(later), "")
