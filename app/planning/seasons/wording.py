"""What stands in a plan's way and what there is to say about it, in words. No ids, no bare UTC."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from babel.dates import format_skeleton

from app.infra.language import both
from app.kernel.refusal import Sentence
from app.kernel.text import N_, LocalizedText, date_locale, in_every_language, untranslated
from app.kernel.timespan import Timespan
from app.planning.scheduling.values import Severity
from app.planning.scheduling.wording.parties import listed
from app.planning.seasons.queries import ProblemContext, SeasonNames
from app.planning.seasons.rules import TakenTime, Violation
from app.planning.seasons.rules.problem import zone_of
from app.planning.seasons.values import Breach, SeasonState, Solver
from app.web.render import hours_text, zone_label

STATES = {
    SeasonState.DRAFT: N_("Not planned yet"),
    SeasonState.QUEUED: N_("Waiting to be planned"),
    SeasonState.SOLVING: N_("Being planned"),
    SeasonState.PROPOSED: N_("Proposed"),
    SeasonState.FAILED: N_("No plan found"),
    SeasonState.ACCEPTED: N_("Accepted"),
}
SOLVERS = {
    Solver.CP_SAT: N_("a solver (OR-Tools CP-SAT)"),
    Solver.GREEDY: N_("a quick method without a solver"),
}
ALONE = {
    Breach.WINDOW: N_("It is not within the days that were asked for."),
    Breach.WEEKEND: N_("It falls on a weekend."),
    Breach.HOURS: N_("It is not within the hours of the season, %(opens)s–%(closes)s %(zone)s."),
    Breach.TOO_SOON: N_("It is sooner than %(limit)s working days from today."),
    Breach.HOLIDAYS: N_(
        "It is a holiday in %(count)s countries (%(countries)s); at most %(limit)s may have one."
    ),
}
AGAINST = {
    Breach.GROUPS: N_(
        "“%(other)s” is at the same time (%(when)s), and working groups do not meet at once."
    ),
    Breach.PERSON: N_("“%(other)s” needs the same people at the same time (%(when)s): %(people)s."),
    Breach.BLACKOUT: N_("The calendar of the region is closed by “%(other)s” (%(when)s)."),
    Breach.BINDING_HOLIDAY: N_("It is a binding holiday in %(countries)s."),
    Breach.SPACING: N_(
        "“%(other)s” of the same group is %(count)s working days away (%(when)s); %(limit)s are wanted."
    ),
    Breach.ORDER: N_("It begins before “%(other)s” is over (%(when)s)."),
}
COUNTED = {
    Breach.LICENCE: N_("%(count)s meetings would be at once; the licence carries %(limit)s."),
    Breach.GROUP_WEEK: N_(
        "%(groups)s would have %(count)s meetings in that week; the limit is %(limit)s."
    ),
    Breach.GROUP_MONTH: N_(
        "%(groups)s would have %(count)s meetings in that month; the limit is %(limit)s."
    ),
    Breach.PERSON_MONTH: N_(
        "%(people)s would be needed at %(count)s meetings in that month; the limit is %(limit)s."
    ),
    Breach.DAY: N_("There would be %(count)s events on that day; the limit is %(limit)s."),
    Breach.COUNTRY_WEEK: N_(
        "%(count)s events in that week would invite the same countries; the limit is %(limit)s."
    ),
}
ON_HOLIDAY = N_("Holiday in %(countries)s.")
OUTSIDE_OFFICE = N_("Before 08:00 or after 17:00 in %(countries)s.")
ANOTHER_MEETING = N_("another meeting")


@dataclass(frozen=True)
class SaidFinding:
    severity: Severity
    sentence: LocalizedText


@dataclass(frozen=True)
class Speaker:
    """Knows the names: of wishes by key, with their spans, of what stands, of groups, people and
    countries.
    """

    setting: ProblemContext
    names: SeasonNames
    titles: Mapping[int, LocalizedText]
    spans: Mapping[int, Timespan]
    reader_timezone: str

    def say(self, violation: Violation) -> SaidFinding:
        severity = self.setting.severities[violation.breach]
        msgid = {**ALONE, **AGAINST, **COUNTED}[violation.breach]
        limits, zone = self.setting.problem.limits, self.setting.problem.timezone
        words = both(
            msgid,
            count=violation.count,
            limit=violation.limit,
            groups=self._groups(violation.parties),
            countries=self._countries(violation.parties),
            people=self._people(violation.parties),
            opens=f"{limits.opens:%H:%M}",
            closes=f"{limits.closes:%H:%M}",
            zone=_zone(zone, self.spans.get(violation.key)),
            **self._other(violation),
        )
        return SaidFinding(severity, words)

    def _other(self, violation: Violation) -> dict[str, LocalizedText]:
        if violation.taken:
            taken = violation.taken[0]
            return {"other": self._standing(taken), "when": when(taken.span, self.reader_timezone)}
        if violation.others and violation.others[0] in self.spans:
            key = violation.others[0]
            return {"other": self.titles[key], "when": when(self.spans[key], self.reader_timezone)}
        return {"other": LocalizedText(), "when": LocalizedText()}

    def _standing(self, taken: TakenTime) -> LocalizedText:
        title = self.setting.titles.get(taken.label)
        return title if title else both(ANOTHER_MEETING)

    def _groups(self, slugs: Iterable[str]) -> LocalizedText:
        return listed([self.names.groups[slug] for slug in slugs if slug in self.names.groups])

    def _countries(self, codes: Iterable[str]) -> LocalizedText:
        return listed(
            [self.names.countries[code] for code in codes if code in self.names.countries]
        )

    def _people(self, ids: Iterable[str]) -> LocalizedText:
        known = (self.names.people.get(int(number), "") for number in ids if number.isdecimal())
        return listed([untranslated(name) for name in known if name])

    def remarks(self, key: int, *, holidays: bool) -> list[SaidFinding]:
        """What the place costs although nothing forbids it."""
        problem, span = self.setting.problem, self.spans[key]
        invited = problem.invited(problem.by_key[key])
        resting = (
            problem.on_holiday(invited, problem.day_of(span.starts_at)) if holidays else frozenset()
        )
        outside = problem.outside_office(invited, span)
        said = ((ON_HOLIDAY, resting, Severity.WARN), (OUTSIDE_OFFICE, outside, Severity.INFO))
        return [
            SaidFinding(severity, both(msgid, countries=self._countries(sorted(codes))))
            for msgid, codes, severity in said
            if codes
        ]


def of_each(found: Sequence[Violation]) -> dict[int, list[Violation]]:
    """The violations by wish: each is told to all it concerns, seen from there; countries in the
    same case once.
    """
    seen, by_wish = set(), {}  # type: ignore[var-annotated]  # its annotation follows from the return type
    for violation in found:
        keys = (violation.key, *violation.others)
        for key in keys:
            parties = () if violation.breach is Breach.COUNTRY_WEEK else violation.parties
            mark = (violation.breach, key, keys, violation.taken, parties)
            if mark not in seen:
                seen.add(mark)
                others = tuple(other for other in keys if other != key)
                by_wish.setdefault(key, []).append(replace(violation, key=key, others=others))
    return by_wish


def when(span: Timespan, timezone: str) -> LocalizedText:
    """ "mar 9 mar, 09:00–10:30 Costa Rica, UTC−6": in the reader's zone, which is named."""
    local: datetime = span.starts_at.astimezone(zone_of(timezone))
    hours = hours_text(span.starts_at, span.ends_at, timezone)
    return in_every_language(
        lambda language: (
            f"{format_skeleton('MMMEd', local, locale=date_locale(language))}, {hours} "
            f"{zone_label(timezone, span.starts_at, language)}"
        )
    )


def _zone(timezone: str, span: Timespan | None) -> LocalizedText:
    if span is None:
        return untranslated(timezone)
    return in_every_language(lambda language: zone_label(timezone, span.starts_at, language))


def sentence_in_both(sentence: Sentence) -> LocalizedText:
    return both(sentence.msgid, **sentence.params)
