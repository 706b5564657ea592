"""`GET /api/v1/coverage?country=HN&on=2026-05-01`."""

from datetime import date, timedelta
from typing import Annotated

from flask import Blueprint, Response, jsonify, request
from pydantic import BaseModel, ConfigDict, Field, field_validator
from spectree import Response as Answers

from app.infra import clock
from app.infra.body import counted_course, current_body
from app.infra.database import reading
from app.kernel.refusal import NotFound
from app.kernel.text import N_
from app.people.directory.rules.people import EARLIEST
from app.people.directory.values import SharedFigures
from app.training.turnover import policy
from app.training.turnover.queries import figures
from app.training.turnover.values import Coverage
from app.web.guards import current_actor, requires
from app.web.openapi import spec

bp = Blueprint("turnover_api", __name__, url_prefix="/api/v1")
NOT_A_MEMBER = N_("This is not a Member Country: send its code of two letters.")
NOT_A_PAST_DAY = N_("Send a day from 1990 to today, as 2026-11-24.")
EARLIEST_MORNING = timedelta(hours=14)


class CoverageQuery(BaseModel):
    """`country` is the ISO 3166-1 alpha-2 code of a Member Country; `on` a day up to today; left
    out: today.

    `course` is the slug of the course that is counted; left out: the Guidelines.
    """

    country: str
    on: (
        Annotated[
            str,
            Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", json_schema_extra={"format": "date"}),
        ]
        | None
    ) = None
    course: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,60}$", default_factory=counted_course)]

    @field_validator("country")
    @classmethod
    def _is_member(cls, code: str) -> str:
        if code not in current_body().country_names:
            raise ValueError(NOT_A_MEMBER)
        return code

    @field_validator("on")
    @classmethod
    def _is_past(cls, on: str | None) -> str | None:
        """Refuses a day that is not past anywhere: where it is already tomorrow, tomorrow is today."""
        latest = (clock.now() + EARLIEST_MORNING).date()
        try:
            is_in_reach = on is None or EARLIEST <= date.fromisoformat(on) <= latest
        except ValueError:
            is_in_reach = False
        if not is_in_reach:
            raise ValueError(NOT_A_PAST_DAY)
        return on


class ContentOut(BaseModel):
    """What a certificate of these editions stands for: the numbers of its modules, of so many."""

    editions: list[str]
    modules: list[int]
    modules_total: int


class CoverageOut(BaseModel):
    """Officials in target posts on the day, and those of them with a valid certificate; shares from
    0 to 1.

    `low` counts as gone whoever was not confirmed within 90 days, `high` counts them as serving;
    `share` is what is on record. `recognised` are those without a certificate whose training
    elsewhere their country accepted, in no share; null where it is under 5.

    `declared_on` is the day on which a country that gives no names declared these counts; null where
    they are counted by names. Declared counts have no `low`, and their `high` is the share.

    For other countries all figures are null when a cell is under 5
    (`hidden`). `shared` is what the country shares with the caller: "nothing" (all figures are
    null), "trained" (these figures and no others) or "all".
    """

    model_config = ConfigDict(json_schema_serialization_defaults_required=True)

    country: str
    on: date
    course: str
    content: list[ContentOut]
    hidden: bool
    shared: SharedFigures
    serving: int | None = None
    certified: int | None = None
    certified_confirmed: int | None = None
    recognised: int | None = None
    unconfirmed: int | None = None
    share: float | None = None
    low: float | None = None
    high: float | None = None
    declared_on: date | None = None


@bp.get("/coverage")
@requires(policy.may_see_region)
@spec.validate(
    query=CoverageQuery, resp=Answers("HTTP_404", HTTP_200=CoverageOut), tags=["turnover"]
)
def coverage() -> Response:
    """Returns how much of a country's serving staff holds a valid certificate on a day."""
    query: CoverageQuery = request.context.query  # type: ignore[attr-defined]  # put there by spectree
    on = date.fromisoformat(query.on) if query.on else clock.today(current_actor().timezone)
    with reading() as db:
        coverage = figures.country_coverage(
            db, actor=current_actor(), country_code=query.country, on=on, course=query.course
        )
        courses, extents = figures.courses_and_extents(db, query.course)
        if query.course not in {one.slug for one in courses}:
            raise NotFound
        shared = figures.shared_by(db, actor=current_actor(), country_code=query.country)
        content = [
            ContentOut(
                editions=list(one.editions), modules=list(one.modules), modules_total=one.total
            )
            for one in extents
        ]
    return jsonify(_out(query, on, coverage, content, shared).model_dump(mode="json"))


def _out(
    query: CoverageQuery,
    on: date,
    coverage: Coverage | None,
    content: list[ContentOut],
    shared: SharedFigures,
) -> CoverageOut:
    if coverage is None:
        return CoverageOut(
            country=query.country,
            on=on,
            course=query.course,
            content=content,
            hidden=True,
            shared=shared,
        )
    return CoverageOut(
        country=query.country,
        on=on,
        course=query.course,
        content=content,
        hidden=False,
        shared=shared,
        serving=coverage.serving,
        certified=coverage.certified,
        certified_confirmed=coverage.sure,
        recognised=coverage.recognised,
        unconfirmed=coverage.unconfirmed,
        share=_rounded(coverage.share),
        low=_rounded(coverage.low),
        high=_rounded(coverage.high),
        declared_on=coverage.declared_on,
    )


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 4)
