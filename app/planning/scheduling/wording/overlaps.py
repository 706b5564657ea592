"""Findings about another engagement: the rule, its name, its hours with their zone, who is
shared.
"""

from app.infra.language import both
from app.kernel.refusal import Sentence
from app.kernel.text import N_, LocalizedText
from app.planning.scheduling.rules.clock import local_days
from app.planning.scheduling.values import Finding, Rule, Standing
from app.planning.scheduling.wording.clock import HOLIDAYS, at_rest
from app.planning.scheduling.wording.parties import (
    all_countries,
    capitalized,
    listed,
    title_of,
    who,
)
from app.planning.scheduling.wording.times import day_of, when

ONE, SEVERAL = 0, 1
CLASHES = {
    Rule.SAME_GROUP: (
        N_("%(who)s already meets %(when)s in %(event)s, and a group meets once at a time"),
        N_("%(who)s already meet %(when)s in %(event)s, and a group meets once at a time"),
    ),
    Rule.CROSS_GROUP: (
        N_(
            "%(who)s already meets %(when)s in %(event)s, and two working groups do not meet at once"
        ),
        N_(
            "%(who)s already meet %(when)s in %(event)s, and two working groups do not meet at once"
        ),
    ),
    Rule.GROUP_PAIR: (
        N_(
            "%(who)s already meets %(when)s in %(event)s, and it was declared that the two never meet at once"
        ),
        N_(
            "%(who)s already meet %(when)s in %(event)s, and it was declared that these groups never meet at once"
        ),
    ),
    Rule.SAME_PERSON: (
        N_(
            "%(who)s already takes part %(when)s in %(event)s, and nobody can be in two places at once"
        ),
        N_(
            "%(who)s already take part %(when)s in %(event)s, and nobody can be in two places at once"
        ),
    ),
    Rule.SHARED_DELEGATES: (
        N_("%(who)s already meets %(when)s in %(event)s; %(sharing)s"),
        N_("%(who)s already meet %(when)s in %(event)s; %(sharing)s"),
    ),
}
CALENDAR_CLOSED = N_("%(event)s has the region's calendar to itself %(when)s")
CALENDAR_USED = N_(
    "The calendar already holds %(event)s %(when)s, and a congress or a governance meeting needs it to itself"
)
LICENCE_TAKEN = N_("The licence “%(who)s” is taken by %(event)s %(when)s")
LICENCE_FULL = N_(
    "The licence “%(who)s” carries %(limit)s meetings at once, and they are there: %(events)s"
)
ENDS_BEFORE = N_(
    "%(event)s, %(when)s, ends %(count)s min before, and %(who)s should have %(limit)s min of quiet"
)
STARTS_AFTER = N_(
    "%(event)s, %(when)s, starts %(count)s min after, and %(who)s should have %(limit)s min of quiet"
)
ONE_SENDS = N_("%(count)s of %(total)s countries sends the same delegate (%(codes)s)")
MANY_SEND = N_("%(count)s of %(total)s countries send the same delegate (%(codes)s)")
PROCESS = N_("another process meets %(when)s: %(event)s")
PROCESS_CALLS = N_("another process meets %(when)s and calls on %(who)s too: %(event)s")
BUSY = N_("the personal calendar of %(who)s says busy %(when)s")
Words = dict[str, LocalizedText | Sentence | int | str | None]


def about_another(
    finding: Finding, other: Standing, *, reader_timezone: str, may_see_title: bool
) -> LocalizedText:
    if finding.rule is Rule.BINDING_HOLIDAY:
        return _at_rest(finding, other)
    words: Words = {
        "who": who(finding.parties),
        "event": title_of(other, may_see_title=may_see_title),
        "when": when(other, asked_for=finding.span, reader_timezone=reader_timezone),
        "limit": finding.limit,
        "count": finding.count,
    }
    if finding.rule is Rule.SHARED_DELEGATES:
        words["sharing"] = _sharing(finding)
    if finding.rule is Rule.LICENCE and len(finding.others) > 1:
        words["events"] = listed(
            both(
                N_("%(event)s %(when)s"),
                event=title_of(one, may_see_title=may_see_title),
                when=when(one, asked_for=finding.span, reader_timezone=reader_timezone),
            )
            for one in finding.others
        )
    clash = capitalized(both(_msgid(finding, other), **words))
    if not finding.also:
        return both(N_("%(clash)s."), clash=clash)
    people = listed(party.label for party in finding.also)
    return both(N_("%(clash)s; both need %(people)s."), clash=clash, people=people)


def _msgid(finding: Finding, other: Standing) -> str:
    match finding.rule:
        case Rule.BLACKOUT:
            return (
                CALENDAR_CLOSED
                if any(party.exclusive for party in finding.parties)
                else CALENDAR_USED
            )
        case Rule.LICENCE:
            return LICENCE_FULL if len(finding.others) > 1 else LICENCE_TAKEN
        case Rule.QUIET_BUFFER:
            return ENDS_BEFORE if other.span.ends_at <= finding.span.starts_at else STARTS_AFTER
        case Rule.EXTERNAL:
            return PROCESS_CALLS if finding.parties else PROCESS
        case Rule.BUSY:
            return BUSY
    return CLASHES[finding.rule][ONE if len(finding.parties) == 1 else SEVERAL]


def _sharing(finding: Finding) -> LocalizedText:
    """ "4 of 11 countries send the same delegate (GT, HN, PA, SV)"."""
    count = len(finding.countries)
    codes = ", ".join(country.code for country in finding.countries)
    return both(
        ONE_SENDS if count == 1 else MANY_SEND, count=count, total=all_countries(), codes=codes
    )


def _at_rest(finding: Finding, other: Standing) -> LocalizedText:
    """A holiday that stands in the calendar of record as its country made it."""
    day = day_of(local_days(other.span, other.timezone)[0])
    places = listed(at_rest(party.label, other.title, day) for party in finding.parties)
    return both(HOLIDAYS[finding.rule], places=places)
