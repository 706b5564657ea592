"""What scheduling refuses, each rule with a refusal of its own."""

from collections.abc import Sequence
from datetime import timedelta

from app.kernel.refusal import Kind, Refusal, Sentence
from app.kernel.text import N_
from app.kernel.timespan import Timespan
from app.planning.scheduling.rules.book import spec_of
from app.planning.scheduling.rules.spec import RuleSpec
from app.planning.scheduling.values import Finding, Standing

LONGEST = timedelta(days=45)
ANOTHER_MEETING = N_("another meeting")


class Clash(Refusal):
    """The time is taken. `findings` say by what, hardest first; the sentence names the rule and the
    first of them.
    """

    kind = Kind.CONFLICT
    rule = "time-taken"
    msgid = N_("This time is already taken by %(event)s.")

    def __init__(self, findings: Sequence[Finding] = ()) -> None:
        other = findings[0].other if findings else None
        super().__init__(event=named(other) if other else Sentence(ANOTHER_MEETING))
        self.findings = tuple(findings)


class NotConfirmed(Clash):
    """The rule book lets this pass only when somebody entitled confirms it and says why."""

    rule = "not-confirmed"
    msgid = N_("This must be confirmed, with a reason, by someone who may do so.")


class RuleClash(Clash):
    """Refused by a rule that has a sentence of its own for it."""

    def __init__(self, spec: RuleSpec, findings: Sequence[Finding]) -> None:
        super().__init__(findings)
        self.rule = spec.name
        self.sentence = Sentence(spec.refusal, self.sentence.params)


class TooLong(Refusal):
    """The no-overlap rule on SQLite looks back 45 days; a longer engagement is split by whoever
    claims.
    """

    kind = Kind.INVALID
    rule = "too-long"
    msgid = N_("An event can last %(days)s days at most. Please split it.")


def titled(standing: Standing) -> Sentence:
    return Sentence(N_("“%(title)s”"), {"title": standing.title})


def named(standing: Standing) -> Sentence:
    """Returns the engagement's title; "another meeting" for a confidential one, to whoever is not
    known to be let in.
    """
    return Sentence(ANOTHER_MEETING) if standing.is_confidential else titled(standing)


def require_free(findings: Sequence[Finding]) -> None:
    """Refuses with RuleClash or NotConfirmed where a finding is refused; the first one names it."""
    refused = [finding for finding in findings if finding.is_refused]
    if refused:
        spec = spec_of(refused[0].rule)
        raise RuleClash(spec, refused) if spec.refusal else NotConfirmed(refused)


def require_bounded(span: Timespan) -> None:
    if span.duration > LONGEST:
        raise TooLong(days=LONGEST.days)
