"""Findings in words: the rule, what it counted, whose time it is, and who may let it stand. No ids,
no bare UTC.
"""

from app.infra.language import both
from app.kernel.text import N_, LocalizedText
from app.planning.scheduling.values import Approver, Finding, Rule
from app.planning.scheduling.wording.book import (
    CHOOSE,
    EXPLAINED,
    NAMES,
    NUMBERS,
    SEVERITIES,
    Words,
)
from app.planning.scheduling.wording.clock import about_holidays, about_hours
from app.planning.scheduling.wording.counts import about_counts, about_notice
from app.planning.scheduling.wording.overlaps import about_another
from app.planning.scheduling.wording.parties import without_stop

__all__ = ["CHOOSE", "EXPLAINED", "NAMES", "NUMBERS", "SEVERITIES", "Words", "sentence"]

WHO_MAY = {
    Approver.PRESIDENCY: N_("%(found)s; the presidency may confirm it with a reason."),
    Approver.SECRETARIAT: N_(
        "%(found)s; the secretariat or the presidency may confirm it with a reason."
    ),
    Approver.NOBODY: N_("%(found)s; no exception is possible."),
}
SIDE_EVENTS_ONLY = N_("%(found)s; only its own side events are excepted.")


def sentence(
    finding: Finding, *, reader_timezone: str, may_see_title: bool = True
) -> LocalizedText:
    """The finding for a reader in a zone, and who may let it stand where that is still to be
    decided.

    Confidential titles are said only to who may see them.
    """
    found = _found(finding, reader_timezone=reader_timezone, may_see_title=may_see_title)
    if not finding.is_refused:
        return found
    return both(_who_may(finding), found=without_stop(found))


def _found(finding: Finding, *, reader_timezone: str, may_see_title: bool) -> LocalizedText:
    if finding.other is not None:
        return about_another(
            finding, finding.other, reader_timezone=reader_timezone, may_see_title=may_see_title
        )
    if finding.rule is Rule.OUTSIDE_HOURS:
        return about_hours(finding)
    if finding.holidays:
        return about_holidays(finding)
    if finding.rule is Rule.NOTICE:
        return about_notice(finding)
    return about_counts(finding, may_see_title=may_see_title)


def _who_may(finding: Finding) -> str:
    is_blackout = finding.rule is Rule.BLACKOUT and finding.approver is Approver.NOBODY
    return SIDE_EVENTS_ONLY if is_blackout else WHO_MAY[finding.approver]
