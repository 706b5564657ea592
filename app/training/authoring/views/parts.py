"""The writing desk: a part of a draft with both languages side by side, and what stands under it."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response as Bytes
from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from itsdangerous import BadData
from werkzeug.wrappers import Response

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.files import files, key_of
from app.infra.language import say, translate
from app.infra.platform import platform
from app.kernel.refusal import InvalidInput, Kind, NotFound, Refusal
from app.kernel.seen import ChangedMeanwhile, mark_of
from app.kernel.text import languages
from app.training.authoring import policy, services
from app.training.authoring.forms import (
    FORMS,
    LARGEST_FILM,
    BankForm,
    MediaRefused,
    PartForm,
    WebinarForm,
    answers_of,
    film_type,
    item_typed,
    picture_from,
)
from app.training.authoring.rules.assembly import bank_of, body_with_words, parts_from
from app.training.authoring.rules.drafting import room_for, states_of
from app.training.authoring.rules.publishing import control
from app.training.authoring.services import mark_source
from app.training.authoring.values import CHILDREN, LOCALIZED, CoursePart, CoursePartKind, Draft
from app.training.authoring.views.drafts import (
    bp,
    draft_read,
    kind_word,
    part_url,
    pictures_of,
    waiting_in,
)
from app.training.authoring.wording import ADD, FALSE, FORMATS, LISTS, TRUE
from app.training.exchange.exports import ENDS_OF_NAMES, MEDIA_TYPES, write
from app.training.exchange.forms import MOST_TEXT, read
from app.training.exchange.forms.encoding import MEGABYTE, MOST_BYTES
from app.training.exchange.rules.fitting import to_items
from app.training.exchange.rules.questions import MOST_QUESTIONS
from app.training.exchange.values import Fitting, Format, Skipped
from app.training.learning.queries.lessons import WebinarLine, series_to_name, webinars_to_name
from app.web.bodies import takes_up_to
from app.web.downloads import name_file
from app.web.errors import STATUS
from app.web.form_token import press_once
from app.web.guards import current_actor, requires
from app.web.limits import EXPORT
from app.web.locale import reader_language
from app.web.markdown import rich_text
from app.web.mistakes import show_errors
from app.web.render import day_text
from app.web.uploads import FileRefused, sent_bytes, sent_file

Answer = str | Response | tuple[str, int]
FORM_BYTES = 600 * 1024
DAYS_BACK = 365
WITHOUT_FORM = {CoursePartKind.SCREEN}
"""What is added by one press: it has nothing to ask."""


@bp.get("/<int:draft_id>/parts/<int:part_id>")
@requires(policy.may_write_courses)
def part(draft_id: int, part_id: int) -> Answer:
    draft, here = _found(draft_id, part_id)
    return _part_page(draft, here, _filled(draft, here))


@bp.post("/<int:draft_id>/parts/<int:part_id>")
@requires(policy.may_write_courses)
@takes_up_to(LARGEST_FILM + FORM_BYTES)
def save_part(draft_id: int, part_id: int) -> Answer:
    """Saves, or shows what was typed as it will look; "still right" saves and confirms."""
    draft, here = _found(draft_id, part_id)
    form = FORMS[here.kind](request.form)
    _offer(form, draft, here)
    step = request.form.get("step", "")
    if not _is_sound(form):
        return _part_page(draft, here, form), STATUS[Kind.INVALID]
    if step == "preview":
        return _part_page(draft, here, form, preview=_previews(draft, here, form))
    data = form.data_of()
    if step.startswith("insert-"):
        data = {**data, "body": _with_picture(data["body"], step.removeprefix("insert-"))}
    try:
        data |= _stored_files(here.kind, here.data)
    except FileRefused as refused:
        show_errors(form, refused.errors)
        return _part_page(draft, here, form), STATUS[Kind.INVALID]
    verb, _colon, rest = step.partition(":")
    name, _colon, language = rest.partition(":")
    try:
        with transaction() as db:
            place: dict[str, Any] = {
                "actor": current_actor(),
                "draft_id": draft_id,
                "part_id": part_id,
                "now": clock.now(),
            }
            services.save_part(db, data=data, seen=form.seen.data or "", **place)
            if verb == "right" and name in here.fields and language in languages():
                services.confirm_translation(db, name=name, language=language, **place)
    except ChangedMeanwhile as refusal:
        form.seen.data = refusal.mark
        return _part_page(*_found(draft_id, part_id), form, refusal=refusal), STATUS[refusal.kind]
    flash(_("Saved."), "success")
    return redirect(url_for("authoring.part", draft_id=draft_id, part_id=part_id), 303)


def _offer(form: PartForm, draft: Draft, part: CoursePart) -> None:
    """Fills the lists to choose from, of the draft and of the calendar."""
    language = reader_language()
    form.offer(draft, part, language)
    if not isinstance(form, WebinarForm):
        return
    with reading() as db:
        series = series_to_name(db)
        webinars = webinars_to_name(
            db, actor=current_actor(), since=clock.now() - timedelta(days=DAYS_BACK)
        )
    form.offer_webinars(
        [(str(one.id), one.title.in_(language)) for one in series],
        [(str(one.event_id), f"{one.title.in_(language)}, {_day(one)}") for one in webinars],
    )


def _day(webinar: WebinarLine) -> str:
    """Returns the day on which a webinar begins, in its own zone."""
    if webinar.starts_at is None:
        return ""
    local = webinar.starts_at.astimezone(ZoneInfo(webinar.timezone))
    return day_text(local.date(), reader_language())


@bp.get("/<int:draft_id>/parts/<int:part_id>/new/<kind>")
@requires(policy.may_write_courses)
def new_part(draft_id: int, part_id: int, kind: str) -> Answer:
    draft, parent = _found(draft_id, part_id)
    wanted = _child_kind(parent, kind)
    form = FORMS[wanted]()
    _offer(form, draft, parent)
    return _new_page(draft, parent, wanted, form)


@bp.post("/<int:draft_id>/parts/<int:part_id>/new/<kind>")
@requires(policy.may_write_courses)
@takes_up_to(LARGEST_FILM + FORM_BYTES)
def add_part(draft_id: int, part_id: int, kind: str) -> Answer:
    draft, parent = _found(draft_id, part_id)
    wanted = _child_kind(parent, kind)
    data: dict[str, Any] = {"body": {}}
    if wanted not in WITHOUT_FORM:
        form = FORMS[wanted](request.form)
        _offer(form, draft, parent)
        if not _is_sound(form):
            return _new_page(draft, parent, wanted, form), STATUS[Kind.INVALID]
        try:
            data = {**form.data_of(), **_stored_files(wanted, {})}
        except FileRefused as refused:
            show_errors(form, refused.errors)
            return _new_page(draft, parent, wanted, form), STATUS[Kind.INVALID]
    try:
        added = press_once(
            lambda db, now: services.add_part(
                db,
                actor=current_actor(),
                draft_id=draft_id,
                parent_id=part_id,
                kind=wanted,
                data=data,
                now=now,
            )
        )
    except Refusal as refusal:
        if refusal.kind is not Kind.INVALID:
            raise
        flash(say(reader_language(), refusal.sentence), "error")
        return redirect(part_url(draft, parent), 303)
    flash(_("Added."), "success")
    return redirect(url_for("authoring.part", draft_id=draft_id, part_id=added), 303)


@bp.post("/<int:draft_id>/parts/<int:part_id>/move")
@requires(policy.may_write_courses)
def move_part(draft_id: int, part_id: int) -> Response:
    draft, here = _found(draft_id, part_id)
    with transaction() as db:
        services.move_part(
            db,
            actor=current_actor(),
            draft_id=draft_id,
            part_id=part_id,
            step=-1 if request.form.get("step") == "up" else 1,
            now=clock.now(),
        )
    return redirect(_list_address(draft, here), 303)


@bp.post("/<int:draft_id>/parts/<int:part_id>/remove")
@requires(policy.may_write_courses)
def remove_part(draft_id: int, part_id: int) -> Response:
    draft, here = _found(draft_id, part_id)
    with transaction() as db:
        services.remove_part(
            db, actor=current_actor(), draft_id=draft_id, part_id=part_id, now=clock.now()
        )
    flash(_("Removed. It can be brought back under “Removed parts”."), "success")
    return redirect(_list_address(draft, here), 303)


@bp.post("/<int:draft_id>/parts/<int:part_id>/restore")
@requires(policy.may_write_courses)
def restore_part(draft_id: int, part_id: int) -> Response:
    with transaction() as db:
        services.restore_part(
            db, actor=current_actor(), draft_id=draft_id, part_id=part_id, now=clock.now()
        )
    flash(_("It is back where it was."), "success")
    return redirect(url_for("authoring.removed", draft_id=draft_id), 303)


@bp.get("/<int:draft_id>/parts/<int:part_id>/questions")
@requires(policy.may_write_courses)
def questions(draft_id: int, part_id: int) -> str:
    """Shows the bank of a module."""
    draft, module = _module(draft_id, part_id)
    return render_template(
        "training/authoring/questions.html",
        draft=draft,
        module=module,
        lines=draft.children(module.id, CoursePartKind.QUESTION),
        waiting=waiting_in(draft),
        kind=CoursePartKind,
    )


def _found(draft_id: int, part_id: int) -> tuple[Draft, CoursePart]:
    draft = draft_read(draft_id)
    here = draft.part(part_id)
    if here is None:
        raise NotFound
    return draft, here


def _child_kind(parent: CoursePart, kind: str) -> CoursePartKind:
    allowed = {one.value: one for one in CHILDREN.get(parent.kind, ())}
    if kind not in allowed:
        abort(404)
    return allowed[kind]


def _list_address(draft: Draft, here: CoursePart) -> str:
    """Returns the address of the list in which the part stands."""
    parent = draft.part(here.parent_id) or draft.course
    if here.kind is CoursePartKind.QUESTION:
        return url_for("authoring.questions", draft_id=draft.id, part_id=parent.id)
    if here.kind is CoursePartKind.SECTION:
        return url_for("authoring.document", draft_id=draft.id)
    return part_url(draft, parent)


def _filled(draft: Draft, here: CoursePart) -> PartForm:
    form = FORMS[here.kind](data=answers_of(here))
    form.show(here)
    _offer(form, draft, here)
    form.seen.data = mark_of(mark_source(here))
    return form


def _is_sound(form: PartForm) -> bool:
    took = form.take(request.form)
    return form.validate() and took


def _stored_files(kind: CoursePartKind, standing: Any) -> dict[str, Any]:
    """Returns the fields that uploaded files make. Bytes are stored before a row names them."""
    if kind is CoursePartKind.PICTURE:
        held = dict(standing.get("files", {}))
        for language in languages():
            name = f"file_{language}"
            content = sent_bytes(name)
            if content is None:
                continue
            try:
                fields, kept = picture_from(content)
            except MediaRefused as refused:
                raise FileRefused(name, refused.sentence) from refused
            sha256 = files().put(kept).rpartition("/")[2] if kept else ""
            held[language] = {**fields, "sha256": sha256}
        return {"files": held}
    content = sent_bytes("file") if kind is CoursePartKind.VIDEO else None
    if content is None:
        return {}
    try:
        media_type = film_type(content)
    except MediaRefused as refused:
        raise FileRefused("file", refused.sentence) from refused
    return {"media_type": media_type, "sha256": files().put(content).rpartition("/")[2]}


def _with_picture(body: dict[str, str], code: str) -> dict[str, str]:
    """Returns the text of each language with a picture or a video at its end."""
    return {
        language: f"{body.get(language, '')}\n\n![]({code})".strip() for language in languages()
    }


def _previews(draft: Draft, here: CoursePart, form: PartForm) -> dict[str, Any]:
    """Returns what was typed on a screen, as its readers will see it in each language."""
    module = draft.module_of(here)
    if here.kind is not CoursePartKind.SCREEN or module is None:
        return {}
    typed = form.data_of()["body"]
    return {
        language: rich_text(
            body_with_words(draft, module, typed.get(language, ""), language),
            pictures_of(draft, module, language),
        )
        for language in languages()
    }


def _part_page(
    draft: Draft,
    here: CoursePart,
    form: PartForm,
    *,
    preview: dict[str, Any] | None = None,
    refusal: ChangedMeanwhile | None = None,
) -> str:
    module = draft.module_of(here)
    beside = (
        ()
        if module is None
        else (
            *draft.children(module.id, CoursePartKind.PICTURE),
            *draft.children(module.id, CoursePartKind.VIDEO),
        )
    )
    return render_template(
        "training/authoring/part.html",
        draft=draft,
        here=here,
        form=form,
        states={control(name, code): state for (name, code), state in states_of(here).items()},
        right={control(name, code): f"right:{name}:{code}" for name, code in states_of(here)},
        texts=LOCALIZED[here.kind],
        preview=preview or {},
        refused=say(reader_language(), refusal.sentence) if refusal else "",
        stored=_stored(here, form) if refusal else (),
        lists=_lists(draft, here),
        waiting=waiting_in(draft),
        beside=beside,
        kind=CoursePartKind,
    )


def _stored(here: CoursePart, form: PartForm) -> tuple[tuple[str, str, str], ...]:
    """Returns name, language and text of what others stored where something else was typed."""
    return tuple(
        (name, language, here.text(name)[language])
        for name in here.fields
        for language in languages()
        if form.texts_of(name).in_(language).data != here.text(name)[language]
    )


def _lists(
    draft: Draft, here: CoursePart
) -> tuple[tuple[CoursePartKind, str, str, tuple[CoursePart, ...]], ...]:
    """Returns what stands under a part: kind, heading, the word for one more, and the parts."""
    return tuple(
        (kind, _(LISTS[kind]), _(ADD[kind]), draft.children(here.id, kind))
        for kind in CHILDREN.get(here.kind, ())
        if here.kind is not CoursePartKind.COURSE and kind is not CoursePartKind.QUESTION
    )


def _new_page(draft: Draft, parent: CoursePart, kind: CoursePartKind, form: PartForm) -> str:
    return render_template(
        "training/authoring/new_part.html",
        draft=draft,
        parent=parent,
        new_kind=kind,
        heading=_(ADD[kind]),
        word=kind_word(kind),
        form=form,
        texts=LOCALIZED[kind],
        states={},
        right={},
        kind=CoursePartKind,
    )


# A module's bank from a file and into one: first what would come in, then the press that does it.

BANK_FORM_BYTES = 64 * 1024
LASTS_SECONDS = 24 * 3600
"""How long a file that was looked at can be taken in."""
SALT = "question-bank"


@bp.get("/<int:draft_id>/parts/<int:part_id>/bank")
@requires(policy.may_write_courses)
def bank(draft_id: int, part_id: int) -> str:
    draft, module = _module(draft_id, part_id)
    return _bank_page(draft, module, _form(draft, module))


@bp.post("/<int:draft_id>/parts/<int:part_id>/bank")
@requires(policy.may_write_courses)
@takes_up_to(MOST_BYTES + BANK_FORM_BYTES)
def import_bank(draft_id: int, part_id: int) -> Answer:
    """Shows what would come in from a file, or takes it in. Without `file` it is the last one."""
    draft, module = _module(draft_id, part_id)
    form = _form(draft, module)
    try:
        content, name = _given()
        if not form.validate():
            raise InvalidInput({})
        language = form.language.data
        bank_read = read(content, name)
        fitting = to_items(
            bank_read, true=translate(language, TRUE), false=translate(language, FALSE)
        )
    except InvalidInput as refusal:
        show_errors(form, refusal.errors)
        return _bank_page(draft, module, form), STATUS[Kind.INVALID]
    skipped = sorted((*bank_read.skipped, *fitting.skipped), key=lambda one: one.place.line)
    if request.form.get("step") != "take":
        sealed = (
            platform()
            .keys.timed_serializer(SALT)
            .dumps([draft_id, files().put(content).rpartition("/")[2], name])
        )
        return _bank_page(draft, module, form, fitting=fitting, skipped=skipped, sealed=sealed)
    objective, section = form.objective.data, form.section.data
    questions = parts_from(
        fitting.items,
        language,
        objective=int(objective) if objective else None,
        section=section or "",
    )
    try:
        count = int(
            press_once(
                lambda db, now: services.import_questions(
                    db,
                    actor=current_actor(),
                    draft_id=draft_id,
                    module_id=part_id,
                    questions=questions,
                    now=now,
                )
            )
        )
    except Refusal as refusal:
        if refusal.kind is not Kind.INVALID:
            raise
        show_errors(form, {"file": refusal.sentence})
        return _bank_page(draft, module, form), STATUS[Kind.INVALID]
    flash(ngettext("%(num)d question came in.", "%(num)d questions came in.", count), "success")
    return redirect(url_for("authoring.questions", draft_id=draft_id, part_id=part_id), 303)


@bp.get("/<int:draft_id>/parts/<int:part_id>/bank/<language>/<format_>")
@requires(policy.may_write_courses, costs=EXPORT)
def export_bank(draft_id: int, part_id: int, language: str, format_: str) -> Bytes:
    """Answers with the questions of a language as a file. What the format cannot hold is left out."""
    draft, module = _module(draft_id, part_id)
    if format_ not in set(Format):
        raise NotFound
    wanted = Format(format_)
    questions = draft.children(module.id, CoursePartKind.QUESTION)
    written = write(bank_of(map(item_typed, questions), language), wanted)
    answer = Bytes(written.data, content_type=MEDIA_TYPES[wanted])
    name_file(answer, f"{module.data.get('slug')}-{language}{ENDS_OF_NAMES[wanted]}")
    return answer


def _module(draft_id: int, part_id: int) -> tuple[Draft, CoursePart]:
    draft, module = _found(draft_id, part_id)
    if module.kind is not CoursePartKind.MODULE:
        raise NotFound
    return draft, module


def _form(draft: Draft, module: CoursePart) -> BankForm:
    form = BankForm(request.form if request.method == "POST" else None)
    form.offer(draft, module, reader_language())
    return form


def _given() -> tuple[bytes, str]:
    """Returns the file that was sent, or the one that was shown before, with its name; empty for none."""
    sent = sent_file("file")
    if sent is not None:
        return sent.stream.read(), sent.filename or ""
    try:
        draft_id, sha256, name = (
            platform()
            .keys.timed_serializer(SALT)
            .loads(request.form.get("looked_at", ""), max_age=LASTS_SECONDS)
        )
        if draft_id == (request.view_args or {}).get("draft_id"):
            return files().get(key_of(sha256)), name
    except (BadData, FileNotFoundError):
        pass
    return b"", ""


def _bank_page(
    draft: Draft,
    module: CoursePart,
    form: BankForm,
    *,
    fitting: Fitting | None = None,
    skipped: list[Skipped] | None = None,
    sealed: str = "",
) -> str:
    language = reader_language()
    standing = len(draft.children(module.id, CoursePartKind.QUESTION))
    return render_template(
        "training/authoring/bank.html",
        draft=draft,
        module=module,
        form=form,
        items=None if fitting is None else fitting.items,
        left_out=[say(language, one) for one in (fitting.left_out if fitting else ())],
        standing=standing,
        room=room_for(CoursePartKind.QUESTION, standing),
        limits={
            "megabytes": MOST_BYTES // MEGABYTE,
            "text_megabytes": MOST_TEXT // MEGABYTE,
            "questions": MOST_QUESTIONS,
        },
        skipped=[(one, say(language, one.reason)) for one in skipped or ()],
        sealed=sealed,
        formats=[(one.value, FORMATS[one]) for one in Format],
    )
