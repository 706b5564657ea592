"""The whole rule book about one proposed time, and what may stand against it, over values that were read before."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import chain

from app.kernel.reference import reference_day
from app.kernel.refusal import InvalidInput, Sentence
from app.kernel.text import N_, is_printable
from app.kernel.timespan import Timespan
from app.planning.scheduling.rules.limits import country_week, group_week
from app.planning.scheduling.rules.overlaps import clash_with, in_order
from app.planning.scheduling.rules.spec import Question, RuleSpec, Terms
from app.planning.scheduling.values import Approver, Finding, Party, Rule, Standing


def judge(
    question: Question, *, standing: Sequence[Standing], around: Sequence[Standing], terms: Terms
) -> tuple[Finding, ...]:
    """Returns every finding, hardest first, without overrides.

    `standing`: the engagements near the span that hold something the parties need, and soft ones.
    `around`: those that the limits count (`limits.reach`). What the question claims `also` is in
    both.
    """
    findings = (*judge_day(question, around, terms), *judge_hour(question, standing, terms))
    return in_order(findings, terms.book)


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


def judge_week(
    question: Question, *, closed: Sequence[Standing], around: Sequence[Standing], terms: Terms
) -> tuple[Finding, ...]:
    """Returns what is against something that has a day and no hour yet: a congress or governance
    meeting in its week, and the rules that count the week.

    `closed`: the engagements that have the region's calendar to themselves. `around`: those that
    are counted.
    """
    monday = question.span.starts_at - timedelta(
        days=reference_day(question.span.starts_at).weekday()
    )
    week = Timespan(monday, monday + timedelta(days=7))
    region = (Party.region(exclusive=False),)
    meetings = (clash_with(other, week, region, terms) for other in closed)
    counted = (rule(question, around, terms) for rule in (group_week, country_week))
    found = (*(one for one in meetings if one is not None), *chain.from_iterable(counted))
    return in_order(found, terms.book)


def counts_anything(question: Question, terms: Terms) -> bool:
    """Returns True where a rule that is asked needs the engagements that are counted."""
    return any(spec.counts is not None and _is_asked(spec, question) for spec in terms.book.specs)


def _is_asked(spec: RuleSpec, question: Question) -> bool:
    return spec.binds_holds or not question.is_agreed


# Standing against a rule all the same: by a permission of one's own, or by the other's permission
# to stand beside.

SHORTEST_REASON = 15
MOST_REASON = 1_000
TOO_SHORT = N_("Write the reason in at least %(count)s characters: it stays on record.")
TOO_LONG = N_("Write the reason in at most %(count)s characters.")
UNPRINTABLE = N_("This text holds characters that cannot be stored. Please type it again.")


CaseKey = tuple[str, str, str, str]
"""What a conflict case is about: rule, the other's holder, kind and key of the party."""


def with_overrides(
    findings: Iterable[Finding],
    *,
    permitted: Collection[tuple[str, str]],
    holder: str = "",
    cases: Collection[CaseKey] = (),
    main: str = "",
) -> tuple[Finding, ...]:
    """Returns the same findings, marked where they are overridden.

    With `holder`, the asker's own, a permission of the other against it counts as well: the two
    stand side by side. `main`: the asker's holder wherever it goes; the side events of a congress
    follow it or stay behind. `cases`: clashes that arose after scheduling. They have the
    secretariat's attention and refuse no other change.
    """

    def is_overridden(finding: Finding) -> bool:
        if cases and is_in_a_case(finding, cases):
            return True
        if finding.approver is Approver.NOBODY and finding.rule != Rule.BLACKOUT:
            return False
        other = finding.other
        name = main if finding.rule == Rule.BLACKOUT else holder
        beside = bool(name and other and (finding.rule, name) in other.permits)
        return beside or (finding.rule, finding.against) in permitted

    return tuple(replace(f, is_overridden=True) if is_overridden(f) else f for f in findings)


def is_in_a_case(finding: Finding, cases: Collection[CaseKey]) -> bool:
    """Returns True when a case is open about the finding.

    People have a case each, so all of them must have one; for groups and the like one case is
    enough.
    """
    known = [(finding.rule, finding.against, p.kind.value, p.key) in cases for p in finding.parties]
    return bool(known) and (all(known) if finding.rule == Rule.SAME_PERSON else any(known))


def require_reason(field: str, reason: str) -> str:
    """Returns the reason, trimmed; refuses one that says too little or cannot be kept, at the
    field.
    """
    text = reason.strip()
    if len(text) < SHORTEST_REASON:
        raise InvalidInput({field: Sentence(TOO_SHORT, {"count": SHORTEST_REASON})})
    if len(text) > MOST_REASON:
        raise InvalidInput({field: Sentence(TOO_LONG, {"count": MOST_REASON})})
    if not is_printable(text):
        raise InvalidInput({field: Sentence(UNPRINTABLE)})
    return text
