"""Conflict cases in words: what clashes, why it arose, and how it ended."""

from collections.abc import Mapping
from datetime import timedelta

from app.infra.language import both
from app.kernel.text import N_, LocalizedText
from app.kernel.timespan import Timespan
from app.planning.scheduling.queries.cases import CaseRecord
from app.planning.scheduling.rules.book import spec_of
from app.planning.scheduling.rules.cases import Cause, Outcome
from app.planning.scheduling.values import Approver, Finding, Party, Rule, Severity, Standing
from app.planning.scheduling.wording import sentence
from app.planning.scheduling.wording.parties import capitalized, named, said, title_of
from app.planning.scheduling.wording.times import when

FAR = timedelta(days=400)  # so that the day is said too
NO_LONGER_SERVES = N_("%(who)s no longer serves and is needed %(when)s in %(event)s.")
BY_THE_RULE = N_("%(rule)s: %(event)s, %(when)s.")
CLASH_IS_GONE = N_("It was about %(who)s.")
SOMEBODY = N_("somebody")
NOTHING_LEFT = N_("One of the two events is no longer planned.")
CAUSES: Mapping[str, str] = {
    Cause.DESIGNATION: N_(
        "A delegate or a focal point was replaced after both events had been scheduled."
    ),
    Cause.LEFT: N_("Somebody who is needed left the post, or the seat fell vacant."),
    Cause.RULE: N_("A rule became stricter after both events had been scheduled."),
    Cause.UNDONE: N_("A move was undone: both events stand where they stood before."),
    Cause.ZONE: N_("A country changed its clocks after both events had been scheduled."),
}
SOMETHING_CHANGED = N_("Something changed after both events had been scheduled.")
OUTCOMES: Mapping[str, str] = {
    Outcome.MOVED: N_("Closed: one of the events was moved"),
    Outcome.REPLACED: N_("Closed: somebody else takes part"),
    Outcome.SETTLED: N_("Closed: it no longer arises"),
    Outcome.ACCEPTED: N_("Accepted with a reason"),
}
WHO_MAY_ACCEPT: Mapping[Approver, str] = {
    Approver.SECRETARIAT: N_("The secretariat or the presidency may accept it with a reason."),
    Approver.PRESIDENCY: N_("Only the presidency may accept it, with a reason."),
}


def about_case(case: CaseRecord, *, reader_timezone: str) -> LocalizedText:
    """Says what the case is about, to those who lead the region and so see every title."""
    if case.mine is None or (case.other is None and case.against):
        return both(CLASH_IS_GONE, who=named(case.party)) if case.party else said(NOTHING_LEFT)
    if case.rule is None or case.other is None:
        return _left(case.mine, case.party, reader_timezone)
    spec = spec_of(case.rule)
    if spec.overlap is not None and case.rule != Rule.LICENCE:  # whose others are not kept
        parties = (case.party,) if case.party else ()
        finding = Finding(
            rule=case.rule,
            severity=Severity.BLOCK,
            span=case.mine.span,
            other=case.other,
            parties=parties,
            is_overridden=True,
        )
        return sentence(finding, reader_timezone=reader_timezone)
    return both(
        BY_THE_RULE,
        rule=said(spec.title),
        event=title_of(case.other, may_see_title=True),
        when=when(case.other, asked_for=case.mine.span, reader_timezone=reader_timezone),
    )


def _left(mine: Standing, party: Party | None, reader_timezone: str) -> LocalizedText:
    another_day = Timespan(mine.span.starts_at - FAR, mine.span.ends_at - FAR)
    words = both(
        NO_LONGER_SERVES,
        who=named(party) if party else said(SOMEBODY),
        event=title_of(mine, may_see_title=True),
        when=when(mine, asked_for=another_day, reader_timezone=reader_timezone),
    )
    return capitalized(words)


def cause_of(case: CaseRecord) -> str:
    """Returns the msgid of why the case arose."""
    return CAUSES.get(case.cause, SOMETHING_CHANGED)
