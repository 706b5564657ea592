"""What scheduling refuses, each rule with a refusal of its own."""

from collections.abc import Sequence
from datetime import timedelta

from app.kernel.refusal import Kind, Refusal, Sentence
from app.kernel.text import N_
from app.kernel.timespan import Timespan
from app.planning.scheduling.values import Finding, Rule, Standing

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


class GroupClash(Clash):
    rule = Rule.SAME_GROUP.value
    msgid = N_("The same working group already meets at this time: %(event)s.")


class CrossGroupClash(Clash):
    rule = Rule.CROSS_GROUP.value
    msgid = N_(
        "Another working group already meets at this time, and two do not meet at once: %(event)s."
    )


class PersonClash(Clash):
    rule = Rule.SAME_PERSON.value
    msgid = N_("Somebody who is needed is already engaged at this time: %(event)s.")


class BlackoutClash(Clash):
    rule = Rule.BLACKOUT.value
    msgid = N_("A congress or a governance meeting has the region's calendar to itself: %(event)s.")


class LicenceTaken(Clash):
    rule = Rule.LICENCE.value
    msgid = N_("The meeting licence carries no more meetings at this time: %(event)s.")


class PairClash(Clash):
    rule = Rule.GROUP_PAIR.value
    msgid = N_("These two groups were declared never to meet at once: %(event)s.")


class HolidayClash(Clash):
    rule = Rule.BINDING_HOLIDAY.value
    msgid = N_("A country that is invited has made this day a binding holiday: %(event)s.")


class NotConfirmed(Clash):
    """The rule book lets this pass only when somebody entitled confirms it and says why."""

    rule = "not-confirmed"
    msgid = N_("This has to be confirmed with a reason by whoever may.")


class TooLong(Refusal):
    """The no-overlap rule on SQLite looks back 45 days; a longer engagement is split by whoever
    claims.
    """

    kind = Kind.INVALID
    rule = "too-long"
    msgid = N_("An event can last %(days)s days at most. Please split it.")


CLASHES: dict[Rule, type[Clash]] = {
    Rule.SAME_GROUP: GroupClash,
    Rule.CROSS_GROUP: CrossGroupClash,
    Rule.SAME_PERSON: PersonClash,
    Rule.BLACKOUT: BlackoutClash,
    Rule.LICENCE: LicenceTaken,
    Rule.GROUP_PAIR: PairClash,
    Rule.BINDING_HOLIDAY: HolidayClash,
}


def titled(standing: Standing) -> Sentence:
    return Sentence(N_("“%(title)s”"), {"title": standing.title})


def named(standing: Standing) -> Sentence:
    """The engagement by its title; a confidential one is "another meeting" to whoever is not known
    to be let in.
    """
    return Sentence(ANOTHER_MEETING) if standing.is_confidential else titled(standing)


def require_free(findings: Sequence[Finding]) -> None:
    refused = [finding for finding in findings if finding.is_refused]
    if refused:
        raise CLASHES.get(refused[0].rule, NotConfirmed)(refused)


def require_bounded(span: Timespan) -> None:
    if span.duration > LONGEST:
        raise TooLong(days=LONGEST.days)
