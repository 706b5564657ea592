"""What the sentence of a rule may name, by its placeholder."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from app.infra.language import both
from app.kernel.reference import REFERENCE_ZONE, reference_day
from app.kernel.refusal import Sentence
from app.kernel.text import N_, LocalizedText
from app.planning.scheduling.rules.clock import OFFICE_CLOSES, OFFICE_OPENS, local_days
from app.planning.scheduling.values import Finding, InvitedCountry, Standing
from app.planning.scheduling.wording.parties import all_countries, listed, title_of, who
from app.planning.scheduling.wording.times import day_of, days_of, month_of, when
from app.web.render import hours_text

ONE_SENDS = N_("%(count)s of %(total)s countries sends the same delegate (%(codes)s)")
MANY_SEND = N_("%(count)s of %(total)s countries send the same delegate (%(codes)s)")
PLACEHOLDER = re.compile(r"%\((\w+)\)s")

Word = LocalizedText | Sentence | int | str | None


@dataclass(frozen=True)
class Reader:
    """Who reads a finding: the zone of the clock, and whether confidential titles may be seen."""

    timezone: str
    may_see_title: bool = True

    def title(self, other: Standing) -> Sentence:
        return title_of(other, may_see_title=self.may_see_title)

    def when(self, other: Standing, finding: Finding) -> Sentence:
        return when(other, asked_for=finding.span, reader_timezone=self.timezone)


def words(msgid: str, finding: Finding, reader: Reader) -> dict[str, Word]:
    """Returns what the msgid names; raises KeyError for a placeholder that is not in WORDS."""
    return {name: WORDS[name](finding, reader) for name in PLACEHOLDER.findall(msgid)}


def counted(finding: Finding, reader: Reader) -> LocalizedText:
    """Returns the events that were counted already, each with its days."""
    return listed(
        both(
            N_("%(event)s (%(days)s)"),
            event=reader.title(other),
            days=days_of(other.span, REFERENCE_ZONE),
        )
        for other in finding.others
    )


def _event(finding: Finding, reader: Reader) -> Word:
    return reader.title(_other(finding))


def _when(finding: Finding, reader: Reader) -> Word:
    return reader.when(_other(finding), finding)


def _other(finding: Finding) -> Standing:
    if finding.other is None:
        raise ValueError("the finding speaks of no single engagement")
    return finding.other


def _events(finding: Finding, reader: Reader) -> Word:
    return listed(
        both(N_("%(event)s %(when)s"), event=reader.title(other), when=reader.when(other, finding))
        for other in finding.others
    )


def _sharing(finding: Finding, _reader: Reader) -> Word:
    """Returns a text such as "4 of 11 countries send the same delegate (GT, HN, PA, SV)"."""
    count = len(finding.countries)
    codes = ", ".join(country.code for country in finding.countries)
    msgid = ONE_SENDS if count == 1 else MANY_SEND
    return both(msgid, count=count, total=all_countries(), codes=codes)


def _places(finding: Finding, _reader: Reader) -> Word:
    """Returns the countries: with their holidays, or else with their hours."""
    return listed(_at_rest(finding) if _is_at_rest(finding) else _hours(finding))


def _is_at_rest(finding: Finding) -> bool:
    return finding.other is not None or bool(finding.holidays)


def _at_rest(finding: Finding) -> Iterable[LocalizedText]:
    """Yields each country with its holiday; one that binds stands in the calendar of record as its
    country made it.
    """
    if finding.other is not None:
        day = day_of(local_days(finding.other.span, finding.other.timezone)[0])
        for party in finding.parties:
            yield _rest(party.label, finding.other.title, day)
        return
    for country, holiday in zip(finding.countries, finding.holidays, strict=True):
        yield _rest(country.name, holiday.name, day_of(holiday.on))


def _rest(country: LocalizedText, holiday: LocalizedText, day: LocalizedText) -> LocalizedText:
    return both(N_("%(country)s (%(holiday)s, %(day)s)"), country=country, holiday=holiday, day=day)


def _hours(finding: Finding) -> Iterable[LocalizedText]:
    def place(country: InvitedCountry) -> LocalizedText:
        hours = hours_text(finding.span.starts_at, finding.span.ends_at, country.timezone)
        return both(N_("%(country)s (%(hours)s)"), country=country.name, hours=hours)

    return map(place, finding.countries)


def _monday(finding: Finding, _reader: Reader) -> Word:
    day = reference_day(finding.span.starts_at)
    return day_of(day - timedelta(days=day.weekday()))


def _month(finding: Finding, _reader: Reader) -> Word:
    return month_of(reference_day(finding.span.starts_at))


WORDS: Mapping[str, Callable[[Finding, Reader], Word]] = {
    "who": lambda finding, _reader: who(finding.parties),
    "event": _event,
    "when": _when,
    "events": _events,
    "sharing": _sharing,
    "places": _places,
    "count": lambda finding, _reader: (
        len(finding.countries) if finding.count is None else finding.count
    ),
    "limit": lambda finding, _reader: finding.limit,
    "monday": _monday,
    "month": _month,
    "opens": lambda _finding, _reader: f"{OFFICE_OPENS:%H:%M}",
    "closes": lambda _finding, _reader: f"{OFFICE_CLOSES:%H:%M}",
}
"""Parties by name; the other engagement, its hours, and several with their hours; countries that
share delegates, rest or are outside office hours; numbers; the week and the month asked for.
"""
