"""Packages in words; msgids, translated at the edge."""

from flask_babel import gettext as _
from flask_babel import ngettext

from app.kernel.text import N_
from app.training.packages.values import ItemStanding, PackageFinding, PlayStatus, Standard, Weight

STANDARDS = {Standard.SCORM_12: "SCORM 1.2", Standard.SCORM_2004: "SCORM 2004"}
WEIGHTS = {
    Weight.BLOCKER: N_("It cannot be accepted because of this"),
    Weight.UNSUPPORTED: N_("Not supported here"),
    Weight.MISSING: N_("Missing in the archive"),
    Weight.WARNING: N_("Good to know"),
}
STATUSES = {
    PlayStatus.NOT_ATTEMPTED: N_("Not started"),
    PlayStatus.INCOMPLETE: N_("In progress"),
    PlayStatus.BROWSED: N_("In progress"),
    PlayStatus.FAILED: N_("Not passed"),
    PlayStatus.COMPLETED: N_("Completed"),
    PlayStatus.PASSED: N_("Passed"),
}
# The shape beside the word: a name of templates/components/icons.html and a colour that only
# repeats what both say.
LOOKS = {
    PlayStatus.NOT_ATTEMPTED: ("dashed", "quiet"),
    PlayStatus.INCOMPLETE: ("half", "warn"),
    PlayStatus.BROWSED: ("half", "warn"),
    PlayStatus.FAILED: ("octagon", "bad"),
    PlayStatus.COMPLETED: ("check", "good"),
    PlayStatus.PASSED: ("check", "good"),
}
STATES = {
    "not-started": PlayStatus.NOT_ATTEMPTED,
    "in-progress": PlayStatus.INCOMPLETE,
    "done": PlayStatus.COMPLETED,
}
KILOBYTE, MEGABYTE, MINUTE = 1024, 1024 * 1024, 60
LINE_BITS = 400_000
"""A 3G line on a bad day, in bits a second."""


def size_text(size_bytes: int) -> str:
    """Returns a size for readers: "340 KB", "2.1 MB"."""
    if size_bytes < MEGABYTE:
        return f"{max(1, round(size_bytes / KILOBYTE))} KB"
    return f"{size_bytes / MEGABYTE:.1f} MB"


def line_time(size_bytes: int) -> str:
    """Returns how long the download takes on a slow line: "40 seconds", "5 minutes"."""
    seconds = max(1, round(size_bytes * 8 / LINE_BITS))
    words: str = _("about %(time)s on a 3G line", time=time_text(seconds))
    return words


def time_text(seconds: int) -> str:
    if seconds < MINUTE:
        words: str = ngettext("%(num)d second", "%(num)d seconds", seconds)
        return words
    minutes: str = ngettext("%(num)d minute", "%(num)d minutes", round(seconds / MINUTE))
    return minutes


def finding_text(finding: PackageFinding) -> str:
    """Returns the sentence of a finding; names of kinds within it are translated too."""
    params = dict(finding.sentence.params)
    if isinstance(kinds := params.get("kinds"), list | tuple):
        params["kinds"] = ", ".join(_(kind) for kind in kinds)
    words: str = _(finding.sentence.msgid, **params)
    return words


def score_text(standing: ItemStanding) -> str:
    return "" if standing.score is None else f"{standing.score:g} %"
