"""Materials as their readers may see them: titles for all who see the event, the content by
visibility.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Date,
    Select,
    String,
    Uuid,
    and_,
    bindparam,
    cast,
    exists,
    func,
    or_,
    select,
    true,
    tuple_,
)
from sqlalchemy.orm import Session

from app.infra.orm import in_force
from app.kernel.actor import Actor, Role
from app.kernel.paging import Paging
from app.kernel.refusal import NotFound
from app.kernel.text import LocalizedText
from app.participation.materials import policy, rules
from app.participation.materials.models import Material, MaterialDownload
from app.participation.materials.values import (
    LibraryFilters,
    LibraryItem,
    LibraryPage,
    MaterialCopy,
    MaterialDescription,
    MaterialKind,
    MaterialView,
    StoredFile,
    Visibility,
)
from app.participation.registrations.models import Registration
from app.participation.registrations.values import RegistrationStatus
from app.people.directory.models import Membership, WorkingGroup
from app.planning.events.models import Event, EventGroup, EventPerson, EventSession, SessionPerson
from app.planning.events.queries.events import event_of, visible_to
from app.planning.events.values import EventDetail

EVENT_ID = bindparam("event_id", type_=Uuid())
PERSON_ID = bindparam("person_id", type_=Registration.person_id.type)
PER_PAGE = 25
"""Materials on a page of the library."""


def _belongs_to(event_id: Any) -> ColumnElement[bool]:
    """Says that the person belongs to an event: `event_id` is a column or a bound parameter."""
    return or_(
        exists().where(
            EventGroup.event_id == event_id,
            Membership.working_group_id == EventGroup.working_group_id,
            Membership.person_id == PERSON_ID,
            in_force(Membership, bindparam("today", type_=Date())),
        ),
        exists().where(
            Registration.event_id == event_id,
            Registration.person_id == PERSON_ID,
            Registration.status == RegistrationStatus.REGISTERED,
        ),
        exists().where(EventPerson.event_id == event_id, EventPerson.person_id == PERSON_ID),
        exists().where(
            EventSession.event_id == event_id,
            SessionPerson.session_id == EventSession.id,
            SessionPerson.person_id == PERSON_ID,
        ),
    )


BELONGS = _belongs_to(EVENT_ID)
"""True of a person whose group, registration or part brings them to the event; of nobody, NULL,
never.
"""
HANDED_OUT = (
    select(
        Material,
        EventSession.title,
        select(func.sum(MaterialDownload.times))
        .where(MaterialDownload.material_id == Material.id)
        .scalar_subquery(),
        BELONGS,
    )
    .outerjoin(EventSession, EventSession.id == Material.session_id)
    .where(Material.event_id == EVENT_ID, Material.withdrawn_at.is_(None))
    .order_by(EventSession.starts_at.asc().nulls_first(), Material.added_at, Material.id)
)


def materials_of(
    db: Session, *, actor: Actor, event: EventDetail, today: date
) -> tuple[MaterialView, ...]:
    """Returns what the event hands out, those of the whole event first, then by session; in one
    statement.
    """
    runs_it = policy.may_hand_out(actor, event.group_slugs)
    rows = db.execute(
        HANDED_OUT, {"event_id": event.id, "person_id": actor.person_id, "today": today}
    )
    return tuple(
        _shown(row, title, int(taken or 0), actor=actor, belongs=belongs, runs_it=runs_it)
        for row, title, taken, belongs in rows
    )


def _shown(
    row: Material,
    session: LocalizedText | None,
    taken: int,
    *,
    actor: Actor,
    belongs: bool,
    runs_it: bool,
) -> MaterialView:
    visibility = Visibility(row.visibility)
    may_read = rules.may_read(
        visibility, is_signed_in=actor.signed_in, belongs=belongs, runs_it=runs_it
    )
    return MaterialView(
        id=row.id,
        kind=MaterialKind(row.kind),
        title=row.title,
        language=row.language,
        visibility=visibility,
        url=row.url if may_read else "",
        filename=row.filename,
        size_bytes=row.size_bytes,
        added_at=row.added_at,
        session=session if session else None,
        may_read=may_read,
        downloads=taken if runs_it else None,
        sections=tuple(row.sections),
        theme=row.theme,
    )


SAME = (
    Material.kind,
    Material.language,
    cast(Material.title, String),
    Material.file_key.concat(Material.url),
)
"""What two copies of one material have in common: a row has either a file or a link."""


def library(
    db: Session, *, actor: Actor, filters: LibraryFilters, today: date, number: int = 1
) -> LibraryPage:
    """Returns a page of the materials of all events that the actor may open, the newest first; one
    that several events handed out stands once.
    """
    fitting = _open_to(actor).where(*_fitting(filters))
    newest = func.max(Material.added_at)
    groups = fitting.with_only_columns(*SAME).group_by(*SAME).order_by(None)
    total = db.scalar(select(func.count()).select_from(groups.subquery()), _who(actor, today)) or 0
    paging = Paging(total, PER_PAGE, number)
    shown = db.execute(
        groups.order_by(newest.desc(), *SAME).limit(PER_PAGE).offset(paging.offset),
        _who(actor, today),
    )
    rows = fitting.where(tuple_(*SAME).in_([tuple(row) for row in shown]))
    themes = db.scalars(
        _open_to(actor)
        .with_only_columns(Material.theme)
        .where(Material.theme != "")
        .order_by(None)
        .distinct(),
        _who(actor, today),
    )
    return LibraryPage(
        items=_items(db.execute(rows, _who(actor, today)).all()),
        paging=paging,
        themes=tuple(sorted(themes, key=str.casefold)),
    )


def materials_on_section(
    db: Session, *, actor: Actor, section: str, today: date
) -> tuple[LibraryItem, ...]:
    """Returns the materials about a section of the Guidelines that the actor may open, the newest
    first, each once.
    """
    rows = _open_to(actor).where(*_fitting(LibraryFilters(section=section)))
    return _items(db.execute(rows, _who(actor, today)).all())


def _open_to(actor: Actor) -> Select[Material, LocalizedText]:
    """Selects what the actor may open, as rules.may_read says of one material."""
    is_open: list[ColumnElement[bool]] = [Material.visibility == Visibility.PUBLIC]
    if actor.signed_in:
        is_open.append(Material.visibility == Visibility.MEMBERS)
        if actor.person_id is not None:
            is_open.append(_belongs_to(Material.event_id))
    own = sorted(actor.scopes(Role.CONVENOR))
    if policy.may_hand_out(actor, ()):
        is_open.append(true())
    elif own:
        groups = select(EventGroup.event_id).join(WorkingGroup)
        in_own = groups.where(WorkingGroup.slug.in_(own))
        in_others = groups.where(WorkingGroup.slug.not_in(own))
        is_open.append(and_(Material.event_id.in_(in_own), Material.event_id.not_in(in_others)))
    return (
        select(Material, Event.title)
        .join(Event, Event.id == Material.event_id)
        .where(visible_to(actor), Material.withdrawn_at.is_(None), or_(*is_open))
        .order_by(Material.added_at.desc(), Material.id)
    )


def _who(actor: Actor, today: date) -> dict[str, Any]:
    return {"person_id": actor.person_id, "today": today}


def _fitting(filters: LibraryFilters) -> Iterator[ColumnElement[bool]]:
    if filters.kind is not None:
        yield Material.kind == filters.kind
    if filters.section:
        # Codes stand in a JSON list; its quotes tell III.1 from III.10 on both databases.
        listed = cast(Material.sections, String)
        yield listed.contains(json.dumps(filters.section), autoescape=True)
    if filters.theme:
        yield Material.theme == filters.theme
    if filters.language:
        yield Material.language.contains(filters.language, autoescape=True)


def _items(rows: Iterable[tuple[Material, LocalizedText]]) -> tuple[LibraryItem, ...]:
    """Returns the materials of rows that stand newest first, the copies of one together."""
    same: dict[tuple[str | LocalizedText, ...], list[tuple[Material, LocalizedText]]] = {}
    for row, event_title in rows:
        key = (row.kind, row.language, row.title, row.file_key, row.url)
        same.setdefault(key, []).append((row, event_title))
    return tuple(_item(copies) for copies in same.values())


def _item(copies: Sequence[tuple[Material, LocalizedText]]) -> LibraryItem:
    row = copies[0][0]
    return LibraryItem(
        id=row.id,
        kind=MaterialKind(row.kind),
        title=row.title,
        language=row.language,
        sections=tuple(row.sections),
        theme=row.theme,
        url=row.url,
        filename=row.filename,
        size_bytes=row.size_bytes,
        added_at=row.added_at,
        copies=tuple(MaterialCopy(copy.id, copy.event_id, title) for copy, title in copies),
    )


def file_of(db: Session, *, actor: Actor, material_id: UUID, today: date) -> StoredFile:
    """Refuses with NotFound what is not there, is a link, was withdrawn or belongs to an event the
    actor may not see; with MembersOnly what is not for this actor.
    """
    row = db.scalar(_standing(material_id))
    if row is None or not row.file_key:
        raise NotFound
    event = event_of(db, actor=actor, event_id=row.event_id)
    visibility = Visibility(row.visibility)
    if not rules.may_read(
        visibility,
        is_signed_in=actor.signed_in,
        belongs=_belongs(db, actor, event_id=event.id, today=today),
        runs_it=policy.may_hand_out(actor, event.group_slugs),
    ):
        raise rules.MembersOnly
    return StoredFile(row.file_key, row.filename, row.media_type)


def description_of(
    db: Session, *, actor: Actor, material_id: UUID
) -> tuple[EventDetail, MaterialDescription]:
    """Returns what is said of a material today, and the event that hands it out; for who runs that.
    Raises NotFound for what was withdrawn.
    """
    row = db.scalar(_standing(material_id))
    if row is None:
        raise NotFound
    event = event_of(db, actor=actor, event_id=row.event_id)
    policy.require_may_hand_out(actor, event.group_slugs)
    return event, description_in(row)


def description_in(row: Material) -> MaterialDescription:
    """Returns what a row says of its material."""
    return MaterialDescription(
        kind=MaterialKind(row.kind),
        title=row.title,
        language=row.language,
        visibility=Visibility(row.visibility),
        session_id=row.session_id,
        sections=tuple(row.sections),
        theme=row.theme,
    )


def sessions_of(db: Session, event_id: UUID) -> tuple[tuple[UUID, LocalizedText], ...]:
    query = select(EventSession.id, EventSession.title).where(EventSession.event_id == event_id)
    return tuple(
        (row[0], row[1])
        for row in db.execute(query.order_by(EventSession.starts_at, EventSession.id))
    )


def downloads_by_country(db: Session, *, actor: Actor, event: EventDetail) -> dict[str, int]:
    """Returns how often anything of the event was taken, by country, "" for readers without
    account; for who runs it.
    """
    policy.require_may_hand_out(actor, event.group_slugs)
    counted = (
        select(MaterialDownload.country_code, func.sum(MaterialDownload.times))
        .join(Material, Material.id == MaterialDownload.material_id)
        .where(Material.event_id == event.id)
        .group_by(MaterialDownload.country_code)
        .order_by(MaterialDownload.country_code)
    )
    return {row[0]: int(row[1]) for row in db.execute(counted)}


def _standing(material_id: UUID) -> Select[Material]:
    return select(Material).where(Material.id == material_id, Material.withdrawn_at.is_(None))


def _belongs(db: Session, actor: Actor, event_id: UUID, today: date) -> bool:
    if actor.person_id is None:
        return False
    asked = {"event_id": event_id, "person_id": actor.person_id, "today": today}
    return bool(db.scalar(select(BELONGS), asked))
