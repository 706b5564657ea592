"""The pages of the Guidelines in words; msgids, translated where they are shown."""

from app.followup.matrix.values import RowStatus
from app.kernel.text import N_

FINDINGS, ACTIVITIES, AGREEMENTS = N_("Findings"), N_("Activities"), N_("Agreements")
ROWS, INSTRUMENTS, PRACTICES = N_("Matrix"), N_("Instruments"), N_("Good practices")
LESSONS, MATERIALS, WEBINARS = N_("Lessons"), N_("Materials"), N_("Webinars")
ROW_LOOKS = {
    RowStatus.NO_CHANGE: ("quiet", "ring"),
    RowStatus.ADVANCED: ("warn", "half"),
    RowStatus.DONE: ("good", "check"),
    RowStatus.STOPPED: ("bad", "octagon"),
}
