"""The countries' holidays for programs."""

from datetime import date
from typing import Annotated

from flask import Blueprint, Response, jsonify
from pydantic import BaseModel, ConfigDict, Field
from spectree import Response as Answers

from app.infra import clock
from app.infra.database import reading
from app.planning.holidays.queries import HolidayEntry, country_called, holidays_of_year
from app.planning.holidays.values import HolidayScope
from app.web.guards import anyone, requires
from app.web.locale import reader_timezone
from app.web.openapi import spec
from app.web.texts import Words

bp = Blueprint("holidays_api", __name__, url_prefix="/api/v1")


class HolidaysQuery(BaseModel):
    """Without `country` all countries; without `year` the present one."""

    model_config = ConfigDict(extra="forbid")

    country: Annotated[str, Field(pattern="^([A-Z]{2})?$")] = ""
    year: Annotated[int | None, Field(ge=1990, le=2100)] = None


class HolidayOut(BaseModel):
    """`is_binding`: the holiday closes the country's calendar on that local day; others only warn."""

    country: str
    on: date
    name: Words
    scope: HolidayScope
    is_binding: bool
    source: str


class HolidaysOut(BaseModel):
    year: int
    holidays: list[HolidayOut]


@bp.get("/holidays")
@requires(anyone)
@spec.validate(
    query=HolidaysQuery, resp=Answers("HTTP_404", HTTP_200=HolidaysOut), tags=["holidays"]
)
def list_holidays(query: HolidaysQuery) -> Response:
    """Lists holidays by date, without those that a country struck out. Answers 404 for a country
    that is no member.
    """
    year = query.year or clock.today(reader_timezone()).year
    with reading() as db:
        code = country_called(db, query.country).code if query.country else None
        found = holidays_of_year(db, year=year, country_code=code)
    answer = HolidaysOut(year=year, holidays=[_out(entry) for entry in found])
    return jsonify(answer.model_dump(mode="json"))


def _out(entry: HolidayEntry) -> HolidayOut:
    return HolidayOut(
        country=entry.country.code,
        on=entry.on,
        name=entry.name.as_dict(),
        scope=entry.scope,
        is_binding=entry.is_binding,
        source=entry.source,
    )
