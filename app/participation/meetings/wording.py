"""What the event's page says of its meeting, in one line, and what one can do about it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.infra.language import say
from app.kernel.refusal import Sentence
from app.kernel.text import N_, Language
from app.participation.meetings.models import EventMeeting
from app.participation.meetings.queries import problem_of
from app.participation.meetings.rules import wish_of
from app.participation.meetings.values import ConnectionShown, MeetingState
from app.planning.events.rules.joining import MeetingProvider
from app.planning.events.values import EventDetail, EventKind, EventStatus, Mode

NAMES = {MeetingProvider.ZOOM: "Zoom", MeetingProvider.TEAMS: "Microsoft Teams"}
ON_PUBLISHING = N_("%(program)s: the meeting is created when the event is published.")
BEING_MADE = N_("%(program)s: the meeting is being created.")
FOLLOWS = N_("%(program)s: the meeting is created and follows the changes of this event.")
NONE_YET = N_("%(program)s: this event has no meeting yet.")
CANCELLED = N_("%(program)s: the meeting was cancelled.")
NOT_MADE = N_("%(program)s: the meeting could not be created. %(why)s")
NOT_CHANGED = N_("%(program)s: the meeting could not be brought up to date. %(why)s")
REPORT_COMES = N_("%(program)s: the participant report arrives here by itself.")
REPORT_MISSED = N_(
    "%(program)s: the participant report has not arrived yet; it is asked for again by itself."
)
REPORT_LOST = N_("%(program)s: the participant report did not arrive. %(why)s")
REPORT_HERE = N_("%(program)s: the participant report has arrived.")
TRY_AGAIN = N_("Try again")
CREATE_NOW = N_("Create the meeting")
ASK_NOW = N_("Ask for the report now")


@dataclass(frozen=True)
class MeetingPanel:
    """`button` is a msgid, "" for nothing to press. `import_id`: the report to look through;
    `may_upload`: a file can take the place of the report.
    """

    line: str
    is_problem: bool = False
    button: str = ""
    import_id: UUID | None = None
    may_upload: bool = False


def panel_of(
    event: EventDetail,
    known: ConnectionShown | None,
    row: EventMeeting | None,
    *,
    language: Language,
    now: datetime,
) -> MeetingPanel | None:
    """Returns None where there is nothing to say: no connection, or an event that needs no meeting."""
    if row is None:
        return (
            _without_meeting(event, known, language=language, now=now)
            if known is not None
            else None
        )
    params = {"program": NAMES[MeetingProvider(row.provider)]}
    problem = problem_of(row)
    if event.status is EventStatus.PUBLISHED and event.ends_at and event.ends_at <= now:
        return _after(row, params, problem=problem, language=language)
    if problem is not None and row.state != MeetingState.GONE:
        failed = NOT_MADE if row.state == MeetingState.ASKED else NOT_CHANGED
        line = say(language, Sentence(failed, {**params, "why": problem}))
        return MeetingPanel(line, is_problem=True, button=TRY_AGAIN)
    said = {
        MeetingState.ASKED: BEING_MADE,
        MeetingState.MADE: FOLLOWS,
        MeetingState.GONE: CANCELLED,
    }
    return MeetingPanel(say(language, Sentence(said[MeetingState(row.state)], params)))


def _without_meeting(
    event: EventDetail, known: ConnectionShown, language: Language, now: datetime
) -> MeetingPanel | None:
    params = {"program": NAMES[known.provider]}
    if event.join_url:
        return None
    if wish_of(event, "", now).is_wanted:
        return MeetingPanel(say(language, Sentence(NONE_YET, params)), button=CREATE_NOW)
    is_draft = event.status is EventStatus.DRAFT and event.kind is not EventKind.EXTERNAL
    if is_draft and event.mode is not Mode.IN_PERSON:
        return MeetingPanel(say(language, Sentence(ON_PUBLISHING, params)))
    return None


def _after(
    row: EventMeeting, params: dict[str, str], problem: Sentence | None, language: Language
) -> MeetingPanel | None:
    if row.import_id is not None:
        return MeetingPanel(say(language, Sentence(REPORT_HERE, params)), import_id=row.import_id)
    if row.state != MeetingState.MADE:
        return None
    if problem is None or not row.report_tries:
        return MeetingPanel(say(language, Sentence(REPORT_COMES, params)), may_upload=True)
    if row.report_at is not None:
        line = say(language, Sentence(REPORT_MISSED, params))
        return MeetingPanel(line, button=ASK_NOW, may_upload=True)
    line = say(language, Sentence(REPORT_LOST, {**params, "why": problem}))
    return MeetingPanel(line, is_problem=True, button=ASK_NOW, may_upload=True)
