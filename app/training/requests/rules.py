"""What is asked again and when, and how long an answer may be; pure."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, timedelta

from app.kernel.refusal import Refusal
from app.kernel.text import N_
from app.training.requests.values import (
    SuccessorAsking,
    SuccessorLetter,
    VacantPost,
    WebinarState,
    WebinarWish,
)

ASKED_AGAIN_AFTER = timedelta(days=14)
LONGEST_WORDS = 500
LEAD_DAYS = 21
"""How many days a webinar that a country wishes for is away at least: time to announce it."""


class AskedLately(Refusal):
    rule = "successors-asked-lately"
    msgid = N_(
        "This institution was asked about these posts on %(day)s. It can be asked again from "
        "%(again)s on."
    )


class NothingVacant(Refusal):
    rule = "nothing-vacant"
    msgid = N_("No post of this institution is vacant any more. Nothing was sent.")


class AlreadyWished(Refusal):
    rule = "webinar-asked-already"
    msgid = N_("Your country has asked for this webinar already. See below what became of it.")


class NoTimeForWebinar(Refusal):
    rule = "no-time-for-webinar"
    msgid = N_("The calendar has no free time for it within half a year. Write to the secretariat.")


class WishSettled(Refusal):
    rule = "webinar-request-settled"
    msgid = N_("This request is settled already. Nothing has been changed now.")


def posts_to_ask(
    vacant: Sequence[VacantPost], letters: Iterable[SuccessorLetter], on: date
) -> tuple[VacantPost, ...]:
    """Returns the vacant posts about which no letter left within fourteen days. Refuses where there
    is none.
    """
    if not vacant:
        raise NothingVacant
    letters = tuple(letters)
    known = asking({post.id for post in vacant}, letters, on)
    if known.again_on is not None:
        raise AskedLately(day=known.asked_on, again=known.again_on)
    asked = _last_asked(letters)
    return tuple(post for post in vacant if on - asked.get(post.id, date.min) >= ASKED_AGAIN_AFTER)


def asking(
    vacant: Collection[int], letters: Iterable[SuccessorLetter], on: date
) -> SuccessorAsking:
    """Returns whether a letter about some of the vacant posts may leave, and when one last did."""
    asked = _last_asked(letters)
    days = [asked.get(post_id, date.min) for post_id in vacant]
    last = max(days, default=date.min)
    is_due = not days or on - min(days) >= ASKED_AGAIN_AFTER
    return SuccessorAsking(
        asked_on=None if last == date.min else last,
        again_on=None if is_due else min(days) + ASKED_AGAIN_AFTER,
    )


def _last_asked(letters: Iterable[SuccessorLetter]) -> dict[int, date]:
    asked: dict[int, date] = {}
    for letter in letters:
        for post_id in letter.post_ids:
            asked[post_id] = max(letter.asked_on, asked.get(post_id, date.min))
    return asked


def stands_in_the_way(wish: WebinarWish, now: datetime) -> bool:
    """Returns True for a webinar that waits for an answer or is still to come: nobody asks twice."""
    if wish.state is WebinarState.PLANNED:
        return wish.ends_at is None or wish.ends_at > now
    return wish.state is WebinarState.WAITING
