"""The words for an event's life: what each phase means to its planners, and what was done when."""

from collections.abc import Mapping

from app.kernel.text import N_
from app.planning.events.rules.life import Phase, Step

MEANING: Mapping[Phase, str] = {
    Phase.DRAFT: N_(
        "Only those who plan it see this draft. Publish it to put it in the programme, or ask the "
        "presidency first."
    ),
    Phase.HELD: N_(
        "The presidency has been asked to authorize this time. Until it answers, nothing is public."
    ),
    Phase.APPROVED: N_("The presidency has approved it. Publish it to put it in the programme."),
    Phase.PUBLISHED: "",
    Phase.RUNNING: N_("It is taking place now."),
    Phase.ENDED: N_("It has ended. Close it once attendance and agreements are complete."),
    Phase.CLOSED: N_("It is closed: what was recorded is final and can no longer be changed."),
    Phase.CANCELLED: "",
}
STEPS: Mapping[Step, str] = {
    Step.ASK: N_("Approval asked for"),
    Step.APPROVE: N_("Approved by the presidency"),
    Step.RETURN: N_("Returned with a note"),
    Step.WITHDRAW: N_("Request withdrawn"),
    Step.EXPIRE: N_("Not answered in time; nothing was authorized"),
    Step.LAPSE: N_("Changed after approval; approval requested again"),
    Step.PUBLISH: N_("Published"),
    Step.START: N_("Started"),
    Step.END: N_("Ended"),
    Step.CLOSE: N_("Closed"),
    Step.REOPEN: N_("Reopened"),
    Step.CANCEL: N_("Cancelled"),
    Step.REINSTATE: N_("Cancellation taken back"),
}
