"""States of a work plan, what it lacks, members of one sector, and what meets in the general plan."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import combinations

from app.followup.agreements.values import AgreementView
from app.followup.plans.values import (
    ActivityLack,
    MemberView,
    PlannedActivity,
    PlanRequest,
    PlanState,
    Together,
)
from app.kernel.refusal import InvalidInput, Refusal, Sentence
from app.kernel.text import N_, without_accents

LONGEST_NOTE, LONGEST_DECISION = 1000, 120
MOST_ACTIVITIES, MOST_REQUESTS = 60, 20
MANY = 2
"""Members of a country from which on their sectors are compared; one alone is of one sector."""
ALIKE = 0.5
"""Share of words in common from which on two activities of one month are called duplicates."""
SHORT = 4
"""Words shorter than this are articles and prepositions in both languages."""

NO_NOTE = N_("Say what should be changed before the plan is validated.")
NOTE_TOO_LONG = N_("Write at most %(most)s characters.")
NO_DECISION = N_("Write the Decision that the plan is validated by.")
DECISION_TOO_LONG = N_("Write at most %(most)s characters.")
NO_SUCH_ACTIVITY = N_("There is no activity %(number)s in this plan.")
TOO_MANY_REQUESTS = N_("Ask for at most %(most)s changes at once.")


class PlanNotDraft(Refusal):
    rule = "work-plan-not-draft"
    msgid = N_("This plan was submitted. It is changed only after it has been sent back.")


class PlanNotSubmitted(Refusal):
    rule = "work-plan-not-submitted"
    msgid = N_("This plan is not submitted. Only a submitted plan is validated or sent back.")


class PlanIncomplete(Refusal):
    rule = "work-plan-incomplete"
    msgid = N_(
        "Each activity needs who answers, a day, an indicator and a gender marker. Missing in: %(numbers)s."
    )


class PlanEmpty(Refusal):
    rule = "work-plan-empty"
    msgid = N_("The plan has no activity yet. Write the first one.")


class TooManyActivities(Refusal):
    rule = "work-plan-full"
    msgid = N_("A plan holds at most %(most)s activities.")


class NoCongressYet(Refusal):
    rule = "work-plan-no-congress"
    msgid = N_("This edition has no congress in the calendar yet. Plan the congress first.")


class OnlyThePresidencyValidates(Refusal):
    rule = "work-plan-presidency"
    msgid = N_("Only the presidency validates a plan. Submit it; the presidency reads it next.")


def lacks(activity: AgreementView) -> tuple[ActivityLack, ...]:
    """Returns what an activity lacks, in the order of the form."""
    part = activity.activity
    missing = {
        ActivityLack.RESPONSIBLE: not activity.responsible,
        ActivityLack.DUE: activity.due is None,
        ActivityLack.INDICATOR: part is None or not part.indicator,
        ActivityLack.GENDER_MARKER: part is None or part.gender_marker is None,
        ActivityLack.SECTION: not activity.section,
    }
    return tuple(lack for lack, is_missing in missing.items() if is_missing)


def blocks(lack: ActivityLack) -> bool:
    """Returns True for what must be there before the plan is submitted."""
    return lack is not ActivityLack.SECTION


def require_draft(state: PlanState) -> None:
    if state is not PlanState.DRAFT:
        raise PlanNotDraft


def require_submitted(state: PlanState) -> None:
    if state is not PlanState.SUBMITTED:
        raise PlanNotSubmitted


def require_complete(activities: Sequence[AgreementView]) -> None:
    """Raises PlanEmpty, or PlanIncomplete with the numbers of the activities that lack something."""
    if not activities:
        raise PlanEmpty
    incomplete = [
        str(one.paragraph) for one in activities if any(blocks(lack) for lack in lacks(one))
    ]
    if incomplete:
        raise PlanIncomplete(numbers=", ".join(incomplete))


def require_note(
    note: str, requests: Iterable[PlanRequest], numbers: Iterable[int]
) -> tuple[str, tuple[PlanRequest, ...]]:
    """Returns what is said to those who get a plan back, trimmed. Raises InvalidInput.

    `numbers`: of the activities that the plan has.
    """
    said = note.strip()
    asked = tuple(
        PlanRequest(one.number, one.words.strip()) for one in requests if one.words.strip()
    )
    errors = {}
    if not said:
        errors["note"] = Sentence(NO_NOTE)
    elif len(said) > LONGEST_NOTE:
        errors["note"] = Sentence(NOTE_TOO_LONG, {"most": LONGEST_NOTE})
    unknown = sorted({one.number for one in asked} - {0, *numbers})
    if unknown:
        errors["requests"] = Sentence(NO_SUCH_ACTIVITY, {"number": unknown[0]})
    elif len(asked) > MOST_REQUESTS:
        errors["requests"] = Sentence(TOO_MANY_REQUESTS, {"most": MOST_REQUESTS})
    elif any(len(one.words) > LONGEST_NOTE for one in asked):
        errors["requests"] = Sentence(NOTE_TOO_LONG, {"most": LONGEST_NOTE})
    if errors:
        raise InvalidInput(errors)
    return said, asked


def require_decision(decision_ref: str) -> str:
    """Returns the Decision, trimmed. Raises InvalidInput without one."""
    said = decision_ref.strip()
    if not said:
        raise InvalidInput({"decision_ref": Sentence(NO_DECISION)})
    if len(said) > LONGEST_DECISION:
        raise InvalidInput(
            {"decision_ref": Sentence(DECISION_TOO_LONG, {"most": LONGEST_DECISION})}
        )
    return said


def countries_of_one_sector(members: Iterable[MemberView]) -> tuple[str, ...]:
    """Returns the countries with several members that all come from one sector (R11), by code."""
    sectors: dict[str, list[str]] = {}
    for member in members:
        sectors.setdefault(member.country, []).append(member.sector)
    return tuple(
        sorted(code for code, own in sectors.items() if len(own) >= MANY and len(set(own)) == 1)
    )


def hash_of(activities: Iterable[AgreementView]) -> str:
    """Returns the SHA-256 of what a plan says, so that anyone can check what was validated."""
    said = [
        {
            "number": one.paragraph.number,
            "text": one.text.as_dict(),
            "responsible": sorted([party.kind.value, party.key] for party in one.responsible),
            "due": one.due.isoformat() if one.due else "",
            "section": one.section,
            "indicator": one.activity.indicator if one.activity else "",
            "target": one.activity.target if one.activity else "",
            "gender_marker": one.activity.gender_marker if one.activity else None,
            "funding_source": one.activity.funding_source if one.activity else "",
            "partners": list(one.activity.partners) if one.activity else [],
        }
        for one in activities
    ]
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def clashes(activities: Sequence[PlannedActivity]) -> tuple[Together, ...]:
    """Returns activities of different tables that are due in one week while a country answers for
    both (R34).
    """
    return tuple(
        Together(first.number, second.number, tuple(sorted(shared)))
        for first, second in _pairs(activities)
        if _week(first.activity.due) == _week(second.activity.due)
        and (shared := first.activity.countries & second.activity.countries)
    )


def duplicates(activities: Sequence[PlannedActivity]) -> tuple[Together, ...]:
    """Returns activities of different tables that seem to be one: the same section or none, the same
    month, and half of their words.
    """
    return tuple(
        Together(first.number, second.number)
        for first, second in _pairs(activities)
        if first.activity.section == second.activity.section
        and first.activity.due
        and second.activity.due
        and first.activity.due.replace(day=1) == second.activity.due.replace(day=1)
        and is_alike(first.activity.text.in_(), second.activity.text.in_())
    )


def is_alike(first: str, second: str) -> bool:
    """Returns True for texts that share half of their words, and no single word only."""
    return likeness(first, second) >= ALIKE and len(_words(first) & _words(second)) > 1


def likeness(first: str, second: str) -> float:
    """Returns the share of words that two texts have in common, from 0 to 1."""
    words, others = _words(first), _words(second)
    return len(words & others) / max(1, min(len(words), len(others)))


def _words(text: str) -> frozenset[str]:
    cleaned = "".join(c if c.isalnum() else " " for c in without_accents(text).lower())
    return frozenset(word for word in cleaned.split() if len(word) >= SHORT)


def _pairs(
    activities: Sequence[PlannedActivity],
) -> Iterator[tuple[PlannedActivity, PlannedActivity]]:
    return (
        (first, second)
        for first, second in combinations(activities, 2)
        if first.plan.id != second.plan.id
    )


def _week(day: date | None) -> object:
    """Returns the ISO week of a day; of no day something that equals nothing else."""
    return day.isocalendar()[:2] if day else object()
