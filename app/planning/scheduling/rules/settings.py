"""What may be decided about rules and licences, and what is wrong with a decision."""

import re
from datetime import date

from app.kernel.refusal import Kind, Refusal, Sentence
from app.kernel.text import N_, LocalizedText, field_in, languages
from app.planning.scheduling.rules.spec import RuleSpec
from app.planning.scheduling.values import Severity

LONGEST_AHEAD = 3_660
"""Days: nobody decides today how hard a rule will be in eleven years."""
MOST_PLACES = 100
A_KEY = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
LONGEST_KEY, LONGEST_LABEL = 60, 120


def defects_of(
    spec: RuleSpec,
    severity: Severity,
    threshold: int | None,
    valid_from: date,
    valid_until: date | None,
    *,
    today: date,
) -> dict[str, Sentence]:
    """Returns what is wrong with a decision, by field.

    It cannot begin in the past, because what was planned already is not judged again.
    """
    limits, defects = spec.limits, {}
    if severity not in limits.severities:
        defects["severity"] = Sentence(
            N_("This rule cannot be set like that. Choose one of the answers.")
        )
    if limits.counts and not limits.allow(limits.severities[0], threshold):
        between = {"lowest": limits.lowest, "highest": limits.highest}
        defects["threshold"] = Sentence(
            N_("Write a whole number from %(lowest)s to %(highest)s."), between
        )
    if not 0 <= (valid_from - today).days <= LONGEST_AHEAD:
        defects["valid_from"] = Sentence(N_("Choose today or a day within the next ten years."))
    elif valid_until is not None and not 0 < (valid_until - valid_from).days <= LONGEST_AHEAD:
        defects["valid_until"] = Sentence(
            N_("Choose a day from the first one on, at most ten years later, or none.")
        )
    return defects


def licence_defects(key: str, label: LocalizedText, capacity: int) -> dict[str, Sentence]:
    defects = {}
    if not A_KEY.fullmatch(key) or len(key) > LONGEST_KEY:
        defects["key"] = Sentence(
            N_("Write lower-case letters, digits and hyphens, such as zoom-500.")
        )
    for language in languages():
        if label.lacks(language) or len(label[language]) > LONGEST_LABEL:
            defects[field_in("label", language)] = Sentence(
                N_("Write a name of at most %(most)s letters."), {"most": LONGEST_LABEL}
            )
    if not 1 <= capacity <= MOST_PLACES:
        between = {"lowest": 1, "highest": MOST_PLACES}
        defects["capacity"] = Sentence(
            N_("Write a whole number from %(lowest)s to %(highest)s."), between
        )
    return defects


class RuleIsFixed(Refusal):
    """Nobody is in two places at once and no licence carries more than it does, whoever decides
    what.
    """

    kind = Kind.CONFLICT
    rule = "rule-is-fixed"
    msgid = N_("Nobody can change this rule.")
