"""Words for what is stored as a code."""

from app.kernel.text import N_
from app.participation.attendance.values import ImportState, ReportProvider
from app.planning.events.rules.presence import Presence

PROVIDERS = {
    ReportProvider.ZOOM: "Zoom",
    ReportProvider.TEAMS: "Microsoft Teams",
    ReportProvider.MEET: "Google Meet",
    ReportProvider.WEBEX: "Webex",
}
STATES = {
    ImportState.UPLOADED: N_("Reading"),
    ImportState.READY: N_("Waiting for your decisions"),
    ImportState.APPLIED: N_("Minutes written"),
}
SOURCES = {
    "manual": N_("by hand"),
    "import": N_("from a report"),
    "check-in": N_("at the entrance"),
}
PRESENCES = {
    Presence.PRESENT: N_("present"),
    Presence.PARTLY: N_("partly"),
    Presence.ABSENT: N_("absent"),
}
PARTS = {
    "doubtful": N_("To confirm"),
    "unmatched": N_("Nobody’s yet"),
    "matched": N_("Matched"),
    "ignored": N_("Not ours"),
}
