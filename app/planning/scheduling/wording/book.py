"""The rule book in plain words: what each rule is called and says, what its number counts, how hard
it may be.
"""

from datetime import date, datetime, timedelta

from babel.dates import format_date

from app.infra.language import translate
from app.kernel.reference import reference_day
from app.kernel.refusal import Sentence
from app.kernel.text import N_, Language
from app.planning.scheduling.values import Approver, Rule, Setting, Severity

NAMES = {
    Rule.SAME_GROUP: N_("Same working group"),
    Rule.BLACKOUT: N_("Congress or governance meeting"),
    Rule.SAME_PERSON: N_("Same person"),
    Rule.LICENCE: N_("Meeting licence"),
    Rule.GROUP_PAIR: N_("Declared pair of groups"),
    Rule.CROSS_GROUP: N_("Two working groups at once"),
    Rule.BINDING_HOLIDAY: N_("Binding holiday"),
    Rule.QUIET_BUFFER: N_("Quiet time between events"),
    Rule.SHARED_DELEGATES: N_("Groups that share delegates"),
    Rule.NOTICE: N_("Minimum notice"),
    Rule.GROUP_WEEK: N_("Events of a group in a week"),
    Rule.GROUP_MONTH: N_("Events of a group in a month"),
    Rule.COUNTRY_WEEK: N_("Events of a country in a week"),
    Rule.PERSON_LOAD: N_("Roles of a person in a month"),
    Rule.COUNTRY_LOAD: N_("Meetings of several days for a country"),
    Rule.HOLIDAY: N_("National holiday"),
    Rule.OUTSIDE_HOURS: N_("Office hours"),
    Rule.EXTERNAL: N_("Other processes"),
    Rule.BUSY: N_("Personal calendars"),
    Rule.REGIONAL_HOLIDAY: N_("Regional holiday"),
}
EXPLAINED = {
    Rule.SAME_GROUP: N_("A working group meets once at a time."),
    Rule.BLACKOUT: N_("It has the region's calendar to itself, its own side events excepted."),
    Rule.SAME_PERSON: N_(
        "Nobody speaks, moderates, interprets or represents in two events at once."
    ),
    Rule.LICENCE: N_("A licence carries as many meetings at once as it has places."),
    Rule.GROUP_PAIR: N_(
        "The pairs declared below never meet at once, whatever holds for all groups."
    ),
    Rule.CROSS_GROUP: N_("Events of different working groups do not overlap."),
    Rule.BINDING_HOLIDAY: N_("A country is not invited on a holiday that it made binding."),
    Rule.QUIET_BUFFER: N_(
        "Minutes that a group or a person has free between two events; 0 switches the rule off."
    ),
    Rule.SHARED_DELEGATES: N_(
        "Two groups that overlap while so many countries send the same person to both."
    ),
    Rule.NOTICE: N_(
        "Working days between planning and the event; an event in person needs twice as many."
    ),
    Rule.GROUP_WEEK: N_("The most that a group has from Monday to Sunday."),
    Rule.GROUP_MONTH: N_("The most that a group has in a calendar month."),
    Rule.COUNTRY_WEEK: N_(
        "The most that a country's officials are called to from Monday to Sunday."
    ),
    Rule.PERSON_LOAD: N_("The most events that one person is needed for in a calendar month."),
    Rule.COUNTRY_LOAD: N_(
        "The most meetings of more than a day that a country is called to within three weeks."
    ),
    Rule.HOLIDAY: N_(
        "From so many countries on holiday it must be confirmed; fewer are only mentioned."
    ),
    Rule.OUTSIDE_HOURS: N_("The event lies outside 08:00–17:00 in an invited country."),
    Rule.EXTERNAL: N_("SACM, SICA, OCAM, OAS and others meet at the same time."),
    Rule.BUSY: N_("Somebody who is needed is busy by their own calendar."),
    Rule.REGIONAL_HOLIDAY: N_("A part of an invited country is on holiday."),
}
SEVERITIES = {
    Severity.BLOCK: N_("Refused"),
    Severity.CONFIRM: N_("Must be confirmed"),
    Severity.WARN: N_("Warned of"),
    Severity.INFO: N_("Mentioned"),
}
NUMBERS = {
    Rule.QUIET_BUFFER: N_("at least %(count)s min"),
    Rule.SHARED_DELEGATES: N_("countries: %(count)s or more"),
    Rule.NOTICE: N_("working days: at least %(count)s"),
    Rule.GROUP_WEEK: N_("at most %(count)s a week"),
    Rule.GROUP_MONTH: N_("at most %(count)s a month"),
    Rule.COUNTRY_WEEK: N_("at most %(count)s a week"),
    Rule.PERSON_LOAD: N_("at most %(count)s a month"),
    Rule.COUNTRY_LOAD: N_("at most %(count)s in three weeks"),
    Rule.HOLIDAY: N_("countries: %(count)s or more must be confirmed"),
}
COUNTED = {
    Rule.QUIET_BUFFER: N_("Minutes"),
    Rule.SHARED_DELEGATES: N_("Countries"),
    Rule.NOTICE: N_("Working days"),
    Rule.GROUP_WEEK: N_("Events"),
    Rule.GROUP_MONTH: N_("Events"),
    Rule.COUNTRY_WEEK: N_("Events"),
    Rule.PERSON_LOAD: N_("Events"),
    Rule.COUNTRY_LOAD: N_("Meetings"),
    Rule.HOLIDAY: N_("Countries"),
}
APPROVERS = {
    Approver.NOBODY: N_("Nobody"),
    Approver.PRESIDENCY: N_("The presidency"),
    Approver.SECRETARIAT: N_("The secretariat or the presidency"),
}
OFF = N_("off")
CHOOSE = Sentence(N_("Choose one of the answers."))


class Words:
    """The book in one language, for a page."""

    def __init__(self, language: Language) -> None:
        self.language = language

    def name(self, rule: Rule) -> str:
        return translate(self.language, NAMES[rule])

    def explained(self, rule: Rule) -> str:
        return translate(self.language, EXPLAINED[rule])

    def severity(self, severity: Severity) -> str:
        return translate(self.language, SEVERITIES[severity])

    def approver(self, rule: Rule, setting: Setting) -> str:
        """Who may let an event stand; nobody needs to where nothing is refused. Many countries on
        holiday are.
        """
        refused = setting.severity in (Severity.BLOCK, Severity.CONFIRM) or rule is Rule.HOLIDAY
        return translate(self.language, APPROVERS[setting.approver]) if refused else "–"

    def number(self, rule: Rule, threshold: int | None) -> str:
        """What the rule counts up to, in words; "" for one that does not count."""
        if threshold is None or rule not in NUMBERS:
            return ""
        if rule is Rule.QUIET_BUFFER and threshold == 0:
            return translate(self.language, OFF)
        return translate(self.language, NUMBERS[rule], count=threshold)

    def counted(self, rule: Rule) -> str:
        """The label of its number."""
        return translate(self.language, COUNTED[rule])

    def day(self, on: date) -> str:
        return format_date(
            on, "d 'de' MMMM 'de' y" if self.language == "es" else "d MMMM y", locale=self.language
        )

    def last_day(self, until: date) -> str:
        """The day before the first that no longer counts."""
        return self.day(until - timedelta(days=1))

    def decided_on(self, at: datetime) -> str:
        return self.day(reference_day(at))
