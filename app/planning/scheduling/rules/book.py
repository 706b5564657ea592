"""The rule book: one spec a rule, in the order in which the book lists them.

A new rule is a function, its spec here and a test. Everything else derives from the spec: what is
refused and who may override it, the sentences, the page and the API of the rule book, and what may
be set.
"""

from collections.abc import Callable, Iterable

from app.kernel.text import N_
from app.planning.scheduling.rules import clock, limits, overlaps
from app.planning.scheduling.rules.spec import Decision, Limits, RuleBook, RuleSpec, Terms
from app.planning.scheduling.values import Approver, Finding, PartyKind, Rule, Setting, Severity

ANY = tuple(Severity)
HELD = (Severity.BLOCK, Severity.CONFIRM)
SAID = (Severity.CONFIRM, Severity.WARN, Severity.INFO)
HELD_OR_SAID = (Severity.BLOCK, Severity.CONFIRM, Severity.WARN)
NEVER_LOWERED = (Severity.BLOCK,)
EVERY_GROUP = "working-groups"
"""The kind of resource that all working groups claim together."""


def one_or_several(one: str, several: str) -> Callable[[Finding], str]:
    """Returns a function that chooses the msgid by the number of parties a finding names."""
    return lambda finding: one if len(finding.parties) == 1 else several


def _blackout(finding: Finding) -> str:
    if any(party.exclusive for party in finding.parties):
        return N_("%(event)s has the region's calendar to itself %(when)s")
    return N_(
        "The calendar already holds %(event)s %(when)s, and a congress or a governance meeting needs it to itself"
    )


def _congress(finding: Finding) -> str:
    if any(party.kind is PartyKind.CONGRESS for party in finding.parties):
        return N_(
            "%(event)s %(when)s belongs to the congress, which calls on the people of every working group"
        )
    return N_(
        "%(who)s already meets %(when)s in %(event)s, and an event of the congress calls on the "
        "people of every working group"
    )


def _licence(finding: Finding) -> str:
    if len(finding.others) > 1:
        return N_(
            "The licence “%(who)s” allows %(limit)s meetings at once, and it already has them: %(events)s"
        )
    return N_("The licence “%(who)s” is taken by %(event)s %(when)s")


def _quiet(finding: Finding) -> str:
    if finding.other is not None and finding.other.span.ends_at <= finding.span.starts_at:
        return N_(
            "%(event)s, %(when)s, ends %(count)s min before, and %(who)s should have a break of %(limit)s min"
        )
    return N_(
        "%(event)s, %(when)s, starts %(count)s min after, and %(who)s should have a break of %(limit)s min"
    )


def _notice(finding: Finding) -> str:
    if not finding.count:
        return N_("There is no working day until then, and the minimum is %(limit)s.")
    if finding.count == 1:
        return N_("There is one working day until then, and the minimum is %(limit)s.")
    return N_("There are %(count)s working days until then, and the minimum is %(limit)s.")


def _holiday(finding: Finding) -> str:
    if finding.limit is not None and len(finding.countries) > 1:
        return N_(
            "%(count)s countries have a national holiday, and from %(limit)s on it must be confirmed: %(places)s."
        )
    return N_("National holiday in %(places)s.")


def _external(finding: Finding) -> str:
    if finding.parties:
        return N_("another process meets %(when)s and calls on %(who)s too: %(event)s")
    return N_("another process meets %(when)s: %(event)s")


