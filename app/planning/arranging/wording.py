"""The words for events: kinds, roles, modes; and sentences about what stands in the way of a
time.
"""

from collections.abc import Mapping
from enum import StrEnum
from uuid import UUID

from app.infra.language import both
from app.kernel.text import N_, LocalizedText
from app.planning.arranging.queries.asking import Advice
from app.planning.arranging.rules.cycle import OutOfOrder
from app.planning.events.rules.life import Phase, Step
from app.planning.events.values import (
    EventKind,
    GenderMarker,
    LinkRole,
    Mode,
    PersonRole,
    RequestState,
    SessionKind,
)
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
GENDER_MARKERS: Mapping[GenderMarker, str] = {
    GenderMarker.NO: N_("0: gender equality is not part of it"),
    GenderMarker.IN_PART: N_("1: gender equality is part of it"),
    GenderMarker.ITS_AIM: N_("2: gender equality is its aim"),
}
"""Of an event, and of an activity of a work plan, which may become one."""
EVENT_HOLDER = "event:"


def findings_in_words(
    advice: Advice, *, reader_timezone: str, may_see_title: bool
) -> tuple[tuple[Severity, LocalizedText, Finding | None], ...]:
    """Returns every finding as a sentence, what refuses first; a breach of a cycle comes without a
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


# The words for what an agenda and a brief hold: kinds of sessions, languages.

SESSION_KINDS: Mapping[StrEnum, str] = {
    SessionKind.OPENING: N_("Opening"),
    SessionKind.PLENARY: N_("Plenary"),
    SessionKind.PANEL: N_("Panel"),
    SessionKind.WORK_TABLE: N_("Work table"),
    SessionKind.GUIDELINES_REVIEW: N_("Review of the Guidelines"),
    SessionKind.AGREEMENTS: N_("Agreements"),
    SessionKind.BREAK: N_("Break"),
    SessionKind.CLOSING: N_("Closing"),
}
LANGUAGES: Mapping[str, str] = {
    "es": N_("Spanish"),
    "en": N_("English"),
    "fr": N_("French"),
    "pt": N_("Portuguese"),
}
PAIRS: Mapping[str, str] = {
    "es-en": N_("Spanish and English"),
    "es-fr": N_("Spanish and French"),
    "es-pt": N_("Spanish and Portuguese"),
    "en-fr": N_("English and French"),
}


# The words for an event's life: what each phase means to its planners, and what was done when.

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


# Words about what was asked of the presidency: its states, and the parts that people have.

STATES: Mapping[RequestState, str] = {
    RequestState.OPEN: N_("Waiting for the presidency"),
    RequestState.AUTHORIZED: N_("Authorized"),
    RequestState.OFFERED: N_("Another hour was offered"),
    RequestState.ACCEPTED: N_("The other hour was taken"),
    RequestState.DECLINED: N_("Not authorized"),
    RequestState.WITHDRAWN: N_("Withdrawn"),
    RequestState.LAPSED: N_("Not answered in time: nothing is authorized"),
}
ROLES: Mapping[str, str] = {role.value: PERSON_ROLES[role] for role in PersonRole}
NEEDED: Mapping[bool, str] = {
    True: N_("has a part in both at once"),
    False: N_("can attend only one of them"),
}
