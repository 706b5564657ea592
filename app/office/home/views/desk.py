"""The desk of those who plan: every tool, in the groups of the work."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date
from flask import render_template
from flask_babel import ngettext

from app.followup.agreements import policy as agreements_policy
from app.followup.matrix import policy as matrix_policy
from app.followup.practices import policy as practices_policy
from app.followup.review import policy as review_policy
from app.infra import clock
from app.infra.database import reading
from app.kernel.reference import REFERENCE_ZONE
from app.kernel.text import N_, date_locale
from app.office.handover import policy as handover_policy
from app.office.history import policy as history_policy
from app.office.home.queries import desk_facts
from app.office.home.values import DeskFacts
from app.office.home.views import bp
from app.office.outbox import policy as notifications_policy
from app.office.privacy import policy as privacy_policy
from app.office.reports.views import REPORTS
from app.office.setup import policy as setup_policy
from app.office.status.policy import may_see_status
from app.office.writing import policy as writing_policy
from app.participation.meetings import policy as meetings_policy
from app.people.access import policy as access_policy
from app.people.directory import policy as directory_policy
from app.people.directory.queries.roster import countries
from app.people.identity.policy import leads_the_region
from app.planning.calendars import policy as calendars_policy
from app.planning.events import policy as events_policy
from app.planning.programme.queries.programme import all_groups, entries_between
from app.planning.scheduling import policy as scheduling_policy
from app.planning.seasons import policy as seasons_policy
from app.training.authoring import policy as authoring_policy
from app.training.certificates import policy as certificates_policy
from app.training.deadlines import policy as deadlines_policy
from app.training.requests import policy as requests_policy
from app.web.guards import Policy, anyone, current_actor, requires, signed_in
from app.web.locale import reader_language

# Title, what it is for, where it is, who may.
DESK: tuple[tuple[str, str, str, Policy], ...] = (
    (
        N_("Plan an event"),
        N_("A webinar, a meeting or a congress: you see at once whether its time is free."),
        "events.plan",
        events_policy.may_plan,
    ),
    (
        N_("Plan a series"),
        N_("The same webinar every few weeks, each date checked."),
        "series.plan_a_series",
        events_policy.may_plan,
    ),
    (
        N_("Plan a season"),
        N_("Paste the year's webinars and get a proposal without a clash."),
        "seasons.seasons",
        seasons_policy.may_plan_seasons,
    ),
    (
        N_("Board"),
        N_("Move events to another day or hour, or let two change places."),
        "programme.board",
        events_policy.may_plan,
    ),
    (
        N_("Annual plan"),
        N_("What the region plans to hold this year, and what is held under it."),
        "cycles.annual_plans",
        events_policy.may_plan,
    ),
    (
        N_("Editions of the congress"),
        N_("Work tables, checklist and funding; and the next edition from the last one."),
        "cycles.editions",
        anyone,
    ),
    (
        N_("Agreements"),
        N_("What the meetings agreed, who answers for it, what is overdue; propose a follow-up."),
        "agreements.agreements",
        agreements_policy.may_read,
    ),
    (
        N_("Matrix of the region"),
        N_("What the countries report on what was agreed, who says something alike; publish it."),
        "matrix.region",
        matrix_policy.may_read_region_matrix,
    ),
    (
        N_("Review of the Guidelines"),
        N_("Challenges that need an answer, what each country would change, and the next version."),
        "guidelines_review.current",
        review_policy.may_run_review,
    ),
    (
        N_("Periods of the matrix"),
        N_("Open a period, set its days, and see which countries have not written."),
        "matrix.periods",
        matrix_policy.may_run_matrix,
    ),
    (
        N_("Conflict cases"),
        N_("Events that came to clash after they were scheduled, and need your decision."),
        "cases.cases",
        leads_the_region,
    ),
    (
        N_("Rule book"),
        N_("How strict the rules are, since when and why; pairs of groups and meeting licences."),
        "scheduling.rule_book",
        scheduling_policy.may_see_rules,
    ),
    (
        N_("Other calendars"),
        N_("Meetings of other processes and busy hours of people, which warn whoever plans."),
        "calendars.calendars",
        calendars_policy.may_keep_processes,
    ),
    (
        N_("Connection of meetings"),
        N_("Zoom or Microsoft Teams: meetings that follow their events, reports that arrive."),
        "meetings.connection",
        meetings_policy.may_connect,
    ),
    (
        N_("Holidays"),
        N_("The holidays of each country, and which ones bind."),
        "holidays.holidays",
        anyone,
    ),
    (
        N_("Certificates"),
        N_("All that were issued, each with its history; revoke by two people, correct, download."),
        "certificates.office_register",
        certificates_policy.may_see_register,
    ),
    (
        N_("Delegates and focal points"),
        N_("Who is in each working group for each country."),
        "directory.delegations",
        directory_policy.may_see_delegations,
    ),
    (
        N_("Who is who"),
        N_("Mechanisms, focal points and delegates by country, with lists of addressees."),
        "who_is_who.people",
        signed_in,
    ),
    (
        N_("Bring in earlier years"),
        N_(
            "Sheets of events, who served, attendance, certificates and agreements; each can be undone."
        ),
        "history.imports",
        history_policy.may_bring_history,
    ),
    (
        N_("People and access"),
        N_("Who may sign in, with which role and until when; invite, block, requests for access."),
        "access.accounts",
        access_policy.may_open,
    ),
    (
        N_("Write to people"),
        N_("A letter to focal points, delegates or learners, and the letters that were sent."),
        "writing.office_letters",
        writing_policy.may_write_from_office,
    ),
    (
        N_("Texts of the letters"),
        N_("What each kind of letter says, and the office's own words for it."),
        "notifications.letter_texts",
        notifications_policy.may_see_messages,
    ),
    (
        N_("Messages"),
        N_("What the platform sent to people, what did not arrive, and why."),
        "outbox.messages",
        notifications_policy.may_see_messages,
    ),
    *REPORTS,
    (
        N_("Webinars that countries ask for"),
        N_("What focal points wish for, each as a draft: publish it, move it or say why not."),
        "requests.to_decide",
        requests_policy.may_answer,
    ),
    (
        N_("Good practices to review"),
        N_("What officials and guests propose for everyone to read."),
        "practices.review",
        practices_policy.may_review,
    ),
    (
        N_("Presidency"),
        N_("Which country presides from when until when, and who acts for it."),
        "handover.presidency",
        handover_policy.may_see_terms,
    ),
    (
        N_("Handover"),
        N_("What is open, who is who and what should be known when the presidency changes."),
        "handover.handovers",
        handover_policy.may_see_terms,
    ),
    (
        N_("Journal"),
        N_("Who did what, and when: overrides, attendance, lists downloaded, roles and approvals."),
        "handover.audit",
        handover_policy.may_read_journal,
    ),
    (
        N_("State of the platform"),
        N_("Whether mail, queue, disk and seals are well, and whom to ask where they are not."),
        "status.status",
        may_see_status,
    ),
    (
        N_("Requests about personal data"),
        N_("For people who ask by letter for a copy of their data, or to be erased."),
        "privacy.people",
        privacy_policy.may_answer_requests,
    ),
    (
        N_("Drafts"),
        N_("What is not published yet: check, publish or approve several at once."),
        "events.drafts",
        events_policy.may_plan,
    ),
    (
        N_("Missing translations"),
        N_("Events in one language only."),
        "events.translations",
        events_policy.may_translate,
    ),
    (
        N_("Write courses"),
        N_("Lessons and questions in every language, published as editions."),
        "authoring.drafts",
        authoring_policy.may_write_courses,
    ),
    (
        N_("Deadlines of courses"),
        N_("By when new officials finish a course, and how each country stands."),
        "deadlines.deadlines",
        deadlines_policy.may_set_deadlines,
    ),
    (
        N_("Institutions"),
        N_("Where officials serve, by country: add, rename, close, join two records."),
        "institutions.institutions",
        directory_policy.may_keep_reference,
    ),
    (
        N_("Set up"),
        N_("Countries, groups, rules, institutions, mail and focal points, step by step."),
        "setup.overview",
        setup_policy.may_set_up,
    ),
)

PLANNING, CONGRESS, FOLLOWING_UP, ADMINISTRATION = (
    N_("To plan"),
    N_("Congress"),
    N_("Follow-up"),
    N_("Administration"),
)
GROUP_OF = {
    "events.plan": PLANNING,
    "series.plan_a_series": PLANNING,
    "seasons.seasons": PLANNING,
    "programme.board": PLANNING,
    "events.drafts": PLANNING,
    "cycles.annual_plans": PLANNING,
    "cycles.editions": CONGRESS,
    "directory.delegations": CONGRESS,
    "who_is_who.people": CONGRESS,
    "handover.presidency": CONGRESS,
    "handover.handovers": CONGRESS,
    "agreements.agreements": FOLLOWING_UP,
    "matrix.region": FOLLOWING_UP,
    "matrix.periods": FOLLOWING_UP,
    "cases.cases": FOLLOWING_UP,
    "writing.office_letters": FOLLOWING_UP,
    "outbox.messages": FOLLOWING_UP,
    "practices.review": FOLLOWING_UP,
    **{endpoint: FOLLOWING_UP for _title, _purpose, endpoint, _policy in REPORTS},
}
"""In which of the four groups a tool stands; what is not named here is administration."""


@dataclass(frozen=True)
class Tool:
    """A tool with what waits in it, in words on a pill; kind is "bad", or "" for what is not late."""

    title: str
    purpose: str
    endpoint: str
    waiting: str = ""
    kind: str = ""


@bp.get("/desk")
@requires(events_policy.may_plan)
def desk() -> str:
    """Renders everything that planning needs on one page, so that the menu stays short."""
    actor, today = current_actor(), clock.today()
    first, zone = today.replace(day=1), ZoneInfo(REFERENCE_ZONE)
    after = (first + timedelta(days=31)).replace(day=1)
    starts, ends = (datetime.combine(on, time(), zone) for on in (first, after))
    with reading() as db:
        facts = desk_facts(db, actor=actor, now=clock.now(), today=today, known=countries(db))
        month = entries_between(db, actor=actor, starts_at=starts, ends_at=ends)
        groups = sum(group.kind == "working-group" for group in all_groups(db))
    tools = [
        Tool(title, purpose, endpoint, *_waiting(endpoint, facts, today))
        for title, purpose, endpoint, policy in DESK
        if policy(actor)
    ]
    shown = [
        (group, [tool for tool in tools if GROUP_OF.get(tool.endpoint, ADMINISTRATION) == group])
        for group in (PLANNING, CONGRESS, FOLLOWING_UP, ADMINISTRATION)
    ]
    return render_template(
        "office/home/desk.html",
        groups=[(group, some) for group, some in shown if some],
        month_name=format_date(today, "LLLL", locale=date_locale(reader_language())).capitalize(),
        events=len(month),
        lanes=groups,
        cases=facts.cases,
    )


def _waiting(endpoint: str, facts: DeskFacts, today: date) -> tuple[str, str]:
    """Counts stand only where something waits."""
    match endpoint:
        case "agreements.agreements" if facts.overdue:
            return ngettext("%(num)s overdue", "%(num)s overdue", facts.overdue), "bad"
        case "directory.delegations" if facts.vacant:
            return ngettext("%(num)s vacant", "%(num)s vacant", len(facts.vacant)), "bad"
        case "handover.handovers" if facts.handover_on and facts.handover_on > today:
            days = (facts.handover_on - today).days
            return ngettext("in %(num)s day", "in %(num)s days", days), ""
        case _:
            number, kind = {
                "cases.cases": (facts.cases, "bad"),
                "outbox.messages": (
                    facts.bounced + facts.undelivered + facts.held_letters,
                    "bad",
                ),
                "practices.review": (facts.practices, ""),
                "access.accounts": (facts.access, ""),
                "events.translations": (len(facts.untranslated), ""),
            }.get(endpoint, (0, ""))
            return (str(number), kind) if number else ("", "")
