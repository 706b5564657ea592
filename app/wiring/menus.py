"""The main menu, the pages of one event, what a guest's page leads to, and the shell's own
links.
"""

from collections.abc import Callable

from app.followup.agreements import policy as agreements_policy
from app.kernel.actor import Actor
from app.kernel.text import N_
from app.office.home.views.desk import DESK
from app.office.reports import policy as reports_policy
from app.office.writing import policy as writing_policy
from app.participation.invitations import policy as invitations_policy
from app.participation.invitations.views.nominations import was_asked
from app.participation.speakers import policy as speakers_policy
from app.planning.events import policy as events_policy
from app.planning.events.values import EventDetail, EventKind
from app.training.authoring import policy as authoring_policy
from app.training.refreshers import policy as refreshers_policy
from app.training.turnover import policy as turnover_policy
from app.web.guards import Policy, anyone, signed_in


def anonymous(actor: Actor) -> bool:
    """True for a visitor who has not signed in."""
    return not signed_in(actor)


EventTab = Callable[[Actor, EventDetail], bool]
NAVIGATION: tuple[tuple[str, str, Policy], ...] = (
    (N_("Home"), "home.home", signed_in),
    (N_("Programme"), "programme.programme", anyone),
    (N_("Planning"), "home.desk", events_policy.may_plan),
    (N_("My country"), "turnover.my_country", turnover_policy.may_have_country),
    (N_("My training"), "learning.catalogue", signed_in),
    (N_("Courses"), "learning.catalogue", anonymous),
    (N_("Region"), "turnover.region", turnover_policy.may_see_region),
    (N_("Verify"), "certificates.verify", anonymous),
)
# Behind the initials of whoever is signed in.
PERSON_MENU: tuple[tuple[str, str, Policy], ...] = (
    (N_("My webinars"), "registrations.my_webinars", signed_in),
    (N_("My certificates"), "certificates.my_certificates", signed_in),
    (N_("Verify a certificate"), "certificates.verify", signed_in),
    (N_("Write courses"), "authoring.drafts", authoring_policy.may_write_courses),
    (N_("My account"), "identity.account", signed_in),
)
# The pages of one event, as its tabs: label, endpoint (wants event_id), and for whom: f(actor,
# event) -> bool.
EVENT_TABS: tuple[tuple[str, str, EventTab], ...] = (
    (N_("The event"), "events.event", lambda _actor, _event: True),
    (N_("Agenda"), "agenda.event_agenda", lambda _actor, event: event.span is not None),
    (
        N_("Materials"),
        "materials.materials",
        lambda _actor, event: event.kind is not EventKind.EXTERNAL,
    ),
    (
        N_("Places and deadline"),
        "registrations.places",
        lambda actor, event: (
            event.published_at is None
            and events_policy.may_decide_registrations(actor, event.group_slugs)
        ),
    ),
    (
        N_("Invitations"),
        "invitations.invitations",
        lambda actor, event: invitations_policy.may_invite_to(actor, event.group_slugs, event.kind),
    ),
    (N_("Nominations"), "invitations.nominations", was_asked),
    (
        N_("Outside speakers"),
        "speakers.speakers",
        lambda actor, event: (
            event.kind is not EventKind.EXTERNAL and speakers_policy.may_name_for(actor, event)
        ),
    ),
    (
        N_("Letters written"),
        "writing.event_letters",
        lambda actor, event: (
            event.published_at is not None
            and event.kind is not EventKind.EXTERNAL
            and writing_policy.may_write_to_event(actor, event.group_slugs, event.kind)
        ),
    ),
    (
        N_("Registrations"),
        "registrations.registrations",
        lambda actor, event: (
            event.published_at is not None
            and event.kind is not EventKind.EXTERNAL
            and events_policy.may_see_registrations(actor, event.group_slugs)
        ),
    ),
    (
        N_("Attendance"),
        "attendance.attendance",
        lambda actor, event: (
            event.published_at is not None
            and events_policy.may_see_attendance(actor, event.group_slugs)
        ),
    ),
    (
        N_("Agreements"),
        "agreements.event_agreements",
        lambda actor, event: (
            agreements_policy.may_read(actor)
            and event.published_at is not None
            and event.kind is not EventKind.EXTERNAL
        ),
    ),
    (
        N_("Survey"),
        "surveys.survey",
        lambda actor, event: (
            actor.signed_in and event.published_at is not None and event.span is not None
        ),
    ),
    (
        N_("Report"),
        "reports.event_report",
        lambda actor, event: (
            event.published_at is not None
            and reports_policy.may_read_report(actor, event.group_slugs)
        ),
    ),
    (
        N_("Funding"),
        "cycles.event_funding",
        lambda actor, event: events_policy.may_plan_for(actor, event.group_slugs, event.kind),
    ),
)
# What a guest's own page leads to: label, endpoint, what it takes ("event_id" or "token", the
# guest's key), and when it is shown: "before" the end of the event, "after" it, or "always".
GUEST_LINKS: tuple[tuple[str, str, str, str], ...] = (
    (N_("Materials"), "materials.materials", "event_id", "before"),
    (N_("Propose a good practice"), "practices.guest_practice", "token", "before"),
    (N_("Survey"), "surveys.guest_survey", "token", "after"),
)
# The shell's own links (header and footer); one whose endpoint does not exist is not shown.
LINKS = {
    "sign_in": "identity.sign_in",
    "sign_out": "identity.sign_out",
    "account": "identity.account",
    "my_data": "privacy.my_data",
    "wishes": "notifications.wishes",
    "search": "search.search",
    "desk": "home.desk",
    "plan": "events.plan",
    "verify": "certificates.verify",
    "subscribe": "programme.subscribe",
    "practices": "practices.practices",
    "who_is_who": "who_is_who.people",
    "request_access": "access.request_access",
    "national": "national.own",
    "about": "home.about",
    "accessibility": "home.accessibility",
}
# Pages that the search finds by their names: title, endpoint, and for whom.
SEARCH_PAGES: tuple[tuple[str, str, Policy], ...] = (
    *NAVIGATION,
    *PERSON_MENU,
    (N_("National pages"), "national.pages", signed_in),
    (N_("Refreshers by letter"), "refreshers.refreshers", refreshers_policy.may_have),
    *((title, endpoint, policy) for title, _purpose, endpoint, policy in DESK),
)
