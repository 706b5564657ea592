"""What an event hands out: the list, adding, describing and withdrawing, and the file itself."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from io import BytesIO
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.files import files
from app.infra.platform import platform
from app.kernel.actor import Actor
from app.kernel.refusal import InvalidInput, Refusal
from app.kernel.text import LocalizedText, openable
from app.participation.materials import policy, queries, rules, services, wording
from app.participation.materials.forms import (
    FILE,
    DescriptionForm,
    MaterialForm,
    library_filters,
    typed_as,
)
from app.participation.materials.values import (
    GivenFile,
    LibraryFilters,
    MaterialDescription,
    MaterialDraft,
    MaterialView,
)
from app.planning.events.queries.events import event_of
from app.planning.events.values import EventDetail
from app.web.bodies import takes_up_to
from app.web.form_token import press_once
from app.web.guards import anyone, current_actor, requires, signed_in
from app.web.locale import reader_language
from app.web.mistakes import show_refusal
from app.web.paging import page_asked
from app.web.uploads import inert, sent_file

bp = Blueprint("materials", __name__)


@dataclass
class MaterialPort:
    """What materials need from the packages above; `app/wiring` fills it."""

    sections: Callable[[Session], Mapping[str, LocalizedText]]
    """Titles of the Guidelines' sections by code, in the document's order."""


FORM_BYTES = 64 * 1024
PREFETCH = {"prefetch", "prerender"}


@bp.get("/library")
@requires(anyone)
def library() -> str:
    """Shows the materials of all events that the reader may open, by what the address asks for."""
    filters = library_filters(request.args)
    with reading() as db:
        page = queries.library(
            db,
            actor=current_actor(),
            filters=filters,
            today=clock.today(),
            number=page_asked(),
        )
        sections = _section_titles(db)
    return render_template(
        "participation/materials/library.html",
        page=page,
        filters=filters,
        is_narrowed=filters != LibraryFilters(),
        sections=sections,
        address=lambda number: url_for(
            "materials.library",
            kind=filters.kind,
            section=filters.section or None,
            theme=filters.theme or None,
            language=filters.language or None,
            page=number,
        ),
        kinds=wording.KINDS,
        languages=wording.LANGUAGES,
        size=wording.size_text,
    )


@bp.get("/events/<uuid:event_id>/materials")
@requires(anyone)
def materials(event_id: UUID) -> str:
    with reading() as db:
        event = event_of(db, actor=current_actor(), event_id=event_id)
    return _page(event, _form(event_id))


@bp.post("/events/<uuid:event_id>/materials")
@requires(signed_in)
@takes_up_to(rules.LARGEST + FORM_BYTES)
def add(event_id: UUID) -> Response | tuple[str, int]:
    with reading() as db:
        event = event_of(db, actor=current_actor(), event_id=event_id)
    policy.require_may_hand_out(current_actor(), event.group_slugs)
    form = _form(event_id)
    if not form.validate():
        return _page(event, form), 422
    try:
        added = _add(event_id, form.draft(_given()))
    except InvalidInput as refusal:
        status = show_refusal(form, refusal)
        return _page(event, form), status
    flash(_("The material is on the page."), "success")
    return redirect(
        url_for("materials.materials", event_id=event_id, _anchor=f"material-{added}"), 303
    )


@bp.get("/materials/<uuid:material_id>/description")
@requires(signed_in)
def description(material_id: UUID) -> str:
    with reading() as db:
        event, standing = queries.description_of(db, actor=current_actor(), material_id=material_id)
    form = DescriptionForm(data=typed_as(standing)).offer(*_choices(event.id, standing))
    return _description_page(event, material_id, standing, form)


@bp.post("/materials/<uuid:material_id>/description")
@requires(signed_in)
def change(material_id: UUID) -> Response | tuple[str, int]:
    with reading() as db:
        event, standing = queries.description_of(db, actor=current_actor(), material_id=material_id)
    form = DescriptionForm(request.form).offer(*_choices(event.id, standing))
    if not form.validate():
        return _description_page(event, material_id, standing, form), 422
    address = url_for("materials.materials", event_id=event.id, _anchor=f"material-{material_id}")
    try:
        with transaction() as db:
            services.change_material(
                db,
                actor=current_actor(),
                material_id=material_id,
                description=form.description(),
                seen=form.seen.data or "",
                now=clock.now(),
            )
    except Refusal as refusal:
        status = show_refusal(form, refusal, stored=address)
        return _description_page(event, material_id, standing, form), status
    flash(_("The details of the material are saved."), "success")
    return redirect(address, 303)


def _description_page(
    event: EventDetail, material_id: UUID, standing: MaterialDescription, form: DescriptionForm
) -> str:
    return render_template(
        "participation/materials/description.html",
        event=event,
        material_id=material_id,
        title=standing.title,
        form=form,
    )


@bp.post("/materials/<uuid:material_id>/withdrawal")
@requires(signed_in)
def withdraw(material_id: UUID) -> Response:
    with transaction() as db:
        event_id = services.withdraw_material(
            db, actor=current_actor(), material_id=material_id, now=clock.now()
        )
    flash(_("The material is no longer offered."), "success")
    return redirect(url_for("materials.materials", event_id=event_id), 303)


@bp.get("/materials/<uuid:material_id>")
@requires(anyone)
def material_file(material_id: UUID) -> Response:
    """Sends the file, to be saved. It is counted when somebody asked for it, not when a browser
    fetched ahead.
    """
    with reading() as db:
        stored = queries.file_of(
            db, actor=current_actor(), material_id=material_id, today=clock.today()
        )
    try:
        content = files().get(stored.key)
    except FileNotFoundError as lost:
        raise rules.FileLost from lost
    _count(material_id)
    answer = send_file(
        BytesIO(content),
        mimetype=stored.media_type,
        as_attachment=True,
        download_name=stored.filename,
    )
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@dataclass(frozen=True)
class ReadingItem:
    """A material in the list on its event's page; `url` is "" where it is not for the reader."""

    title: LocalizedText
    url: str
    is_file: bool
    facts: str


