"""The words for events: kinds, roles, modes; and sentences about what stands in the way of a
time.
"""

from collections.abc import Mapping
from enum import StrEnum
from uuid import UUID

from app.infra.language import both
from app.kernel.text import N_, LocalizedText
from app.planning.arranging.queries.advice import Advice
from app.planning.arranging.rules import OutOfOrder
from app.planning.events.values import EventKind, LinkRole, Mode, PersonRole
from app.planning.scheduling import wording as scheduling
from app.planning.scheduling.values import Finding, Severity

KINDS: Mapping[StrEnum, str] = {
    EventKind.WEBINAR: N_("Webinar"),
    EventKind.WORKSHOP: N_("Workshop"),
    EventKind.MEETING: N_("Meeting"),
    EventKind.CONGRESS: N_("Congress"),
    EventKind.GOVERNANCE: N_("Governance meeting"),
    EventKind.TRAINING: N_("Training session"),
    EventKind.EXTERNAL: N_("Meeting of another process"),
}
MODES: Mapping[StrEnum, str] = {
    Mode.ONLINE: N_("Online"),
    Mode.IN_PERSON: N_("In person"),
    Mode.HYBRID: N_("In person and online"),
}
PERSON_ROLES: Mapping[StrEnum, str] = {
    PersonRole.SPEAKER: N_("Speaker"),
    PersonRole.MODERATOR: N_("Moderator"),
    PersonRole.RAPPORTEUR: N_("Rapporteur"),
    PersonRole.INTERPRETER: N_("Interpreter"),
    PersonRole.DELEGATE: N_("Delegate"),
    PersonRole.HOST: N_("Host"),
}
LINKS: Mapping[StrEnum, str] = {
    LinkRole.CONGRESS: N_("The congress of edition %(edition)s"),
    LinkRole.PREPARATORY: N_("Prepares edition %(edition)s"),
    LinkRole.FOLLOW_UP: N_("Follows up edition %(edition)s"),
}
EVENT_HOLDER = "event:"


def findings_in_words(
    advice: Advice, *, reader_timezone: str, may_see_title: bool
) -> tuple[tuple[Severity, LocalizedText, Finding | None], ...]:
    """Every finding as a sentence, what refuses first; a breach of a cycle comes without a
    finding.
    """
    words: list[tuple[Severity, LocalizedText, Finding | None]] = []
    if advice.breach is not None:
        words.append((Severity.BLOCK, breach_in_words(advice.breach), None))
    for finding in advice.findings:
        sentence = scheduling.sentence(
            finding, reader_timezone=reader_timezone, may_see_title=may_see_title
        )
        words.append((finding.severity, sentence, finding))
    return tuple(words)


def breach_in_words(breach: OutOfOrder) -> LocalizedText:
    return both(breach.sentence.msgid, **breach.sentence.params)


def event_id_of(finding: Finding) -> UUID | None:
    """Returns the event that a finding speaks of, when it is an event and not another domain's
    engagement.
    """
    if finding.other is None or not finding.other.holder.startswith(EVENT_HOLDER):
        return None
    return UUID(finding.other.holder.removeprefix(EVENT_HOLDER))
