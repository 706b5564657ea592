"""How far an activity is, in words; msgids, translated at the edge."""

from app.followup.congress.values import ActivityProgress
from app.kernel.text import N_

PROGRESS = {
    ActivityProgress.OVERDUE: N_("Overdue"),
    ActivityProgress.NOT_BEGUN: N_("Not begun"),
    ActivityProgress.UNDER_WAY: N_("Under way"),
    ActivityProgress.DONE: N_("Fulfilled"),
    ActivityProgress.DROPPED: N_("No longer applicable"),
}
SHAPES = {
    ActivityProgress.OVERDUE: "bad",
    ActivityProgress.NOT_BEGUN: "todo",
    ActivityProgress.UNDER_WAY: "draft",
    ActivityProgress.DONE: "good",
    ActivityProgress.DROPPED: "quiet",
}
"""The mark before each; see templates/components/marks.html."""
