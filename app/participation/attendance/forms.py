"""Minutes and choices as they were typed: text in, values or errors out."""

from collections.abc import Iterable, Mapping
from contextlib import suppress

from app.kernel.refusal import InvalidInput, Sentence
from app.kernel.text import N_
from app.participation.attendance.services.deciding import RowChoice
from app.participation.attendance.values import MatchDecision
from app.planning.events.rules.participation import NOT_MINUTES, minutes_of
from app.web.fields import number_in

MINUTES, SEEN = "minutes-", "seen"
WHO = "who-"
WORDS = "words-"
PERSON = "person-"
OTHER, OTHER_MINUTES = "other", "other-minutes"
NOBODY_TYPED = N_("Write the name or the e-mail address of who was there.")
LONGEST_WORDS = 200


def typed_minutes(form: Mapping[str, str], people: Iterable[int], most: int) -> dict[int, int]:
    """Of the people shown and nobody else; an empty field says nothing about a person."""
    found: dict[int, int] = {}
    errors: dict[str, Sentence] = {}
    for person in people:
        try:
            minutes = minutes_of(form.get(f"{MINUTES}{person}", ""), most)
        except ValueError:
            errors[f"{MINUTES}{person}"] = Sentence(NOT_MINUTES, {"most": most})
            continue
        if minutes is not None:
            found[person] = minutes
    if errors:
        raise InvalidInput(errors)
    return found


def minutes_seen(form: Mapping[str, str], most: int) -> dict[int, int | None]:
    """By person what stood in each field when the page was made, as `seen_text` wrote it."""
    found: dict[int, int | None] = {}
    for pair in form.get(SEEN, "").split():
        person, _colon, minutes = pair.partition(":")
        with suppress(ValueError):
            found[number_of(person)] = minutes_of(minutes, most)
    return found


def seen_text(minutes: Mapping[int, int | None]) -> str:
    return " ".join(
        f"{person}:{'' if spent is None else spent}" for person, spent in minutes.items()
    )


def other_typed(form: Mapping[str, str], most: int) -> tuple[str, int] | None:
    """Somebody who is not among those shown, and the minutes; None when no such form was sent."""
    if OTHER not in form:
        return None
    words = form[OTHER].strip()[:LONGEST_WORDS]
    try:
        minutes = minutes_of(form.get(OTHER_MINUTES, ""), most)
    except ValueError:
        minutes = None
    errors = {} if words else {OTHER: Sentence(NOBODY_TYPED)}
    if minutes is None:
        errors[OTHER_MINUTES] = Sentence(NOT_MINUTES, {"most": most})
    if errors or minutes is None:
        raise InvalidInput(errors)
    return words, minutes


def choices(form: Mapping[str, str]) -> dict[int, RowChoice]:
    """What was chosen or typed for each row shown; a row without a choice stays as it was."""
    found: dict[int, RowChoice] = {}
    for field, value in form.items():
        if field.startswith(WHO) and (number := number_of(field.removeprefix(WHO))):
            words = form.get(f"{WORDS}{number}", "").strip()[:LONGEST_WORDS]
            if choice := _choice(value, words):
                found[number] = choice
    return found


def _choice(value: str, words: str) -> RowChoice | None:
    if words:
        return RowChoice(MatchDecision.PERSON, words=words)
    if value.startswith(PERSON):
        return RowChoice(MatchDecision.PERSON, number_of(value.removeprefix(PERSON)))
    return (
        RowChoice(MatchDecision(value))
        if value in (MatchDecision.KEPT, MatchDecision.IGNORED, MatchDecision.OPEN)
        else None
    )


def number_of(text: str) -> int:
    """0 for what is no number a row can have."""
    return number_in(text) or 0


def people_chosen(values: Iterable[str]) -> set[int]:
    return {number for value in values if (number := number_of(value))}
