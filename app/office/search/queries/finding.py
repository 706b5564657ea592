"""What fits the words, best first, as its reader may see it: the index proposes, the tables decide."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import and_, bindparam, func, or_, select, text
from sqlalchemy.orm import Session

from app.followup.agreements.models import Agreement
from app.followup.agreements.policy import may_read as may_read_agreements
from app.infra.database import is_sqlite
from app.kernel.actor import Actor
from app.kernel.refusal import Refusal
from app.kernel.text import LocalizedText, in_every_language, untranslated
from app.office.search import rules
from app.office.search.values import Hit, HitKind
from app.participation.materials.models import Material
from app.people.directory import policy as directory_policy
from app.people.directory.models import Appointment, Country, Institution, Person, Post
from app.people.directory.queries.people import named_to
from app.people.directory.queries.roster import ERASED, people_known_to
from app.planning.events.models import Event
from app.planning.events.queries.events import Sight, sight_of
from app.planning.events.values import DatePrecision
from app.training.learning.models import Course, CourseEdition, Module, Unit
from app.training.learning.queries.courses import seat_of, unit_at
from app.training.national.policy import may_read as may_read_national_pages

SHOWN = 8
"""Hits of one kind on the page."""
PROPOSED = 60
"""Documents of one kind that the index proposes; those that the reader may not see fall out."""

SQLITE = text(
    "SELECT d.subject FROM search_index JOIN search_document d ON d.id = search_index.rowid "
    "WHERE search_index MATCH :words AND d.kind = :kind ORDER BY bm25(search_index, 10.0, 1.0), d.id LIMIT :most"
)
POSTGRESQL = text(
    "SELECT subject FROM search_document WHERE search_words @@ to_tsquery('simple', :words) AND kind = :kind "
    "ORDER BY ts_rank(search_words, to_tsquery('simple', :words)) DESC, id LIMIT :most"
)
NAME = func.replace(Person.own_key, "~", "")
"""A sort key keeps ñ apart as "n~"; without the mark "munoz" finds Muñoz too."""
IDS: Any = bindparam("ids", expanding=True)
EVENTS = select(
    Event.id,
    Event.title,
    Event.starts_at,
    Event.timezone,
    Event.is_all_day,
    Event.date_precision,
).where(Event.id.in_(IDS))
AGREEMENTS = (
    select(Agreement.id, Agreement.text, Event.title)
    .join(Event, Event.id == Agreement.event_id)
    .where(Agreement.id.in_(IDS))
)
MATERIALS = (
    select(Material.id, Material.title, Event.title, Event.id)
    .join(Event, Event.id == Material.event_id)
    .where(Material.id.in_(IDS), Material.withdrawn_at.is_(None))
)
LESSONS = (
    select(
        Unit.id,
        Unit.title,
        Unit.code.label("unit_code"),
        Module.title.label("module"),
        Module.slug.label("module_slug"),
        Course.slug,
    )
    .join(Module, Module.id == Unit.module_id)
    .join(CourseEdition, CourseEdition.id == Module.edition_id)
    .join(Course, Course.id == CourseEdition.course_id)
    .where(Unit.id.in_(IDS))
)
COUNTRIES = select(Country.code, Country.name).where(Country.code.in_(IDS))
PEOPLE = (
    select(Person.id, Person.own_name, Person.country_code, Country.name, Institution.name)
    .join(Country, Country.code == Person.country_code)
    .outerjoin(
        Appointment, and_(Appointment.person_id == Person.id, Appointment.valid_until.is_(None))
    )
    .outerjoin(Post, Post.id == Appointment.post_id)
    .outerjoin(Institution, Institution.id == Post.institution_id)
    .where(
        Person.is_guest.is_(False),
        Person.merged_into_id.is_(None),
        Person.full_name.not_like(f"{ERASED}%"),
    )
    .order_by(Person.sort_key, Person.id)
    .limit(PROPOSED)
)


def found(
    db: Session, *, actor: Actor, typed: str, now: datetime
) -> dict[HitKind, tuple[Hit, ...]]:
    """Returns what the actor may see of what fits, by kind; nothing for fewer than three letters."""
    words = rules.words_of(typed)
    if not words:
        return {}
    finders: dict[HitKind, Callable[[Session, Actor, tuple[str, ...]], Sequence[Hit]]] = {
        HitKind.EVENT: lambda db, actor, words: _coming_first(_events(db, actor, words), now),
        HitKind.PERSON: _people,
        HitKind.AGREEMENT: _agreements,
        HitKind.MATERIAL: _materials,
        HitKind.LESSON: _lessons,
        HitKind.NATIONAL: _national_pages,
    }
    hits = {kind: tuple(find(db, actor, words))[:SHOWN] for kind, find in finders.items()}
    return {kind: some for kind, some in hits.items() if some}


def proposed(db: Session, kind: HitKind, words: tuple[str, ...]) -> list[str]:
    """Returns subjects of the documents that fit, the best first."""
    on_sqlite = is_sqlite(db)
    query = rules.fts5_query(words) if on_sqlite else rules.tsquery(words)
    given = {"words": query, "kind": kind.value, "most": PROPOSED}
    return list(db.scalars(SQLITE if on_sqlite else POSTGRESQL, given))


def _events(db: Session, actor: Actor, words: tuple[str, ...]) -> list[Hit]:
    ids = [UUID(subject) for subject in proposed(db, HitKind.EVENT, words)]
    rows = {row.id: row for row in _seen(db, actor, EVENTS, ids)}
    return [
        Hit(
            kind=HitKind.EVENT,
            title=rows[number].title,
            endpoint="events.event",
            arguments={"event_id": str(number)},
            at=rows[number].starts_at,
            timezone=rows[number].timezone,
            has_hours=not rows[number].is_all_day
            and rows[number].date_precision == DatePrecision.INSTANT,
        )
        for number in ids
        if number in rows
    ]


def _coming_first(hits: Sequence[Hit], now: datetime) -> Sequence[Hit]:
    """Puts what is to come before what has begun or has no known day, each as it fits."""
    return sorted(hits, key=lambda hit: hit.at is None or hit.at < now)


def _agreements(db: Session, actor: Actor, words: tuple[str, ...]) -> list[Hit]:
    if not may_read_agreements(actor):
        return []
    ids = [int(subject) for subject in proposed(db, HitKind.AGREEMENT, words)]
    rows = {row[0]: row for row in _seen(db, actor, AGREEMENTS, ids)}
    return [
        Hit(
            kind=HitKind.AGREEMENT,
            title=rows[number][1],
            endpoint="agreements.agreement",
            arguments={"agreement_id": str(number)},
            detail=rows[number][2],
        )
        for number in ids
        if number in rows
    ]


def _materials(db: Session, actor: Actor, words: tuple[str, ...]) -> list[Hit]:
    """Returns materials, each with the page of its event, for whoever may see the event."""
    ids = [UUID(subject) for subject in proposed(db, HitKind.MATERIAL, words)]
    rows = {row[0]: row for row in _seen(db, actor, MATERIALS, ids)}
    return [
        Hit(
            kind=HitKind.MATERIAL,
            title=rows[number][1],
            endpoint="materials.materials",
            arguments={"event_id": str(rows[number][3])},
            detail=rows[number][2],
        )
        for number in ids
        if number in rows
    ]


def _lessons(db: Session, actor: Actor, words: tuple[str, ...]) -> list[Hit]:
    """Returns the lesson where it is open to the actor; otherwise the page of its course, which
    says what comes before it.
    """
    if not actor.signed_in:
        return []
    ids = [int(subject) for subject in proposed(db, HitKind.LESSON, words)]
    rows = {row.id: row for row in db.execute(LESSONS, {"ids": ids})}
    shown = [rows[number] for number in ids if number in rows][:SHOWN]
    seats = {slug: seat_of(db, actor=actor, slug=slug) for slug in {row.slug for row in shown}}
    hits = []
    for row in shown:
        address = {"slug": row.slug, "module_slug": row.module_slug, "unit_code": row.unit_code}
        try:
            unit_at(seats[row.slug], row.module_slug, row.unit_code)
        except Refusal:
            place = ("learning.course", {"slug": row.slug})
        else:
            place = ("learning.unit", address)
        hits.append(Hit(HitKind.LESSON, row.title, *place, row.module))
    return hits


def _national_pages(db: Session, actor: Actor, words: tuple[str, ...]) -> list[Hit]:
    """Returns the page of each country whose numbers, offices, laws or notes fit."""
    if not may_read_national_pages(actor):
        return []
    ids = proposed(db, HitKind.NATIONAL, words)
    names = {row.code: row.name for row in db.execute(COUNTRIES, {"ids": ids})}
    return [
        Hit(
            kind=HitKind.NATIONAL,
            title=names[code],
            endpoint="national.page",
            arguments={"code": code},
        )
        for code in ids
        if code in names
    ]


def _people(db: Session, actor: Actor, words: tuple[str, ...]) -> list[Hit]:
    """Officials by name: the secretariat and the presidency find those of the region, a focal point
    those of the own country.
    """
    sees_region = directory_policy.may_search_the_region(actor)
    own = sorted(actor.countries_named())
    if not (sees_region or own):
        return []
    given: dict[str, Any] = {f"first{n}": f"{word}%" for n, word in enumerate(words)}
    given |= {f"later{n}": f"% {word}%" for n, word in enumerate(words)}
    if not sees_region:
        given["own"] = own
    known = () if sees_region else people_known_to(actor)
    named = _named(len(words), sees_region).where(named_to(actor), *known)
    hits: dict[int, Hit] = {}
    for number, name, code, country, institution in db.execute(named, given):
        detail = _joined(institution, country) if institution else country
        sees_record = directory_policy.may_see_record(actor, code)
        hits.setdefault(
            number,
            Hit(
                kind=HitKind.PERSON,
                title=untranslated(name),
                endpoint="access.person" if sees_record else "who_is_who.country",
                arguments={"person_id": str(number)} if sees_record else {"code": code},
                detail=detail,
            ),
        )
    return list(hits.values())


@cache
def _named(words: int, sees_region: bool) -> Any:
    """Officials by the beginnings of so many words. Words hold letters and digits alone, no sign
    that LIKE knows.
    """
    fits = [
        or_(NAME.like(bindparam(f"first{n}")), NAME.like(bindparam(f"later{n}")))
        for n in range(words)
    ]
    if not sees_region:
        fits.append(Person.country_code.in_(bindparam("own", expanding=True)))
    return PEOPLE.where(*fits)


@cache
def _within(statement: Any, sight: Sight) -> Any:
    return statement.where(sight.condition())


def _seen(db: Session, actor: Actor, statement: Any, ids: Sequence[Any]) -> Any:
    """Returns the rows whose event the actor may see."""
    sight, params = sight_of(actor)
    return db.execute(_within(statement, sight), {**params, "ids": ids})


def _joined(first: LocalizedText, second: LocalizedText) -> LocalizedText:
    return in_every_language(lambda language: f"{first.in_(language)}, {second.in_(language)}")
