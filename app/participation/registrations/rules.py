"""Who may register and when, capacity and quotas, consent, answers of calendars; pure."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from app.kernel.refusal import InvalidInput, Kind, Refusal, Sentence
from app.kernel.text import N_
from app.participation.registrations.values import (
    CONSENT_VERSION,
    REQUIRED_CONSENT,
    ConsentPurpose,
    Invited,
    Origin,
    RegistrationStatus,
)
from app.planning.events.rules.life import FEWER_THAN_REGISTERED
from app.planning.events.values import EventKind, EventStatus, Mode

# When somebody may register, and what refuses it.


class NotOpenYet(Refusal):
    rule = "not-published"
    msgid = N_("This event is not published yet. Registration opens when it is.")


class NoDateYet(Refusal):
    rule = "no-date"
    msgid = N_("This event has no exact date. Registration opens when it has one.")


class AlreadyStarted(Refusal):
    rule = "already-started"
    msgid = N_("This event has already started. Registrations can no longer be changed.")


class RegisteredElsewhere(Refusal):
    rule = "registered-elsewhere"
    msgid = N_("Another process organizes this event. Please register with it.")


class WasCancelled(Refusal):
    kind = Kind.GONE
    rule = "cancelled"
    msgid = N_("This event was cancelled.")


class HasEnded(Refusal):
    kind = Kind.GONE
    rule = "ended"
    msgid = N_("This event is over.")


class RegistrationClosed(Refusal):
    rule = "registration-closed"
    msgid = N_("Registration is closed.")


class PromotedMeanwhile(Refusal):
    rule = "place-is-gone"
    msgid = N_("The place went to the next in line meanwhile, so this cannot be undone.")


class NothingToDecide(Refusal):
    rule = "nothing-to-decide"
    msgid = N_("This registration was decided or cancelled in the meantime.")


class DeclinedBefore(Refusal):
    rule = "declined-before"
    msgid = N_(
        "The organizers did not accept %(name)s for this event. Choose somebody else, or write to them."
    )


def require_not_over(status: EventStatus, ends_at: datetime | None, now: datetime) -> None:
    if status is EventStatus.CANCELLED:
        raise WasCancelled
    if ends_at is not None and ends_at <= now:
        raise HasEnded


def require_open(
    kind: EventKind, status: EventStatus, starts_at: datetime | None, now: datetime
) -> None:
    """Refuses an event for which nobody may register now; that it is over is asked before."""
    if kind is EventKind.EXTERNAL:
        raise RegisteredElsewhere
    if status is not EventStatus.PUBLISHED:
        raise NotOpenYet
    if starts_at is None:
        raise NoDateYet
    if starts_at <= now:
        raise AlreadyStarted


def require_in_time(origin: Origin, closes_at: datetime | None, now: datetime) -> None:
    """Refuses everybody but an organizer after the deadline."""
    if origin is not Origin.ORGANIZER and closes_at is not None and closes_at <= now:
        raise RegistrationClosed


def has_entrance(mode: Mode) -> bool:
    """Returns True where people come to a venue, with a code for its entrance."""
    return mode is not Mode.ONLINE


# Who may register by themselves, and whom others have to ask. Organizers may register
# anybody.


class NotInvited(Refusal):
    kind = Kind.FORBIDDEN
    rule = "not-invited"
    msgid = N_(
        "This event is only for those invited. If you should be among them, write to the secretariat."
    )


class NamedByCountry(Refusal):
    kind = Kind.FORBIDDEN
    rule = "named-by-country"
    msgid = N_(
        "Your country names who takes part in this event. Ask its focal point to nominate you."
    )


def require_entitled(
    countries: Collection[str],
    country: str,
    invited: Invited,
    *,
    has_part: bool,
    is_confidential: bool,
) -> None:
    """Refuses whoever the event is not for. One that names no country and invites nobody is for all
    officials of the region, unless it is confidential.

    `countries`: whose officials it is for, none for all; `country`: the person's; `has_part`: who
    is needed there or runs it. A country that was asked to nominate must do so, even if the event
    is for all its officials: else it would send more than it was asked for.
    """
    if has_part or invited.is_meant or invited.is_nominated:
        return
    if invited.is_country_asked:
        raise NamedByCountry
    is_for_all = not countries and not invited.names_anybody
    if is_confidential or (not is_for_all and country not in countries):
        raise NotInvited


def is_free(
    countries: Collection[str], country: str, invited: Invited, *, is_confidential: bool
) -> bool:
    """Returns True if the person may register whatever their part in the event, which is the usual
    case.
    """
    is_of_country = not countries or country in countries
    return is_of_country and not (invited.names_anybody or is_confidential)


def comes_as_named(invited: Invited, *, has_part: bool) -> bool:
    """Returns True if the person may come only because the country nominated them: then the
    registration ends with the nomination.
    """
    return invited.is_nominated and not (invited.is_meant or has_part)


# How many may register: never more than the capacity, never more of a country than its quota, and
# everybody else waits.

NO_COUNTRY = ""
"""Counts against no quota: guests, and people of international organisations."""
HIGHEST_CAPACITY = 100_000
FEWER_OF_COUNTRY = N_(
    "%(country)s has %(taken)s places already. Write at least %(taken)s, or free some first."
)
CLOSES_TOO_LATE = N_("Registration closes at the start of the event at the latest.")


class Full(Refusal):
    """The answer of the database itself; the services put people on the waiting list instead."""

    rule = "full"
    msgid = N_("All %(capacity)s places are taken. If someone cancels, a place becomes free.")


class CountryFull(Refusal):
    rule = "country-full"
    msgid = N_(
        "All places for this country are taken. If someone from the country cancels, a place becomes free."
    )


@dataclass(frozen=True)
class CapacityLimits:
    """`capacity`: how many may be registered in total; `country_quota`: how many of each country;
    None for no limit. `quotas`: own numbers of countries, by code, which go before.
    """

    capacity: int | None = None
    country_quota: int | None = None
    quotas: Mapping[str, int] = field(default_factory=dict)

    def quota_of(self, country: str) -> int | None:
        return None if country == NO_COUNTRY else self.quotas.get(country, self.country_quota)


@dataclass(frozen=True)
class Capacity:
    """The limits of an event against its registrations. `registered` and `waiting`: how many, by
    the country they count for.
    """

    limits: CapacityLimits
    registered: Counter[str]
    waiting: Counter[str]

    @property
    def free(self) -> int | None:
        """Returns how many more may register in total; None for no limit."""
        capacity = self.limits.capacity
        return None if capacity is None else max(0, capacity - self.registered.total())

    def free_of(self, country: str) -> int | None:
        """Returns how many more the country's quota allows; None where it has no quota."""
        quota = self.limits.quota_of(country)
        return None if quota is None else max(0, quota - self.registered[country])

    def is_free_for(self, country: str) -> bool:
        """Returns True if one more person of the country may register."""
        return self.free != 0 and self.free_of(country) != 0

    def promoted(self, waiting: Iterable[tuple[int, str]]) -> tuple[int, ...]:
        """Returns which of those waiting, as (id, country) in their order, may register now.

        People whose country's quota is full are passed over and keep their position.
        """
        later = Capacity(self.limits, Counter(self.registered), self.waiting)
        chosen = []
        for number, country in waiting:
            if later.is_free_for(country):
                later.registered[country] += 1
                chosen.append(number)
        return tuple(chosen)

    def require_enough(self) -> None:
        """Raises InvalidInput, at the field, for limits below the number of people registered.
        Fields: capacity, country_quota, quota_HN.
        """
        errors: dict[str, Sentence] = {}
        total = self.registered.total()
        if self.limits.capacity is not None and total > self.limits.capacity:
            errors["capacity"] = Sentence(FEWER_THAN_REGISTERED, {"taken": total})
        for country, count in sorted(self.registered.items()):
            quota = self.limits.quota_of(country)
            if quota is not None and count > quota:
                field_name = (
                    f"quota_{country}" if country in self.limits.quotas else "country_quota"
                )
                sentence = Sentence(FEWER_OF_COUNTRY, {"country": country, "taken": count})
                errors.setdefault(field_name, sentence)
        if errors:
            raise InvalidInput(errors)


