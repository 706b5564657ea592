"""The API of imported calendars. It does what the pages do and refuses the same."""

import hashlib
from typing import Annotated, Any

from flask import Blueprint, Response, jsonify
from pydantic import BaseModel, ConfigDict, Field
from spectree import Response as Answers

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.fetching import FetchFailed, place_of
from app.kernel.numbers import LARGEST_IN_JSON
from app.kernel.refusal import InvalidInput, Sentence
from app.kernel.text import N_, LocalizedText
from app.planning.calendars import policy, queries, services
from app.planning.calendars.forms import LONGEST_NAME, LONGEST_URL, secure
from app.planning.calendars.rules.reading import read_calendar
from app.planning.calendars.tasks import allowed_hosts
from app.planning.calendars.values import SourceDraft, SourceKind, SourceLine
from app.web.bodies import takes_up_to
from app.web.guards import current_actor, requires
from app.web.openapi import Instant, spec
from app.web.texts import BY_LANGUAGE, SpokenLanguage

bp = Blueprint("calendars_api", __name__, url_prefix="/api/v1")
TAGS = ["calendars"]
ONE_OF_BOTH = N_("Give either an address or a file.")
MOST_TEXT = 2_000_000
MOST_BYTES = 2 * 1024 * 1024


Name = Annotated[str, Field(max_length=LONGEST_NAME)]


class CalendarIn(BaseModel):
    """Either `url` (read in the background, repeatedly) or `content` (the text of an .ics file,
    read once). For a person without `person_id` the hours are those of the token's owner.
    """

    model_config = ConfigDict(extra="forbid", strict=True)

    kind: Annotated[SourceKind, Field(strict=False)]
    name: Annotated[dict[SpokenLanguage, Name], BY_LANGUAGE] = {}
    person_id: Annotated[int, Field(ge=1, le=LARGEST_IN_JSON)] | None = None
    url: Annotated[str, Field(max_length=LONGEST_URL)] = ""
    content: Annotated[str, Field(max_length=MOST_TEXT)] = ""


class ProblemOut(BaseModel):
    component: str
    line: int | None
    sentence: dict[str, str]


class CalendarOut(BaseModel):
    """Only the host of an address is returned. State: waiting, read, failing (tried again at
    `next_at`) or given-up.
    """

    id: int
    kind: SourceKind
    name: dict[str, str]
    host: str
    state: str
    entries: int
    problems: list[ProblemOut]
    error: dict[str, str] | None
    refreshed_at: Instant | None
    next_at: Instant | None


class CalendarsOut(BaseModel):
    calendars: list[CalendarOut]


@bp.get("/calendars")
@requires(policy.may_open)
@spec.validate(resp=Answers(HTTP_200=CalendarsOut), tags=TAGS)
def list_calendars() -> Response:
    """Returns the calendars of the token's owner."""
    with reading() as db:
        lines = queries.calendars_of(db, actor=current_actor())
    return jsonify({"calendars": [_out(line) for line in lines]})


@bp.post("/calendars")
@requires(policy.may_open)
@takes_up_to(MOST_BYTES)
@spec.validate(json=CalendarIn, resp=Answers("HTTP_429", HTTP_201=CalendarOut), tags=TAGS)
def add_calendar(json: CalendarIn) -> tuple[Response, int]:
    """Adds a calendar. 422 when the text is no calendar or the address cannot be one."""
    actor, now, draft = current_actor(), clock.now(), _draft(json)
    policy.require_may_add(actor, draft.kind, draft.person_id)
    found, sha256 = None, ""
    if json.content:
        with reading() as db:
            timezone = queries.timezone_of(db, person_id=draft.person_id)
        content = json.content.encode("utf-8")
        found, sha256 = (
            read_calendar(content, kind=draft.kind, now=now, timezone=timezone),
            _digest(content),
        )
    with transaction() as db:
        added = services.add_source(
            db, actor=actor, draft=draft, reading=found, sha256=sha256, now=now
        )
        db.flush()
        line = queries.calendar_of(db, actor=actor, source_id=added)
    return jsonify(_out(line)), 201


@bp.delete("/calendars/<int:calendar_id>")
@requires(policy.may_open)
@spec.validate(resp=Answers("HTTP_204"), tags=TAGS)
def remove_calendar(calendar_id: int) -> tuple[str, int]:
    """Deletes the calendar and all hours that came from it."""
    with transaction() as db:
        services.remove_source(db, actor=current_actor(), source_id=calendar_id, now=clock.now())
    return "", 204


def _draft(sent: CalendarIn) -> SourceDraft:
    if bool(sent.url) == bool(sent.content):
        raise InvalidInput({"url": Sentence(ONE_OF_BOTH)})
    if sent.url:
        try:
            place_of(sent.url, allowed_hosts())
        except FetchFailed as failed:
            raise InvalidInput({"url": Sentence(failed.msgid, failed.params)}) from None
    person_id = None
    if sent.kind is SourceKind.PERSON:
        person_id = sent.person_id or current_actor().person_id
    return SourceDraft(
        sent.kind,
        LocalizedText(sent.name),
        person_id,
        secure(sent.url),
    )


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _out(line: SourceLine) -> dict[str, Any]:
    problems = [
        ProblemOut(component=p.component, line=p.line, sentence=p.text.as_dict())
        for p in line.problems
    ]
    answer = CalendarOut(
        id=line.id,
        kind=line.kind,
        name=line.name.as_dict(),
        host=line.host,
        state=line.state,
        entries=line.entries,
        problems=problems,
        error=line.error.as_dict() if line.error else None,
        refreshed_at=line.refreshed_at.isoformat() if line.refreshed_at else None,
        next_at=line.next_at.isoformat() if line.next_at else None,
    )
    return answer.model_dump(mode="json")
