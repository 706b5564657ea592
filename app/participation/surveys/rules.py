"""When a survey is open, for whom, and what an answer must be; pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from app.kernel.refusal import InvalidInput, Kind, Refusal, Sentence
from app.kernel.small_numbers import is_enough
from app.kernel.text import N_
from app.participation.surveys.values import HIGHEST, LOWEST, Response, SurveyQuestion, Tally

OPEN_FOR = timedelta(days=30)
LONGEST_COMMENT = 1000

ON_THE_SCALE = N_("Choose one of the five answers, or leave the question out.")
SAY_SOMETHING = N_("Answer at least one question.")
TOO_LONG = N_("Write at most %(most)s characters.")
NOT_PRINTABLE = N_("This text holds characters that cannot be stored. Please type it again.")


class SurveyNotOpen(Refusal):
    rule = "survey-not-open"
    msgid = N_("The survey opens when the event has ended.")


class IsOver(Refusal):
    kind = Kind.GONE
    rule = "survey-over"
    msgid = N_("This survey is closed: it stays open for 30 days after the event.")


class AnsweredAlready(Refusal):
    rule = "survey-answered"
    msgid = N_("You have already answered this survey. Thank you.")


class NotAsked(Refusal):
    kind = Kind.FORBIDDEN
    rule = "survey-not-for-you"
    msgid = N_("The survey is for those who had a place at the event or were there.")


def require_open(ends_at: datetime | None, *, is_held: bool, now: datetime) -> None:
    """Refuses an event whose survey is not open. `is_held`: published and not cancelled."""
    if not is_held or ends_at is None or now < ends_at:
        raise SurveyNotOpen
    if now >= ends_at + OPEN_FOR:
        raise IsOver


def require_sound(response: Response) -> None:
    """Refuses with InvalidInput, by field."""
    errors = {
        question.value: Sentence(ON_THE_SCALE)
        for question, score in response.scores.items()
        if not LOWEST <= score <= HIGHEST
    }
    if len(response.comment) > LONGEST_COMMENT:
        errors["comment"] = Sentence(TOO_LONG, {"most": LONGEST_COMMENT})
    elif not all(c.isprintable() or c in "\r\n\t" for c in response.comment):
        errors["comment"] = Sentence(NOT_PRINTABLE)
    if not errors and not response.scores and not response.comment.strip():
        errors[SurveyQuestion.USEFUL.value] = Sentence(SAY_SOMETHING)
    if errors:
        raise InvalidInput(errors)


def tallies(answers: Iterable[Mapping[SurveyQuestion, int | None]]) -> tuple[Tally, ...]:
    """Returns how often each score was given, question by question."""
    counted: dict[SurveyQuestion, Counter[int]] = {
        question: Counter() for question in SurveyQuestion
    }
    for answer in answers:
        for question, score in answer.items():
            if score is not None:
                counted[question][score] += 1
    scale = range(LOWEST, HIGHEST + 1)
    return tuple(
        Tally(question, tuple(counted[question][score] for score in scale))
        for question in SurveyQuestion
    )


def told_until(days: Iterable[date], *, today: date, ends_at: datetime | None) -> date | None:
    """Returns the last day whose answers are told: full days only, and five more answers at a time,
    so that nobody looks before and after a colleague has answered.

    Once the survey is over all are told. None: nothing is told.
    """
    counted = Counter(days)
    if ends_at is not None and today > (ends_at + OPEN_FOR).date():
        return max(counted) if is_enough(counted.total()) else None
    more, last = 0, None
    for day in sorted(one for one in counted if one < today):
        more += counted[day]
        if is_enough(more):
            more, last = 0, day
    return last


def told(tally: Tally) -> Tally:
    """Returns the tally without its numbers where fewer than five people answered that question."""
    return tally if is_enough(tally.n) else Tally(tally.question, (0,) * len(tally.counts))