def reading_list(
    db: Session, *, event: EventDetail, actor: Actor, today: date
) -> list[ReadingItem]:
    return [
        _reading_item(one)
        for one in queries.materials_of(db, actor=actor, event=event, today=today)
    ]


def _reading_item(one: MaterialView) -> ReadingItem:
    if one.filename:
        kind = one.filename.rpartition(".")[2].upper()
        url = url_for("materials.material_file", material_id=one.id) if one.may_read else ""
        return ReadingItem(
            title=one.title,
            url=url,
            is_file=True,
            facts=f"{kind}, {wording.size_text(one.size_bytes)}",
        )
    return ReadingItem(
        title=one.title, url=openable(one.url), is_file=False, facts=_("link to another site")
    )


def _count(material_id: UUID) -> None:
    """Counts a download; a head request, a part of the file and a fetch ahead of the reader are
    none.
    """
    ahead = {request.headers.get("Sec-Purpose", ""), request.headers.get("Purpose", "")} & PREFETCH
    if request.method != "GET" or ahead or "Range" in request.headers:
        return
    country = current_actor().country if current_actor().signed_in else ""
    with transaction() as db:
        services.count_download(db, material_id=material_id, country_code=country, on=clock.today())


def _given() -> GivenFile | None:
    sent = sent_file(FILE)
    return None if sent is None else GivenFile(sent.filename or "", sent.stream.read())


def _add(event_id: UUID, draft: MaterialDraft) -> UUID:
    """Adds a material, once for a form that is sent twice. The bytes are put away before the row is
    written: a row never names a file that is not there.
    """
    rules.require_sound(draft)
    if draft.file is not None:
        kept = inert(FILE, draft.file.content)
        draft = replace(draft, file=replace(draft.file, content=kept))
    key = files().put(draft.file.content) if draft.file is not None else ""
    return UUID(
        press_once(
            lambda db, now: services.add_material(
                db, actor=current_actor(), event_id=event_id, draft=draft, file_key=key, now=now
            )
        )
    )


def _form(event_id: UUID) -> MaterialForm:
    form = MaterialForm(request.form if request.method == "POST" else None)
    return form.offer(*_choices(event_id))


def _choices(
    event_id: UUID, standing: MaterialDescription | None = None
) -> tuple[list[tuple[UUID, str]], dict[str, str]]:
    """Returns the sessions and the sections that a form offers. A section that the material names
    and today's Guidelines lack is among them, by its code.
    """
    with reading() as db:
        sessions = queries.sessions_of(db, event_id)
        sections = _section_titles(db)
    former = dict.fromkeys(standing.sections, "") if standing else {}
    return [(number, title.in_(reader_language())) for number, title in sessions], {
        **former,
        **sections,
    }


def _section_titles(db: Session) -> dict[str, str]:
    titles = platform().port(MaterialPort).sections(db)
    return {code: title.in_(reader_language()) for code, title in titles.items()}


def _page(event: EventDetail, form: MaterialForm) -> str:
    actor = current_actor()
    may_hand_out = policy.may_hand_out(actor, event.group_slugs)
    with reading() as db:
        shown = queries.materials_of(db, actor=actor, event=event, today=clock.today())
        taken = queries.downloads_by_country(db, actor=actor, event=event) if may_hand_out else {}
    return render_template(
        "participation/materials/materials.html",
        event=event,
        form=form,
        shown=shown,
        taken=taken,
        may_hand_out=may_hand_out,
        kinds=wording.KINDS,
        visibilities=wording.VISIBILITIES,
        languages=wording.LANGUAGES,
        size=wording.size_text,
        most=rules.LARGEST // rules.MEGABYTE,
    )
