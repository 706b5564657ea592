"""The main menu, the pages of one event, what a guest's page leads to, and the shell's own
links.
"""

from collections.abc import Callable

from app.followup.agreements import policy as agreements_policy
from app.kernel.actor import Actor
from app.kernel.text import N_
from app.office.home.guides import GUIDES
from app.office.home.views.desk import DESK
from app.office.merging import policy as merging_policy
from app.office.privacy import policy as privacy_policy
from app.office.reports import policy as reports_policy
from app.office.search.values import SearchPage
from app.office.setup import policy as setup_policy
from app.office.writing import policy as writing_policy
from app.office.yearly import policy as yearly_policy
from app.participation.attendance import policy as attendance_policy
from app.participation.invitations import policy as invitations_policy
from app.participation.invitations.views.nominations import was_asked
from app.participation.registrations import policy as registrations_policy
from app.participation.speakers import policy as speakers_policy
from app.people.access import policy as access_policy
from app.people.directory import policy as directory_policy
from app.people.identity import policy as identity_policy
from app.planning.events import policy as events_policy
from app.planning.events.values import EventDetail, EventKind
from app.training.authoring import policy as authoring_policy
from app.training.certificates import policy as certificates_policy
from app.training.packages import policy as packages_policy
from app.training.refreshers import policy as refreshers_policy
from app.training.turnover import policy as turnover_policy
from app.web.guards import Policy, anyone, signed_in