BOOK: tuple[RuleSpec, ...] = (
    RuleSpec(
        name=Rule.SAME_GROUP,
        title=N_("Same working group"),
        explanation=N_("A working group meets once at a time."),
        setting=Setting(Severity.BLOCK),
        limits=Limits(HELD),
        overlap=overlaps.same_group,
        binds_holds=True,
        holds=PartyKind.WORKING_GROUP,
        sentence=one_or_several(
            N_("%(who)s already meets %(when)s in %(event)s, and a group meets once at a time"),
            N_("%(who)s already meet %(when)s in %(event)s, and a group meets once at a time"),
        ),
        refusal=N_("The same working group already meets at this time: %(event)s."),
    ),
    RuleSpec(
        name=Rule.BLACKOUT,
        title=N_("Congress or governance meeting"),
        explanation=N_("It has the region's calendar to itself, its own side events excepted."),
        setting=Setting(Severity.BLOCK),
        limits=Limits(HELD),
        overlap=overlaps.blackout,
        binds_holds=True,
        holds=PartyKind.REGION,
        sentence=_blackout,
        refusal=N_(
            "A congress or a governance meeting has the region's calendar to itself: %(event)s."
        ),
        exception=N_("%(found)s; only its own side events are exempt."),
    ),
    RuleSpec(
        name=Rule.GROUP_PAIR,
        title=N_("Declared pair of groups"),
        explanation=N_(
            "The pairs declared below never meet at the same time, whatever applies to other groups."
        ),
        setting=Setting(Severity.BLOCK, Approver.PRESIDENCY),
        limits=Limits(HELD_OR_SAID),
        overlap=overlaps.declared_pair,
        binds_holds=True,
        holds=PartyKind.GROUP_PAIR,
        sentence=one_or_several(
            N_(
                "%(who)s already meets %(when)s in %(event)s, and it was declared that the two never meet at once"
            ),
            N_(
                "%(who)s already meet %(when)s in %(event)s, and it was declared that these groups never meet at once"
            ),
        ),
        refusal=N_("These two groups were declared never to meet at once: %(event)s."),
    ),
    RuleSpec(
        name=Rule.CROSS_GROUP,
        title=N_("Two working groups at once"),
        explanation=N_("Events of different working groups do not overlap."),
        setting=Setting(Severity.BLOCK, Approver.PRESIDENCY),
        limits=Limits(HELD_OR_SAID),
        overlap=overlaps.cross_group,
        binds_holds=True,
        holds=EVERY_GROUP,
        sentence=one_or_several(
            N_(
                "%(who)s already meets %(when)s in %(event)s, and two working groups do not meet at once"
            ),
            N_(
                "%(who)s already meet %(when)s in %(event)s, and two working groups do not meet at once"
            ),
        ),
        refusal=N_(
            "Another working group already meets at this time, and two do not meet at once: %(event)s."
        ),
    ),
    RuleSpec(
        name=Rule.CONGRESS_CYCLE,
        title=N_("Congress cycle and working groups"),
        explanation=N_(
            "An event that prepares or follows up a congress, and that no group convenes, is for the "
            "people of all groups: it is held beside no event of any."
        ),
        setting=Setting(Severity.BLOCK, Approver.PRESIDENCY),
        limits=Limits(HELD_OR_SAID),
        overlap=overlaps.congress_cycle,
        binds_holds=True,
        sentence=_congress,
        refusal=N_(
            "An event of the congress and one of a working group are not held at once: %(event)s."
        ),
    ),
    RuleSpec(
        name=Rule.SAME_PERSON,
        title=N_("Same person"),
        explanation=N_("Nobody speaks, moderates, interprets or represents in two events at once."),
        setting=Setting(Severity.BLOCK),
        limits=Limits(NEVER_LOWERED),
        overlap=overlaps.same_person,
        binds_holds=True,
        holds=PartyKind.PERSON,
        sentence=one_or_several(
            N_(
                "%(who)s already takes part %(when)s in %(event)s, and nobody can be in two places at once"
            ),
            N_(
                "%(who)s already take part %(when)s in %(event)s, and nobody can be in two places at once"
            ),
        ),
        refusal=N_("Someone who is needed is already busy at this time: %(event)s."),
    ),
    RuleSpec(
        name=Rule.LICENCE,
        title=N_("Meeting licence"),
        explanation=N_("Each licence allows a fixed number of meetings at once."),
        setting=Setting(Severity.BLOCK),
        limits=Limits(NEVER_LOWERED),
        overlap=overlaps.whole_licence,
        near=overlaps.licences_taken,
        binds_holds=True,
        holds=PartyKind.LICENCE,
        sentence=_licence,
        refusal=N_("The meeting licence allows no more meetings at this time: %(event)s."),
    ),
    RuleSpec(
        name=Rule.BINDING_HOLIDAY,
        title=N_("Binding holiday"),
        explanation=N_("A country is not invited on a holiday that it made binding."),
        setting=Setting(Severity.BLOCK, Approver.PRESIDENCY),
        limits=Limits(HELD_OR_SAID),
        overlap=overlaps.binding_holiday,
        binds_holds=True,
        holds=PartyKind.COUNTRY,
        sentence=N_(
            "Binding holiday in %(places)s: people on holiday there must not be invited that day."
        ),
        refusal=N_("A country that is invited has made this day a binding holiday: %(event)s."),
    ),
    RuleSpec(
        name=Rule.QUIET_BUFFER,
        title=N_("Break between events"),
        explanation=N_(
            "Minutes that a group or person has free between two events; 0 switches the rule off."
        ),
        setting=Setting(Severity.CONFIRM, Approver.SECRETARIAT, 0),
        limits=Limits(
            SAID,
            0,
            240,
            label=N_("Minutes"),
            sentence=N_("at least %(count)s min"),
            at_zero=N_("off"),
        ),
        near=overlaps.quiet_buffer,
        binds_holds=True,
        sentence=_quiet,
    ),
    RuleSpec(
        name=Rule.SHARED_DELEGATES,
        title=N_("Groups that share delegates"),
        explanation=N_(
            "Two groups overlap while this many countries send the same person to both."
        ),
        setting=Setting(Severity.CONFIRM, Approver.SECRETARIAT, 1),
        limits=Limits(
            SAID, 1, 11, label=N_("Countries"), sentence=N_("countries: %(count)s or more")
        ),
        near=overlaps.shared_delegates,
        sentence=one_or_several(
            N_("%(who)s already meets %(when)s in %(event)s; %(sharing)s"),
            N_("%(who)s already meet %(when)s in %(event)s; %(sharing)s"),
        ),
    ),
    RuleSpec(
        name=Rule.NOTICE,
        title=N_("Minimum notice"),
        explanation=N_(
            "Working days between planning and the event; an in-person event needs twice as many."
        ),
        setting=Setting(Severity.CONFIRM, Approver.PRESIDENCY, 15),
        limits=Limits(
            ANY, 0, 60, label=N_("Working days"), sentence=N_("working days: at least %(count)s")
        ),
        counts=limits.notice,
        sentence=_notice,
    ),
    RuleSpec(
        name=Rule.GROUP_WEEK,
        title=N_("Events of a group in a week"),
        explanation=N_("The most that a group has from Monday to Sunday."),
        setting=Setting(Severity.CONFIRM, Approver.PRESIDENCY, 1),
        limits=Limits(ANY, 1, 7, label=N_("Events"), sentence=N_("at most %(count)s a week")),
        counts=limits.group_week,
        sentence=N_(
            "This would be event number %(count)s for %(who)s in the week of %(monday)s, and the maximum is %(limit)s."
        ),
    ),
    RuleSpec(
        name=Rule.GROUP_MONTH,
        title=N_("Events of a group in a month"),
        explanation=N_("The most that a group has in a calendar month."),
        setting=Setting(Severity.CONFIRM, Approver.PRESIDENCY, 3),
        limits=Limits(ANY, 1, 20, label=N_("Events"), sentence=N_("at most %(count)s a month")),
        counts=limits.group_month,
        sentence=N_(
            "This would be event number %(count)s for %(who)s in %(month)s, and the maximum is %(limit)s."
        ),
    ),
    RuleSpec(
        name=Rule.COUNTRY_WEEK,
        title=N_("Events of a country in a week"),
        explanation=N_(
            "The most events that a country's officials are invited to from Monday to Sunday."
        ),
        # Only a warning, as every country is invited to most events.
        setting=Setting(Severity.WARN, Approver.PRESIDENCY, 2),
        limits=Limits(ANY, 1, 10, label=N_("Events"), sentence=N_("at most %(count)s a week")),
        counts=limits.country_week,
        sentence=N_(
            "This would be event number %(count)s for %(who)s in the week of %(monday)s, and the maximum is %(limit)s."
        ),
    ),
    RuleSpec(
        name=Rule.PERSON_LOAD,
        title=N_("Roles of a person in a month"),
        explanation=N_("The most events that one person is needed for in a calendar month."),
        setting=Setting(Severity.CONFIRM, Approver.SECRETARIAT, 3),
        limits=Limits(ANY, 1, 20, label=N_("Events"), sentence=N_("at most %(count)s a month")),
        counts=limits.person_load,
        sentence=N_(
            "This would be role number %(count)s for %(who)s in %(month)s, and the maximum is %(limit)s."
        ),
    ),
    RuleSpec(
        name=Rule.COUNTRY_LOAD,
        title=N_("Multi-day meetings of a country"),
        explanation=N_(
            "The most meetings of more than one day that a country is invited to within three weeks."
        ),
        setting=Setting(Severity.CONFIRM, Approver.PRESIDENCY, 2),
        limits=Limits(
            ANY, 1, 10, label=N_("Meetings"), sentence=N_("at most %(count)s in three weeks")
        ),
        counts=limits.country_load,
        sentence=N_(
            "This would be multi-day meeting number %(count)s within three weeks for "
            "%(who)s, and the maximum is %(limit)s."
        ),
    ),
    RuleSpec(
        name=Rule.HOLIDAY,
        title=N_("National holiday"),
        explanation=N_(
            "From this many countries on holiday it must be confirmed; fewer are only mentioned."
        ),
        setting=Setting(Severity.WARN, Approver.SECRETARIAT, 3),
        limits=Limits(
            SAID,
            1,
            12,  # of eleven countries: never
            label=N_("Countries"),
            sentence=N_("countries: %(count)s or more must be confirmed"),
            is_quorum=True,
        ),
        near=clock.on_holiday,  # finds binding and regional ones too: a country is said once
        sentence=_holiday,
    ),
    RuleSpec(
        name=Rule.OUTSIDE_HOURS,
        title=N_("Office hours"),
        explanation=N_("The event lies outside 08:00–17:00 in an invited country."),
        setting=Setting(Severity.WARN, Approver.SECRETARIAT),
        limits=Limits(SAID),
        near=clock.outside_hours,
        sentence=N_("Outside %(opens)s–%(closes)s local time in %(places)s."),
    ),
    RuleSpec(
        name=Rule.EXTERNAL,
        title=N_("Other processes"),
        explanation=N_("Another process that claims the same people meets at the same time."),
        setting=Setting(Severity.WARN, Approver.SECRETARIAT),
        limits=Limits(SAID),
        near=limits.external,
        sentence=_external,
    ),
    RuleSpec(
        name=Rule.BUSY,
        title=N_("Personal calendars"),
        explanation=N_("Someone who is needed is busy according to their own calendar."),
        setting=Setting(Severity.WARN, Approver.SECRETARIAT),
        limits=Limits(SAID),
        near=limits.busy,
        sentence=N_("the personal calendar of %(who)s says busy %(when)s"),
    ),
    RuleSpec(
        name=Rule.REGIONAL_HOLIDAY,
        title=N_("Regional holiday"),
        explanation=N_("Part of an invited country is on holiday."),
        setting=Setting(Severity.INFO, Approver.SECRETARIAT),
        limits=Limits(SAID),
        sentence=N_("Regional holiday in %(places)s."),
    ),
)


def rule_book(decisions: Iterable[Decision] = ()) -> RuleBook:
    """Returns the book with what was decided about its rules."""
    return RuleBook(BOOK, tuple(decisions))


def names() -> frozenset[str]:
    """Returns the names of all rules."""
    return frozenset(str(spec.name) for spec in BOOK)


def spec_of(rule: str) -> RuleSpec:
    """Returns the spec of a rule by its name; raises KeyError for a name that is none."""
    for spec in BOOK:
        if spec.name == rule:
            return spec
    raise KeyError(rule)


AS_WRITTEN = rule_book()
ORDINARY = Terms(AS_WRITTEN)
