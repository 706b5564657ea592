"""Findings of the rules that count: how many it would be, of how many, and what was counted
already, by name.
"""

from datetime import timedelta

from app.infra.language import both
from app.kernel.reference import REFERENCE_ZONE, reference_day
from app.kernel.text import N_, LocalizedText
from app.planning.scheduling.values import Finding, Rule, Standing
from app.planning.scheduling.wording.parties import joined, listed, title_of, who
from app.planning.scheduling.wording.times import day_of, days_of, month_of

COUNTS = {
    Rule.GROUP_WEEK: N_(
        "This would be event number %(count)s for %(who)s in the week of %(monday)s, and the most is %(limit)s."
    ),
    Rule.GROUP_MONTH: N_(
        "This would be event number %(count)s for %(who)s in %(month)s, and the most is %(limit)s."
    ),
    Rule.COUNTRY_WEEK: N_(
        "This would be event number %(count)s for %(who)s in the week of %(monday)s, and the most is %(limit)s."
    ),
    Rule.PERSON_LOAD: N_(
        "This would be role number %(count)s for %(who)s in %(month)s, and the most is %(limit)s."
    ),
    Rule.COUNTRY_LOAD: N_(
        "This would be meeting number %(count)s of several days within three weeks for %(who)s, and the most is "
        "%(limit)s."
    ),
}
DAYS_LEFT = N_("There are %(count)s working days until then, and the least is %(limit)s.")
ONE_DAY_LEFT = N_("There is one working day until then, and the least is %(limit)s.")
NO_DAY_LEFT = N_("There is no working day until then, and the least is %(limit)s.")


def about_notice(finding: Finding) -> LocalizedText:
    msgid = {0: NO_DAY_LEFT, 1: ONE_DAY_LEFT}.get(finding.count or 0, DAYS_LEFT)
    return both(msgid, count=finding.count, limit=finding.limit)


def about_counts(finding: Finding, *, may_see_title: bool) -> LocalizedText:
    day = reference_day(finding.span.starts_at)
    found = both(
        COUNTS[finding.rule],
        count=finding.count,
        limit=finding.limit,
        who=who(finding.parties),
        monday=day_of(day - timedelta(days=day.weekday())),
        month=month_of(day),
    )
    if not finding.others:
        return found
    counted = listed(_with_day(other, may_see_title=may_see_title) for other in finding.others)
    return joined(found, both(N_("Already planned: %(events)s."), events=counted))


def _with_day(other: Standing, *, may_see_title: bool) -> LocalizedText:
    return both(
        N_("%(event)s (%(days)s)"),
        event=title_of(other, may_see_title=may_see_title),
        days=days_of(other.span, REFERENCE_ZONE),
    )