def anonymous(actor: Actor) -> bool:
    """Returns True for a visitor who has not signed in."""
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
# The entry that is marked on a page beside it: by the page's endpoint, or all of a blueprint.
STANDS_UNDER = {
    "agreements": "home.desk",
    "congress": "home.desk",
    "cycles": "home.desk",
    "events.plan": "home.desk",
    "declared": "turnover.my_country",
    "general_plan": "home.desk",
    "guidelines": "home.desk",
    "guidelines_review": "home.desk",
    "matrix": "turnover.region",
    "matrix.country": "turnover.my_country",
    "matrix.periods": "home.desk",
    "offices": "turnover.my_country",
    "person_history": "turnover.my_country",
    "plans": "home.desk",
    "seasons": "home.desk",
    "requests.to_decide": "home.desk",
    "requests.webinars": "turnover.my_country",
    "series": "home.desk",
    "status": "home.desk",
    "turnover.country": "turnover.my_country",
    "turnover.movement": "turnover.my_country",
    "turnover.movement_of_region": "turnover.region",
    "yearly": "turnover.region",
}
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
        "registrations.capacity",
        lambda actor, event: (
            event.published_at is None
            and registrations_policy.may_decide_registrations(actor, event.group_slugs)
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
            and registrations_policy.may_see_registrations(actor, event.group_slugs)
        ),
    ),
    (
        N_("Attendance"),
        "attendance.attendance",
        lambda actor, event: (
            event.published_at is not None
            and attendance_policy.may_see_list(actor, event.group_slugs)
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
    "guidelines": "guidelines.guidelines",
    "library": "materials.library",
    "who_is_who": "who_is_who.people",
    "request_access": "access.request_access",
    "national": "national.own",
    "guides": "home.guides",
    "about": "home.about",
    "notice": "privacy.notice",
    "demonstration": "demo.demonstration",
    "accessibility": "home.accessibility",
}
# What people call what they look for, by the page where it is done. Each is translated as a list.
CALLED = {
    "access.accounts": N_(
        "access, invite, invitation, user, account, role, permission, block, sign in, password"
    ),
    "access.correction": N_("correct, correction, mistake, wrong, name, e-mail, post"),
    "access.access_requests": N_("access, request, ask for an account, register"),
    "authoring.drafts": N_("course, lesson, question bank, import, Moodle, GIFT, XML, quiz"),
    "calendars.calendars": N_("calendar, Outlook, Google, iCal, busy, vacation"),
    "certificates.my_certificates": N_("diploma, proof, download, PDF"),
    "certificates.office_register": N_("diploma, register, revoke, correct, list, export"),
    "certificates.papers": N_("wording, signature, signatory, logo, colours, diploma"),
    "certificates.verify": N_("diploma, code, QR, genuine, validate"),
    "factors.obliged": N_("passkey, two factors, 2FA, TOTP, authenticator, security, lost phone"),
    "directory.delegations": N_("delegate, focal point, designate, appoint, successor, group"),
    "directory.held_newcomers": N_("newcomer, address, e-mail, another country, not me"),
    "directory.newcomer": N_("add, new official, newcomer, colleague, register a person"),
    "directory.newcomers": N_("import, paste, list, Excel, table, add several, new officials"),
    "directory.roster": N_("staff, people, list, confirm, left, correct a name, e-mail, post"),
    "events.plan": N_("webinar, meeting, new event, create, schedule, book, date"),
    "events.translations": N_("translate, English, Spanish, language"),
    "guidelines.guidelines": N_("sections, principles, document, PDF, version"),
    "handover.audit": N_("log, history, audit, who did it"),
    "history.imports": N_("import, Excel, spreadsheet, earlier years, history, old data, undo"),
    "holidays.holidays": N_("holiday, day off, bank holiday, vacation, closed"),
    "home.accessibility": N_("accessibility, screen reader, keyboard, contrast"),
    "identity.account": N_("password, change password, language, time zone, profile, sign in, API"),
    "institutions.institutions": N_("ministry, directorate, office, organisation, rename, join"),
    "learning.catalogue": N_("course, training, guidelines, lesson, e-learning"),
    "materials.library": N_("materials, fact sheet, research, tool, recording, download"),
    "meetings.connection": N_("Zoom, Teams, Jitsi, video, licence, link of the meeting"),
    "merging.merges": N_("merge records, join, duplicate, same person twice, unify"),
    "notifications.letter_texts": N_("template, wording, text, letter, e-mail"),
    "notifications.wishes": N_("unsubscribe, notification, reminder, stop letters, e-mail"),
    "outbox.messages": N_("e-mail, sent, bounce, did not arrive, spam, letter"),
    "packages.upload": N_("import, SCORM, package, zip, Articulate, course"),
    "privacy.my_data": N_(
        "correct my name, e-mail, post, mistake, backup, copy, download, delete, erase, consent"
    ),
    "privacy.notice": N_("data protection, privacy, law, complaint, legal basis, who answers"),
    "privacy.people": N_("erase, delete a person, copy, backup, request, data protection"),
    "programme.subscribe": N_("calendar, Outlook, Google, iCal, ICS, phone"),
    "scheduling.rule_book": N_("rule, limit, cap, licence, overlap, clash"),
    "seasons.seasons": N_("season, import, paste, Excel, year, proposal"),
    "status.status": N_("health, error, disk, backup, technician, version, down"),
    "setup.mail": N_("SMTP, mail server, port, sender, e-mail"),
    "setup.overview": N_("settings, configure, install, country, group, start"),
    "who_is_who.people": N_("directory, contact, address, telephone, focal point"),
    "turnover.movement_of_region": N_(
        "turnover, rotation, leavers, newcomers, retention, transfer"
    ),
    "yearly.year": N_("report of the year, held, cancelled, attendance, absent, months"),
    "writing.office_letters": N_("e-mail, write, circular, announce, remind"),
}
_MORE: tuple[tuple[str, str, Policy], ...] = (
    (N_("My data"), "privacy.my_data", privacy_policy.may_see_own),
    (N_("Ask for a correction"), "access.correction", access_policy.may_ask_correction),
    (N_("National pages"), "national.pages", signed_in),
    (N_("Refreshers by letter"), "refreshers.refreshers", refreshers_policy.may_have),
    (N_("Letters I want to receive"), "notifications.wishes", signed_in),
    (N_("Subscribe to the calendar"), "programme.subscribe", anyone),
    (N_("Requests for access"), "access.access_requests", access_policy.may_open),
    (N_("One person, once"), "merging.merges", merging_policy.may_open_merges),
    (N_("Newcomers to check"), "directory.held_newcomers", directory_policy.may_decide_held),
    (N_("Import a package"), "packages.upload", packages_policy.may_import),
    (N_("Second steps"), "factors.obliged", identity_policy.may_manage_accounts),
    (N_("Can letters be sent?"), "setup.mail", setup_policy.may_set_up),
    (N_("Accessibility"), "home.accessibility", anyone),
    (N_("Privacy notice"), "privacy.notice", anyone),
    (N_("Guidelines"), "guidelines.guidelines", anyone),
    (N_("The year on one page"), "yearly.year", yearly_policy.may_read_year),
    (
        N_("Who comes and who goes"),
        "turnover.movement_of_region",
        turnover_policy.may_see_region,
    ),
    (N_("What certificates say"), "certificates.papers", certificates_policy.may_set_papers),
    (N_("Library"), "materials.library", anyone),
)
_OF_COUNTRY: tuple[tuple[str, str, Policy], ...] = (
    (N_("Officials"), "directory.roster", directory_policy.may_keep_some_roster),
    (N_("Add a newcomer"), "directory.newcomer", directory_policy.may_answer_for_some),
    (N_("Add newcomers from a table"), "directory.newcomers", directory_policy.may_answer_for_some),
)
# Pages that the search finds by their names, and by what people call them.
SEARCH_PAGES: tuple[SearchPage, ...] = (
    *(
        SearchPage(title=title, endpoint=endpoint, policy=policy, words=CALLED.get(endpoint, ""))
        for title, endpoint, policy in (
            *NAVIGATION,
            *PERSON_MENU,
            *((title, endpoint, policy) for title, _purpose, endpoint, policy in DESK),
            *_MORE,
        )
    ),
    *(
        SearchPage(
            title=title,
            endpoint=endpoint,
            policy=policy,
            words=CALLED.get(endpoint, ""),
            of_country=True,
        )
        for title, endpoint, policy in _OF_COUNTRY
    ),
    *(
        SearchPage(
            title=guide.title,
            endpoint="home.guide",
            policy=anyone,
            words=guide.words,
            arguments=(("task", guide.slug),),
        )
        for guide in GUIDES
    ),
)
