"""What an attendee's calendar answered (RFC 5546 REPLY): which answer counts; pure."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.kernel.refusal import Kind, Refusal
from app.kernel.text import N_
from app.participation.registrations.values import RegistrationStatus


class PartStat(StrEnum):
    """The three answers a calendar gives to an invitation. Delegating it to somebody else is none
    of them.
    """

    ACCEPTED = "ACCEPTED"
    TENTATIVE = "TENTATIVE"
    DECLINED = "DECLINED"


class Effect(StrEnum):
    """What an answer does. `already-known`: the same or a newer one has been heard. `outdated`: it
    speaks of a time that is no longer the event's, or of a registration cancelled since.
    """

    NOTED = "noted"
    CANCELLED = "given-back"
    ALREADY_KNOWN = "already-known"
    OUTDATED = "outdated"


class NoRegistrationToAnswerFor(Refusal):
    """Only people registered were asked; who has cancelled registers again on the page."""

    kind = Kind.CONFLICT
    rule = "no-place-to-answer-for"
    msgid = N_("You have no place at this event. To come after all, register on its page.")


@dataclass(frozen=True)
class CalendarReply:
    """`at` is the DTSTAMP; `sequence` that of the message it answers, 0 where it does not say (RFC
    5545 §3.8.7.4).
    """

    partstat: PartStat
    at: datetime
    sequence: int = 0


def effect_of(
    answer: CalendarReply,
    *,
    status: RegistrationStatus | None,
    sequence: int,
    answered_at: datetime | None,
    now: datetime,
    heard_of: int = 0,
    as_good: Collection[int] = (),
) -> Effect:
    """Returns what an answer does. One to a later message counts before one to an earlier, whatever
    the clocks of programs say; of two to the same message the newest DTSTAMP (RFC 5546 §2.1.5), and
    none from the future, which would silence all that come after it. `sequence` is the attendee's
    now (rules/invitations.py), `heard_of` what it was at most at the last answer; `as_good` are
    those of before at which the attendee was asked for the time and venue of now.

    Refuses with NoRegistrationToAnswerFor an acceptance by somebody who is not registered,
    whichever message it answers.
    """
    if (
        answered_at is not None
        and moment_of(answer, now) <= answered_at
        and answer.sequence <= heard_of
    ):
        return Effect.ALREADY_KNOWN
    if status is not RegistrationStatus.REGISTERED:
        if answer.partstat is PartStat.DECLINED:
            return Effect.ALREADY_KNOWN
        raise NoRegistrationToAnswerFor
    if answer.sequence < sequence and answer.sequence not in as_good:
        return Effect.OUTDATED
    return Effect.CANCELLED if answer.partstat is PartStat.DECLINED else Effect.NOTED


def moment_of(answer: CalendarReply, now: datetime) -> datetime:
    return min(answer.at, now)


def turned(turns: int, was: RegistrationStatus | None, becomes: RegistrationStatus) -> int:
    """Returns the number of turns after a change of status: cancelling is one and registering again
    is one; `was` is None for a new registration.

    Who only waited had no invitation to withdraw, and is counted all the same: SEQUENCE may skip,
    never fall.
    """
    is_turned = (was is RegistrationStatus.CANCELLED) != (becomes is RegistrationStatus.CANCELLED)
    return turns + int(was is not None and is_turned)
