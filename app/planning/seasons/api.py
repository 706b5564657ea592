"""Seasons by program: the same services, rules and sentences as on screen."""

from datetime import date, datetime
from typing import Annotated, Any, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, abort, jsonify, url_for
from pydantic import BaseModel, Field
from spectree import Response as Answers

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.language import both
from app.kernel.reference import REFERENCE_ZONE
from app.kernel.refusal import InvalidInput, Sentence
from app.kernel.text import LocalizedText
from app.planning.arranging.api import Strict
from app.planning.scheduling.wording import sentence
from app.planning.seasons import policy, queries, services
from app.planning.seasons.queries import SeasonDetail, WishDetail
from app.planning.seasons.services import SeasonDoesNotFit, WishMisfit
from app.planning.seasons.values import (
    MOST_WISHES,
    SeasonDraft,
    WishRow,
)
from app.planning.seasons.wording import sentence_in_both
from app.web.bodies import takes_up_to
from app.web.errors import problem
from app.web.fields import NOT_A_DAY, day_in
from app.web.guards import current_actor, requires
from app.web.locale import reader_timezone
from app.web.openapi import Day as DayOut
from app.web.openapi import Instant, Uuid, spec
from app.web.texts import BY_LANGUAGE, SpokenLanguage

bp = Blueprint("seasons_api", __name__, url_prefix="/api/v1")

TAGS = ["seasons"]
MOST_BYTES = 256 * 1024  # two hundred webinars with titles in both languages
Name = Annotated[str, Field(max_length=200)]
Day = Annotated[str, Field(max_length=10, description="A day as 2027-03-15")]


class WishIn(Strict):
    """Groups by slug or name, people by number or name, countries by code or name; no countries:
    all are invited.
    """

    title: Annotated[dict[SpokenLanguage, Name], BY_LANGUAGE]
    working_groups: Annotated[list[Name], Field(max_length=20)]
    people: Annotated[list[Name], Field(max_length=60, default_factory=list)]
    countries: Annotated[list[Name], Field(max_length=20, default_factory=list)]
    minutes: int = 90
    earliest: Day = ""
    latest: Day = ""
    spacing: Annotated[int, Field(description="Working days to the group's other meetings")] = 5
    after: Annotated[
        int | None, Field(description="The number of an earlier wish that must be over")
    ] = None


class SeasonIn(Strict):
    title: Name
    starts_on: Annotated[Day, Field(json_schema_extra={"format": "date"})]
    ends_on: Annotated[Day, Field(json_schema_extra={"format": "date"})]
    timezone: Annotated[str, Field(max_length=60)] = REFERENCE_ZONE
    wishes: Annotated[list[WishIn], Field(max_length=MOST_WISHES)]
    moves_published: bool = False
    seconds: Annotated[
        int | None, Field(deprecated=True, description="Ignored: how long to search is not chosen")
    ] = None


class AcceptanceIn(Strict):
    publish: bool = True


class SeasonLine(BaseModel):
    """`wishes` is how many there are."""

    id: Uuid
    title: str
    state: str
    wishes: int


class SeasonsOut(BaseModel):
    seasons: list[SeasonLine]


class WishOut(BaseModel):
    position: int
    title: dict[str, str]
    starts_at: Instant | None
    ends_at: Instant | None
    published_at: Instant | None
    event_id: Uuid | None


class SeasonOut(BaseModel):
    """`cost`: 0 is ideal. `starts_at` is null for a wish without a place; `published_at` is where
    its event stands.
    """

    id: Uuid
    title: str
    state: str
    progress: int
    cost: int | None
    starts_on: DayOut
    ends_on: DayOut
    timezone: str
    wishes: list[WishOut]


@bp.get("/seasons")
@requires(policy.may_plan_seasons)
@spec.validate(resp=Answers(HTTP_200=SeasonsOut), tags=TAGS)
def list_seasons() -> Response:
    """All seasons, the newest first."""
    with reading() as db:
        seasons = queries.seasons(db, actor=current_actor())
    return jsonify(
        {
            "seasons": [
                {"id": str(one.id), "title": one.title, "state": one.state, "wishes": one.wishes}
                for one in seasons
            ]
        }
    )


@bp.post("/seasons")
@requires(policy.may_plan_seasons)
@takes_up_to(MOST_BYTES)
@spec.validate(json=SeasonIn, resp=Answers(HTTP_202=SeasonOut), tags=TAGS)
def create_by_program(json: SeasonIn) -> tuple[Response, int, dict[str, str]]:
    """202: the plan is made in the background; ask the address in Location for it."""
    draft = draft_in(sent(json))
    with transaction() as db:
        season_id = services.create_season(db, actor=current_actor(), draft=draft, now=clock.now())
    return (
        jsonify(out(season_id)),
        202,
        {"Location": url_for("seasons_api.read_season", season_id=season_id)},
    )


