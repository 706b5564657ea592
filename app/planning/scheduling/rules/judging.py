"""The whole rule book about one proposed time, over values that were read before."""

from collections.abc import Sequence

from app.planning.scheduling.rules.overlaps import clash_with, in_order
from app.planning.scheduling.rules.question import Question
from app.planning.scheduling.rules.spec import RuleSpec, Terms
from app.planning.scheduling.values import Finding, Standing


def judge(
    question: Question, *, standing: Sequence[Standing], around: Sequence[Standing], terms: Terms
) -> tuple[Finding, ...]:
    """Returns every finding, hardest first, without overrides.

    `standing`: the engagements near the span that hold something the parties need, and soft ones.
    `around`: those that the limits count (`limits.reach`). What the question claims `also` is in
    both.
    """
    found = (*judge_day(question, around, terms), *judge_hour(question, standing, terms))
    return in_order(found, terms.book)


def judge_day(question: Question, around: Sequence[Standing], terms: Terms) -> tuple[Finding, ...]:
    """Returns what is alike for all spans of the same length that start on the same day: notice,
    caps and load.
    """
    return tuple(
        finding
        for spec in terms.book.specs
        if spec.counts is not None and _is_asked(spec, question)
        for finding in spec.counts(question, around, terms)
    )


def judge_hour(
    question: Question, standing: Sequence[Standing], terms: Terms
) -> tuple[Finding, ...]:
    """Returns what depends on the hour: who stands there, shared delegates, holidays, office hours,
    other calendars.
    """
    clashes = (clash_with(other, question.span, question.parties, terms) for other in standing)
    return (
        *(finding for finding in clashes if finding is not None),
        *(
            finding
            for spec in terms.book.specs
            if spec.near is not None and _is_asked(spec, question)
            for finding in spec.near(question, standing, terms)
        ),
    )


def counts_anything(question: Question, terms: Terms) -> bool:
    """Returns True where a rule that is asked needs the engagements that are counted."""
    return any(spec.counts is not None and _is_asked(spec, question) for spec in terms.book.specs)


def _is_asked(spec: RuleSpec, question: Question) -> bool:
    return spec.binds_holds or not question.is_agreed
