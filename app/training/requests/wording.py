"""What became of a request, in words."""

from app.kernel.text import N_
from app.training.requests.values import WebinarState

WEBINAR_STATES = {
    WebinarState.WAITING: N_("Waits for the secretariat"),
    WebinarState.PLANNED: N_("In the programme"),
    WebinarState.DECLINED: N_("Declined"),
    WebinarState.DROPPED: N_("Not going ahead"),
}
WEBINAR_MARKS = {
    WebinarState.WAITING: ("warn", "clock"),
    WebinarState.PLANNED: ("good", "check"),
    WebinarState.DECLINED: ("bad", "cross"),
    WebinarState.DROPPED: ("bad", "cross"),
}
