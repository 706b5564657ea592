"""What the clock and the calendar of holidays have to say, in words."""

from app.infra.language import both
from app.kernel.text import N_, LocalizedText
from app.planning.scheduling.rules.clock import OFFICE_CLOSES, OFFICE_OPENS
from app.planning.scheduling.values import Finding, InvitedCountry, Rule
from app.planning.scheduling.wording.parties import listed
from app.planning.scheduling.wording.times import day_of
from app.web.render import hours_text

HOLIDAYS = {
    Rule.BINDING_HOLIDAY: N_(
        "Binding holiday in %(places)s: whoever rests there that day is not to be invited."
    ),
    Rule.HOLIDAY: N_("National holiday in %(places)s."),
    Rule.REGIONAL_HOLIDAY: N_("Regional holiday in %(places)s."),
}
QUORUM = N_(
    "%(count)s countries have a national holiday, and from %(limit)s on it must be confirmed: %(places)s."
)


def about_hours(finding: Finding) -> LocalizedText:
    def place(country: InvitedCountry) -> LocalizedText:
        hours = hours_text(finding.span.starts_at, finding.span.ends_at, country.timezone)
        return both(N_("%(country)s (%(hours)s)"), country=country.name, hours=hours)

    return both(
        N_("Outside %(opens)s–%(closes)s local time in %(places)s."),
        opens=f"{OFFICE_OPENS:%H:%M}",
        closes=f"{OFFICE_CLOSES:%H:%M}",
        places=listed(map(place, finding.countries)),
    )


def about_holidays(finding: Finding) -> LocalizedText:
    places = listed(
        at_rest(country.name, holiday.name, day_of(holiday.on))
        for country, holiday in zip(finding.countries, finding.holidays, strict=True)
    )
    if finding.rule is Rule.HOLIDAY and finding.limit is not None and len(finding.countries) > 1:
        return both(QUORUM, count=len(finding.countries), limit=finding.limit, places=places)
    return both(HOLIDAYS[finding.rule], places=places)


def at_rest(country: LocalizedText, holiday: LocalizedText, day: LocalizedText) -> LocalizedText:
    return both(N_("%(country)s (%(holiday)s, %(day)s)"), country=country, holiday=holiday, day=day)
