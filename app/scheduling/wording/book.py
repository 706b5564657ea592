"""The rule book in plain words: what each rule is called and says, what its number counts, how hard it may be."""

from app.kernel.text import N_
from app.scheduling.values import Rule, Severity

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
    Rule.SAME_PERSON: N_("Nobody speaks, moderates, interprets or represents in two events at once."),
    Rule.LICENCE: N_("A licence carries as many meetings at once as it has places."),
    Rule.GROUP_PAIR: N_("The pairs declared below never meet at once, whatever holds for all groups."),
    Rule.CROSS_GROUP: N_("Events of different working groups do not overlap."),
    Rule.BINDING_HOLIDAY: N_("A country is not invited on a holiday that it made binding."),
    Rule.QUIET_BUFFER: N_("Minutes that a group or a person has free between two events; 0 switches the rule off."),
    Rule.SHARED_DELEGATES: N_("Two groups that overlap while so many countries send the same person to both."),
    Rule.NOTICE: N_("Working days between planning and the event; an event in person needs twice as many."),
    Rule.GROUP_WEEK: N_("The most that a group has from Monday to Sunday."),
    Rule.GROUP_MONTH: N_("The most that a group has in a calendar month."),
    Rule.COUNTRY_WEEK: N_("The most that a country's officials are called to from Monday to Sunday."),
    Rule.PERSON_LOAD: N_("The most events that one person is needed for in a calendar month."),
    Rule.COUNTRY_LOAD: N_("The most meetings of more than a day that a country is called to within three weeks."),
    Rule.HOLIDAY: N_("From so many countries on holiday it must be confirmed; fewer are only mentioned."),
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
UNITS = {
    Rule.QUIET_BUFFER: N_("minutes"),
    Rule.SHARED_DELEGATES: N_("countries"),
    Rule.NOTICE: N_("working days"),
    Rule.GROUP_WEEK: N_("a week"),
    Rule.GROUP_MONTH: N_("a month"),
    Rule.COUNTRY_WEEK: N_("a week"),
    Rule.PERSON_LOAD: N_("a month"),
    Rule.COUNTRY_LOAD: N_("in three weeks"),
    Rule.HOLIDAY: N_("countries"),
}
