"""Who may use which route: the truth, written down by hand once and compared with the application.

A cell says for which actors a route is open ("own" objects are those of Honduras and of its official). Everything that
is not listed fails: a new route needs a line here.
"""

ANONYMOUS = "anonymous"
ACTORS = (
    ANONYMOUS, "organizer", "presidency", "convenor-protection", "convenor-labour", "official-hn", "official-gt",
    "focal-point-hn", "focal-point-gt",
)  # fmt: skip

EVERYBODY = frozenset(ACTORS)
SIGNED_IN = EVERYBODY - {ANONYMOUS}
LEADERS = frozenset({"organizer", "presidency"})
PLANNERS = LEADERS | {"convenor-protection", "convenor-labour"}
OF_PROTECTION = LEADERS | {"convenor-protection"}
FOCAL_POINTS = frozenset({"focal-point-hn", "focal-point-gt"})
HONDURAS = frozenset({"focal-point-hn"})
HER = frozenset({"official-hn"})

# Objects in addresses: an event and a draft of Protection, Honduras, and what belongs to official-hn.
TRUTH: dict[str, frozenset[str]] = {
    "certificates.certificate_pdf": HER | HONDURAS,
    "certificates.country_certificates": HONDURAS,
    "certificates.my_certificates": SIGNED_IN,
    "certificates.verify": EVERYBODY,
    "certificates.verify_code": EVERYBODY,
    "certificates.verify_scanned": EVERYBODY,
    "certificates_api.certificate": EVERYBODY,
    "events.attendance": OF_PROTECTION | FOCAL_POINTS,
    "events.cancel": OF_PROTECTION,
    "events.cancel_confirmed": OF_PROTECTION,
    "events.cancel_registration": SIGNED_IN,
    "events.check": PLANNERS,
    "events.edit": OF_PROTECTION,
    "events.edit_submitted": OF_PROTECTION,
    "events.event": EVERYBODY,
    "events.event_file": EVERYBODY,
    "events.find_people": PLANNERS,
    "events.group_feed": EVERYBODY,
    "events.lanes": EVERYBODY,
    "events.load": SIGNED_IN,
    "events.make_feed_address": SIGNED_IN,
    "events.my_webinars": SIGNED_IN,
    "events.personal_feed": EVERYBODY,
    "events.plan": PLANNERS,
    "events.plan_submitted": PLANNERS,
    "events.programme": EVERYBODY,
    "events.programme_agenda": EVERYBODY,
    "events.public_feed": EVERYBODY,
    "events.publish": OF_PROTECTION,
    "events.register": SIGNED_IN,
    "events.replace_feed_address": SIGNED_IN,
    "events.save_attendance": OF_PROTECTION,
    "events.subscribe": EVERYBODY,
    "events.translations": PLANNERS,
    "events_api.cancel_by_program": OF_PROTECTION,
    "events_api.cancel_own_registration": SIGNED_IN,
    "events_api.change_by_program": OF_PROTECTION,
    "events_api.list_events": EVERYBODY,
    "events_api.plan_by_program": PLANNERS,
    "events_api.read_event": EVERYBODY,
    "events_api.register_self": SIGNED_IN,
    "health.healthz": EVERYBODY,
    "health.readyz": EVERYBODY,
    "home.about": EVERYBODY,
    "home.accessibility": EVERYBODY,
    "home.home": EVERYBODY,
    "identity.account": SIGNED_IN,
    "identity.ask_for_link": EVERYBODY,
    "identity.change_password": SIGNED_IN,
    "identity.change_preferences": SIGNED_IN,
    "identity.link": EVERYBODY,
    "identity.link_sent": EVERYBODY,
    "identity.revoke_token": frozenset(),
    "identity.sign_in": EVERYBODY,
    "identity.sign_in_as_persona": EVERYBODY,
    "identity.sign_in_with_link": EVERYBODY,
    "identity.sign_in_with_password": EVERYBODY,
    "identity.sign_out": EVERYBODY,
    "identity_api.me": SIGNED_IN,
    "learning.attempt": HER,
    "learning.attempt_of": SIGNED_IN,
    "learning.completed": SIGNED_IN,
    "learning.course": EVERYBODY,
    "learning.enrol": SIGNED_IN,
    "learning.leave_screen": SIGNED_IN,
    "learning.module": SIGNED_IN,
    "learning.question": HER,
    "learning.save_answer": HER,
    "learning.screen": SIGNED_IN,
    "learning.start_attempt": SIGNED_IN,
    "learning.submit_attempt": HER,
    "learning.unit": SIGNED_IN,
    "learning_api.own_progress": SIGNED_IN,
    "openapi.openapi_json": EVERYBODY,
    "directory.add_newcomer": HONDURAS,
    "directory.answer_roster": HONDURAS,
    "directory.export_roster": HONDURAS,
    "directory.newcomer": HONDURAS,
    "turnover.country": LEADERS | HONDURAS,
    "turnover.my_country": SIGNED_IN,
    "turnover.region": LEADERS | FOCAL_POINTS,
    "turnover_api.coverage": LEADERS | HONDURAS,
    "directory.roster": HONDURAS,
}
