"""National pages: one, the list of all, and what a focal point has to see to."""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from app.kernel.actor import Actor
from app.kernel.refusal import NotFound
from app.kernel.text import LocalizedText
from app.people.directory.models import Country
from app.training.national import policy, rules
from app.training.national.models import NationalLine, NationalPageRow
from app.training.national.values import (
    Freshness,
    LineDraft,
    LineKind,
    NationalPage,
    PageLine,
    PageState,
)

LINES = (
    select(NationalLine)
    .where(NationalLine.country_code == bindparam("code"))
    .order_by(NationalLine.id)
)
STATES = (
    select(
        Country.code,
        Country.name,
        Country.timezone,
        NationalPageRow.changed_at,
        NationalPageRow.checked_at,
        select(func.count(NationalLine.id))
        .where(NationalLine.country_code == Country.code)
        .scalar_subquery(),
    )
    .outerjoin(NationalPageRow, NationalPageRow.country_code == Country.code)
    .order_by(Country.code)
)
STATES_OF = STATES.where(Country.code.in_(bindparam("codes", expanding=True)))
TO_SEE_TO = (Freshness.EMPTY, Freshness.UNCHECKED, Freshness.CHANGED, Freshness.OLD)
EARLIEST = date(1, 1, 1)


def national_page(db: Session, *, actor: Actor, code: str, today: date) -> NationalPage:
    """Returns the page of a country, filled or not.

    Raises NotFound for what is no country of the body.
    """
    country = db.get(Country, code) if policy.may_read(actor) else None
    if country is None:
        raise NotFound
    page = db.get(NationalPageRow, code)
    rows = db.scalars(LINES, {"code": code})
    lines = tuple(sorted((_line(row) for row in rows), key=_in_order))
    notes, checked_at, changed_at = (
        (page.notes, page.checked_at, page.changed_at)
        if page is not None
        else (LocalizedText(), None, None)
    )
    return NationalPage(
        code=country.code,
        name=country.name,
        timezone=country.timezone,
        notes=notes,
        lines=lines,
        checked_on=_day(checked_at, country.timezone),
        freshness=_freshness(len(lines), checked_at, changed_at, country.timezone, today),
    )


def national_pages(db: Session, *, today: date) -> tuple[PageState, ...]:
    """Returns every country of the body with the state of its page, in one statement."""
    return _page_states(db.execute(STATES), today)


def _page_states(rows: Iterable[Any], today: date) -> tuple[PageState, ...]:
    return tuple(
        PageState(
            code=code,
            name=name,
            lines=lines,
            checked_on=_day(checked_at, timezone),
            freshness=_freshness(lines, checked_at, changed_at, timezone, today),
        )
        for code, name, timezone, changed_at, checked_at, lines in rows
    )


def pages_to_see_to(db: Session, *, codes: Collection[str], today: date) -> tuple[PageState, ...]:
    """Returns those of some countries that are empty, unchecked, changed since or older than a
    year.
    """
    rows = db.execute(STATES_OF, {"codes": list(codes)})
    return tuple(page for page in _page_states(rows, today) if page.freshness in TO_SEE_TO)


def line_of(db: Session, *, code: str, line_id: int) -> PageLine:
    """Returns a line of a country's page. Raises NotFound for another country's."""
    row = db.get(NationalLine, line_id)
    if row is None or row.country_code != code:
        raise NotFound
    return _line(row)


def _line(row: NationalLine) -> PageLine:
    return PageLine(
        row.id,
        LineDraft(
            kind=LineKind(row.kind),
            name=row.name,
            about=row.about,
            adopted_on=row.adopted_on,
            url=row.url,
            address=row.address,
            telephone=row.telephone,
            email=row.email,
            hours=row.hours,
            timezone=row.timezone,
            spoken=row.spoken,
            is_of_office=row.is_of_office,
        ),
    )


def _in_order(line: PageLine) -> tuple[int, int]:
    """Returns the key that puts the newest law first; offices and numbers as they were added."""
    on = line.draft.adopted_on or EARLIEST
    return (-on.toordinal(), line.id)


def _freshness(
    lines: int,
    checked_at: datetime | None,
    changed_at: datetime | None,
    timezone: str,
    today: date,
) -> Freshness:
    return rules.freshness(
        lines,
        checked_on=_day(checked_at, timezone),
        is_changed=bool(checked_at and changed_at and changed_at > checked_at),
        today=today,
    )


def _day(at: datetime | None, timezone: str) -> date | None:
    return at.astimezone(ZoneInfo(timezone)).date() if at else None
