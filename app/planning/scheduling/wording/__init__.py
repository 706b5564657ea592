"""Findings in words: the rule, what it counted, whose time it is, and who may let it stand. No ids,
no bare UTC.
"""

from app.infra.language import both
from app.kernel.text import N_, LocalizedText
from app.planning.scheduling.rules.book import spec_of
from app.planning.scheduling.values import Approver, Finding
from app.planning.scheduling.wording.book import CHOOSE, SEVERITIES, BookWords, rule_titles
from app.planning.scheduling.wording.parties import capitalized, joined, listed, without_stop
from app.planning.scheduling.wording.words import Reader, counted, words

__all__ = ["CHOOSE", "SEVERITIES", "BookWords", "rule_titles", "sentence"]

WHO_MAY = {
    Approver.PRESIDENCY: N_("%(found)s; the presidency can confirm it with a reason."),
    Approver.SECRETARIAT: N_(
        "%(found)s; the secretariat or the presidency can confirm it with a reason."
    ),
    Approver.NOBODY: N_("%(found)s; no exception is possible."),
}


def sentence(
    finding: Finding, *, reader_timezone: str, may_see_title: bool = True
) -> LocalizedText:
    """Returns the finding for a reader in a zone, and who may let it stand where that is still to
    be decided.

    Confidential titles are said only to who may see them.
    """
    found = _found(finding, Reader(reader_timezone, may_see_title))
    if not finding.is_refused:
        return found
    return both(_who_may(finding), found=without_stop(found))


def _found(finding: Finding, reader: Reader) -> LocalizedText:
    msgid = spec_of(finding.rule).msgid_of(finding)
    found = capitalized(both(msgid, **words(msgid, finding, reader)))
    if finding.also:
        people = listed(party.label for party in finding.also)
        return both(
            N_("%(clash)s; both need %(people)s."), clash=without_stop(found), people=people
        )
    if not msgid.endswith("."):
        found = both(N_("%(clash)s."), clash=found)
    if finding.other is None and finding.others:
        already = both(N_("Already planned: %(events)s."), events=counted(finding, reader))
        return joined(found, already)
    return found


def _who_may(finding: Finding) -> str:
    exception = spec_of(finding.rule).exception
    return (
        exception
        if exception and finding.approver is Approver.NOBODY
        else WHO_MAY[finding.approver]
    )