@bp.get("/seasons/<uuid:season_id>")
@requires(policy.may_plan_seasons)
@spec.validate(resp=Answers(HTTP_200=SeasonOut), tags=TAGS)
def read_season(season_id: UUID) -> Response:
    """One season with its wishes and where each would be."""
    return jsonify(out(season_id))


@bp.post("/seasons/<uuid:season_id>/acceptance")
@requires(policy.may_plan_seasons)
@spec.validate(json=AcceptanceIn, resp=Answers("HTTP_409", HTTP_200=SeasonOut), tags=TAGS)
def accept_by_program(season_id: UUID, json: AcceptanceIn) -> Response:
    """All events at once or none: 409 names each webinar that no longer fits, with its
    sentences.
    """
    publish, actor = sent(json).publish, current_actor()
    try:
        with transaction() as db:
            services.accept_season(
                db, actor=actor, season_id=season_id, now=clock.now(), publish=publish
            )
    except SeasonDoesNotFit as refusal:
        words = both(refusal.sentence.msgid, **refusal.sentence.params).as_dict()
        return problem(
            409, refusal.rule, words, misfits=[misfit_out(misfit) for misfit in refusal.misfits]
        )
    return jsonify(out(season_id))


Shape = TypeVar("Shape")


def sent(json: Shape | None) -> Shape:
    """The body; a form instead of JSON is refused, as the validation lets it through unread."""
    if json is None:
        abort(415)
    return json


def draft_in(json: SeasonIn) -> SeasonDraft:
    errors: dict[str, Sentence] = {}

    def day(field: str, value: str) -> date | None:
        on = day_in(value)
        if value and on is None:
            errors[field] = Sentence(NOT_A_DAY)
        return on

    rows = tuple(
        WishRow(
            title=LocalizedText(wish.title),
            groups=tuple(wish.working_groups),
            people=tuple(wish.people),
            countries=tuple(wish.countries),
            minutes=wish.minutes,
            earliest=day(f"rows.{number}.earliest", wish.earliest),
            latest=day(f"rows.{number}.latest", wish.latest),
            spacing=wish.spacing,
            after=wish.after,
        )
        for number, wish in enumerate(json.wishes, start=1)
    )
    starts_on, ends_on = day("starts_on", json.starts_on), day("ends_on", json.ends_on)
    for field, value in (("starts_on", starts_on), ("ends_on", ends_on)):
        if value is None:
            errors[field] = Sentence(NOT_A_DAY)
    if errors or starts_on is None or ends_on is None:
        raise InvalidInput(errors)
    return SeasonDraft(
        title=json.title,
        starts_on=starts_on,
        ends_on=ends_on,
        timezone=json.timezone,
        rows=rows,
        moves_published=json.moves_published,
    )


def out(season_id: UUID) -> dict[str, Any]:
    with reading() as db:
        season = queries.season_of(db, actor=current_actor(), season_id=season_id)
    return season_out(season).model_dump()


def season_out(season: SeasonDetail) -> SeasonOut:
    zone = ZoneInfo(season.timezone)
    return SeasonOut(
        id=str(season.id),
        title=season.title,
        state=season.state,
        progress=season.progress,
        cost=season.cost,
        starts_on=season.starts_on.isoformat(),
        ends_on=season.ends_on.isoformat(),
        timezone=season.timezone,
        wishes=[wish_out(wish, zone) for wish in season.wishes],
    )


def wish_out(wish: WishDetail, zone: ZoneInfo) -> WishOut:
    def local(instant: datetime | None) -> str | None:
        return instant.astimezone(zone).isoformat() if instant else None

    span, event_id = wish.span, wish.event_id or wish.pinned_event_id
    return WishOut(
        position=wish.position,
        title=wish.title.as_dict(),
        starts_at=local(span.starts_at if span else None),
        ends_at=local(span.ends_at if span else None),
        published_at=local(wish.published_at),
        event_id=str(event_id) if event_id else None,
    )


def misfit_out(misfit: WishMisfit) -> dict[str, Any]:
    sentences = [
        sentence(finding, reader_timezone=reader_timezone()) for finding in misfit.findings
    ]
    sentences += map(sentence_in_both, misfit.sentences)
    return {
        "position": misfit.position,
        "title": misfit.title.as_dict(),
        "rules": [finding.rule for finding in misfit.findings],
        "sentences": [words.as_dict() for words in sentences],
    }
