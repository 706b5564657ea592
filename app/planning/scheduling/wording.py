"""Findings in words: the rule, what it counted, whose time it is, and who may let it stand. No ids, no bare UTC."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_skeleton
from babel.lists import format_list

from app.infra.body import current_body
from app.infra.language import both, translate
from app.kernel.dated import last_day
from app.kernel.reference import REFERENCE_ZONE, reference_day
from app.kernel.refusal import Sentence
from app.kernel.text import (
    N_,
    Language,
    LocalizedText,
    date_locale,
    in_every_language,
    interface_language,
)
from app.kernel.timespan import Timespan
from app.planning.scheduling.queries.cases import CaseRecord
from app.planning.scheduling.rules import book
from app.planning.scheduling.rules.book import spec_of
from app.planning.scheduling.rules.cases import Cause, Outcome
from app.planning.scheduling.rules.clock import OFFICE_CLOSES, OFFICE_OPENS, local_days
from app.planning.scheduling.rules.refusals import ANOTHER_MEETING, titled
from app.planning.scheduling.rules.spec import REFUSED
from app.planning.scheduling.values import (
    Approver,
    Finding,
    InvitedCountry,
    Party,
    PartyKind,
    Rule,
    Setting,
    Severity,
    Standing,
)
from app.web.render import hours_text, zone_label

_DAY = {"es": "d 'de' MMMM", "en": "d MMMM"}


def when(other: Standing, *, asked_for: Timespan, reader_timezone: str) -> Sentence:
    """Returns the hours of the other engagement in its own zone, and in the reader's where the
    clock shows something else.
    """
    starts_at = other.span.starts_at
    there, here = (
        starts_at.astimezone(ZoneInfo(zone)) for zone in (other.timezone, reader_timezone)
    )
    event = hours(other.span, other.timezone, known_day=local_days(asked_for, other.timezone)[0])
    if there.utcoffset() == here.utcoffset():
        return event
    reader = hours(other.span, reader_timezone, known_day=local_days(other.span, other.timezone)[0])
    return Sentence(N_("%(event)s —for you, %(reader)s—"), {"event": event, "reader": reader})


def hours(span: Timespan, timezone: str, *, known_day: date) -> Sentence:
    """Returns hours with their zone; the day too, unless it is the one that is spoken of anyway."""
    zone = ZoneInfo(timezone)
    starts, ends = span.starts_at.astimezone(zone), span.ends_at.astimezone(zone)
    days = local_days(span, timezone)
    label = in_every_language(lambda language: zone_label(timezone, span.starts_at, language))
    words = {"start": f"{starts:%H:%M}", "end": f"{ends:%H:%M}", "zone": label}
    if len(days) > 1:
        words |= {"first_day": day_of(starts.date()), "last_day": day_of(ends.date())}
        return Sentence(
            N_("from %(start)s on %(first_day)s to %(end)s on %(last_day)s (%(zone)s)"), words
        )
    if days[0] != known_day:
        return Sentence(
            N_("on %(day)s from %(start)s to %(end)s (%(zone)s)"), words | {"day": day_of(days[0])}
        )
    return Sentence(N_("from %(start)s to %(end)s (%(zone)s)"), words)


def day_of(on: date) -> LocalizedText:
    return in_every_language(
        lambda language: format_date(on, _DAY.get(language, "d MMMM"), locale=date_locale(language))
    )


def days_of(span: Timespan, timezone: str) -> LocalizedText:
    """Returns the days it touches in the zone: "10 December", "22–23 June", "30 June – 2 July"."""
    first, *rest = local_days(span, timezone)
    if not rest:
        return day_of(first)
    last = day_of(rest[-1])
    if first.month == rest[-1].month:
        return last.map(lambda day: f"{first.day}–{day}")
    return in_every_language(lambda language: f"{day_of(first)[language]} – {last[language]}")


def month_of(on: date) -> LocalizedText:
    return in_every_language(
        lambda language: format_skeleton("yMMMM", on, locale=date_locale(language))
    )


# Names of parties in sentences: people and groups by name, countries counted, an engagement by its
# title or as "another meeting".


def all_countries() -> int:
    """Returns the number of Member Countries."""
    return len(current_body().countries)


def said(msgid: str) -> LocalizedText:
    """Returns the sentence in each language; it has no parameters."""
    return both(msgid)


def joined(first: LocalizedText, second: LocalizedText) -> LocalizedText:
    return in_every_language(lambda language: f"{first.in_(language)} {second.in_(language)}")


def without_stop(text: LocalizedText) -> LocalizedText:
    """Returns the sentence without its full stop, so that it can go on."""
    return text.map(lambda sentence: sentence.removesuffix("."))


def listed(words: Iterable[LocalizedText]) -> LocalizedText:
    """Returns "A, B and C" in each language; Spanish writes "e" before an i."""
    items = tuple(words)
    return in_every_language(
        lambda language: format_list(
            [item.in_(language) for item in items], locale=interface_language(language)
        )
    )


def capitalized(text: LocalizedText) -> LocalizedText:
    """Returns the words with a capital letter, for sentences that begin with "the Protection
    Working Group".
    """
    return text.map(lambda sentence: sentence[:1].upper() + sentence[1:])


def named(party: Party) -> LocalizedText:
    return (
        both(N_("the %(group)s"), group=party.label)
        if party.kind is PartyKind.WORKING_GROUP
        else party.label
    )


def who(parties: Sequence[Party]) -> LocalizedText:
    """Names the parties; several countries are counted, with their codes."""
    codes = [party.key for party in parties if party.kind is PartyKind.COUNTRY]
    if len(codes) != len(parties) or len(codes) == 1:
        return listed(map(named, parties))
    total = all_countries()
    if len(codes) == total:
        return both(N_("all %(total)s countries"), total=total)
    return both(
        N_("%(count)s of %(total)s countries (%(codes)s)"),
        count=len(codes),
        total=total,
        codes=", ".join(sorted(codes)),
    )


def title_of(other: Standing, *, may_see_title: bool) -> Sentence:
    return (
        titled(other) if may_see_title or not other.is_confidential else Sentence(ANOTHER_MEETING)
    )


# What the sentence of a rule may name, by its placeholder.

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


# Findings in words: the rule, what it counted, whose time it is, and who may let it stand. No ids,
# no bare UTC.

WHO_MAY = {
    Approver.PRESIDENCY: N_("%(found)s; the presidency can confirm it with a reason."),
    Approver.SECRETARIAT: N_(
        "%(found)s; the secretariat or the presidency can confirm it with a reason."
    ),
    Approver.NOBODY: N_("%(found)s; no exception is possible."),
}


def sentence(
    finding: Finding, *, reader_timezone: str, may_see_title: bool = True
) -> LocalizedText:
    """Returns the finding for a reader in a zone, and who may let it stand where that is still to
    be decided.

    Confidential titles are said only to who may see them.
    """
    words_of_finding = _found(finding, Reader(reader_timezone, may_see_title))
    if not finding.is_refused:
        return words_of_finding
    return both(_who_may(finding), found=without_stop(words_of_finding))


def _found(finding: Finding, reader: Reader) -> LocalizedText:
    msgid = spec_of(finding.rule).msgid_of(finding)
    found = capitalized(both(msgid, **words(msgid, finding, reader)))
    if finding.also:
        people = listed(party.label for party in finding.also)
        return both(
            N_("%(clash)s; both need %(people)s."), clash=without_stop(found), people=people
        )
    if not msgid.endswith("."):
        found = both(N_("%(clash)s."), clash=found)
    if finding.other is None and finding.others:
        already = both(N_("Already planned: %(events)s."), events=counted(finding, reader))
        return joined(found, already)
    return found


def _who_may(finding: Finding) -> str:
    exception = spec_of(finding.rule).exception
    return (
        exception
        if exception and finding.approver is Approver.NOBODY
        else WHO_MAY[finding.approver]
    )


SEVERITIES = {
    Severity.BLOCK: N_("Refused"),
    Severity.CONFIRM: N_("Must be confirmed"),
    Severity.WARN: N_("Warning"),
    Severity.INFO: N_("Mentioned"),
}
APPROVERS = {
    Approver.NOBODY: N_("Nobody"),
    Approver.PRESIDENCY: N_("The presidency"),
    Approver.SECRETARIAT: N_("The secretariat or the presidency"),
}
CHOOSE = Sentence(N_("Choose one of the answers."))


def rule_titles() -> dict[str, str]:
    """Returns the msgid of each rule's title, by the rule's name."""
    return {str(spec.name): spec.title for spec in book.BOOK}


class BookWords:
    """The book in one language, for a page."""

    def __init__(self, language: Language) -> None:
        self.language = language

    def name(self, rule: str) -> str:
        return translate(self.language, spec_of(rule).title)

    def explained(self, rule: str) -> str:
        return translate(self.language, spec_of(rule).explanation)

    def severity(self, severity: Severity) -> str:
        return translate(self.language, SEVERITIES[severity])

    def approver(self, rule: str, setting: Setting) -> str:
        """Returns who may let an event stand; nobody needs to where nothing is refused. A quorum
        is refused however lenient the severity.
        """
        refused = setting.severity in REFUSED or spec_of(rule).limits.is_quorum
        return translate(self.language, APPROVERS[setting.approver]) if refused else "–"

    def number(self, rule: str, threshold: int | None) -> str:
        """Returns what the rule counts up to, in words; "" for one that does not count."""
        limits = spec_of(rule).limits
        if threshold is None or not limits.sentence:
            return ""
        if limits.at_zero and threshold == 0:
            return translate(self.language, limits.at_zero)
        return translate(self.language, limits.sentence, count=threshold)

    def counted(self, rule: str) -> str:
        """Returns the label of its number."""
        return translate(self.language, spec_of(rule).limits.label)

    def day(self, on: date) -> str:
        return format_date(
            on,
            "d 'de' MMMM 'de' y" if interface_language(self.language) == "es" else "d MMMM y",
            locale=interface_language(self.language),
        )

    def last_day(self, until: date) -> str:
        """Returns the day before the first that no longer counts."""
        return self.day(last_day(until))

    def decided_on(self, at: datetime) -> str:
        return self.day(reference_day(at))


# Conflict cases in words: what clashes, why it arose, and how it ended.

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
