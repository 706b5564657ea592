"""Standing against a rule all the same: by a permission of one's own, or by the other's permission
to stand beside.
"""

from collections.abc import Collection, Iterable
from dataclasses import replace

from app.kernel.refusal import InvalidInput, Sentence
from app.kernel.text import N_, is_printable
from app.planning.scheduling.values import Approver, Finding, Rule

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