# The sentences that people agree to when they register, by version and purpose. A version is never
# edited: who agreed to it can read it as it was.

SENTENCES: Mapping[str, Mapping[ConsentPurpose, str]] = {
    "2026-1": {
        ConsentPurpose.ATTENDANCE_LIST: N_(
            "My name, my institution and my minutes stand on the attendance list that the organizers and the focal "
            "point of my country see."
        ),
        ConsentPurpose.STATISTICS: N_(
            "I am counted, without my name, in figures by country and sex."
        ),
        ConsentPurpose.RECORDING: N_(
            "My voice and image may appear in the recording, if the event is recorded."
        ),
    }
}
WANTS_CONSENT = N_("Tick this to register: without the attendance list nobody can take part.")
CONSENT_CHANGED = N_("These sentences have changed. Please read them again before you register.")


def require_consent(origin: Origin, version: str, purposes: Iterable[ConsentPurpose]) -> None:
    """Refuses people who register themselves without the consent that is required; others agree
    later, when they come. What is given must be current.
    """
    if origin in (Origin.SELF, Origin.GUEST) and not (
        version and set(purposes) >= REQUIRED_CONSENT
    ):
        raise InvalidInput({"consent": Sentence(WANTS_CONSENT)})
    if version and version != CONSENT_VERSION:
        raise InvalidInput({"consent": Sentence(CONSENT_CHANGED)})


# What an attendee's calendar answered (RFC 5546 REPLY): which answer counts.


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
    now (`sequence_for` in events), `heard_of` what it was at most at the last answer; `as_good` are
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
