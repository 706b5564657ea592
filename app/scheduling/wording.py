"""Findings in words: the rule, the other engagement, its hours with their zone, who is shared. No ids, no bare UTC."""

from collections.abc import Iterable
from datetime import date
from zoneinfo import ZoneInfo

from babel.dates import format_date
from babel.lists import format_list

from app.infra.language import both
from app.kernel.refusal import Sentence
from app.kernel.text import LANGUAGES, N_, LocalizedText
from app.kernel.timespan import Timespan
from app.scheduling.rules.clock import OFFICE_CLOSES, OFFICE_OPENS, local_days
from app.scheduling.rules.refusals import ANOTHER_MEETING, titled
from app.scheduling.values import Finding, InvitedCountry, Party, PartyKind, Rule, Standing
from app.web.render import hours_text, zone_label

ONE, SEVERAL = 0, 1
CLASHES = {
    Rule.SAME_GROUP: (
        N_("%(who)s already meets %(when)s in %(event)s, and a group meets once at a time"),
        N_("%(who)s already meet %(when)s in %(event)s, and a group meets once at a time"),
    ),
    Rule.CROSS_GROUP: (
        N_("%(who)s already meets %(when)s in %(event)s, and two working groups do not meet at once"),
        N_("%(who)s already meet %(when)s in %(event)s, and two working groups do not meet at once"),
    ),
    Rule.SAME_PERSON: (
        N_("%(who)s already takes part %(when)s in %(event)s, and nobody can be in two places at once"),
        N_("%(who)s already take part %(when)s in %(event)s, and nobody can be in two places at once"),
    ),
}
CALENDAR_CLOSED = N_("%(event)s has the region's calendar to itself %(when)s")
CALENDAR_USED = N_(
    "The calendar already holds %(event)s %(when)s, and a congress or a governance meeting needs it to itself"
)


def sentence(finding: Finding, *, reader_timezone: str, may_see_title: bool = True) -> LocalizedText:
    """The finding for a reader in a zone. A confidential title is said only to who may see it."""
    if finding.other is None:
        return _about_holidays(finding) if finding.rule is Rule.HOLIDAY else _about_hours(finding)
    other = finding.other
    clash = both(
        _msgid(finding),
        who=_listed(map(_named, finding.parties)),
        event=titled(other) if may_see_title or not other.is_confidential else Sentence(ANOTHER_MEETING),
        when=_when(other, asked_for=finding.span, reader_timezone=reader_timezone),
    )
    if not finding.also:
        return both(N_("%(clash)s."), clash=_capitalized(clash))
    people = _listed(party.label for party in finding.also)
    return both(N_("%(clash)s; both need %(people)s."), clash=_capitalized(clash), people=people)


def _msgid(finding: Finding) -> str:
    if finding.rule is Rule.BLACKOUT:
        return CALENDAR_CLOSED if any(party.exclusive for party in finding.parties) else CALENDAR_USED
    return CLASHES[finding.rule][ONE if len(finding.parties) == 1 else SEVERAL]


def _named(party: Party) -> LocalizedText:
    return both(N_("the %(group)s"), group=party.label) if party.kind is PartyKind.WORKING_GROUP else party.label


def _when(other: Standing, *, asked_for: Timespan, reader_timezone: str) -> Sentence:
    """The hours of the other engagement in its own zone, and in the reader's where the clock shows something else."""
    starts_at = other.span.starts_at
    there, here = (starts_at.astimezone(ZoneInfo(zone)) for zone in (other.timezone, reader_timezone))
    event = _hours(other.span, other.timezone, known_day=local_days(asked_for, other.timezone)[0])
    if there.utcoffset() == here.utcoffset():
        return event
    reader = _hours(other.span, reader_timezone, known_day=local_days(other.span, other.timezone)[0])
    return Sentence(N_("%(event)s —for you, %(reader)s—"), {"event": event, "reader": reader})


def _hours(span: Timespan, timezone: str, *, known_day: date) -> Sentence:
    """Hours with their zone; the day too, unless it is the one that is spoken of anyway."""
    zone = ZoneInfo(timezone)
    starts, ends = span.starts_at.astimezone(zone), span.ends_at.astimezone(zone)
    days = local_days(span, timezone)
    label = LocalizedText(*(zone_label(timezone, span.starts_at, language) for language in LANGUAGES))
    words = {"start": f"{starts:%H:%M}", "end": f"{ends:%H:%M}", "zone": label}
    if len(days) > 1:
        words |= {"first_day": _day(starts.date()), "last_day": _day(ends.date())}
        return Sentence(N_("from %(start)s on %(first_day)s to %(end)s on %(last_day)s (%(zone)s)"), words)
    if days[0] != known_day:
        return Sentence(N_("on %(day)s from %(start)s to %(end)s (%(zone)s)"), words | {"day": _day(days[0])})
    return Sentence(N_("from %(start)s to %(end)s (%(zone)s)"), words)


def _about_hours(finding: Finding) -> LocalizedText:
    def place(country: InvitedCountry) -> LocalizedText:
        hours = hours_text(finding.span.starts_at, finding.span.ends_at, country.timezone)
        return both(N_("%(country)s (%(hours)s)"), country=country.name, hours=hours)

    return both(
        N_("Outside %(opens)s–%(closes)s local time in %(places)s."),
        opens=f"{OFFICE_OPENS:%H:%M}",
        closes=f"{OFFICE_CLOSES:%H:%M}",
        places=_listed(map(place, finding.countries)),
    )


def _about_holidays(finding: Finding) -> LocalizedText:
    places = (
        both(N_("%(country)s (%(holiday)s, %(day)s)"), country=country.name, holiday=holiday.name, day=_day(holiday.on))
        for country, holiday in zip(finding.countries, finding.holidays, strict=True)
    )
    return both(N_("National holiday in %(places)s."), places=_listed(places))


def _day(on: date) -> LocalizedText:
    return LocalizedText(*(format_date(on, _DAY[language], locale=language) for language in LANGUAGES))


_DAY = {"es": "d 'de' MMMM", "en": "d MMMM"}


def _listed(words: Iterable[LocalizedText]) -> LocalizedText:
    """ "A, B and C" in each language; Spanish writes "e" before an i."""
    items = tuple(words)
    return LocalizedText(*(format_list([item.in_(lang) for item in items], locale=lang) for lang in LANGUAGES))


def _capitalized(text: LocalizedText) -> LocalizedText:
    """For sentences that begin with "the Protection Working Group" or "another meeting"."""
    return LocalizedText(*(text.in_(lang)[:1].upper() + text.in_(lang)[1:] for lang in LANGUAGES))
