"""A module's bank from a file and into one: first what would come in, then the press that does it."""

from flask import Response as Bytes
from flask import current_app, flash, redirect, render_template, request, url_for
from flask_babel import ngettext
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.wrappers import Response

from app.infra.database import reading
from app.infra.files import files, key_of
from app.infra.language import say, translate
from app.kernel.refusal import InvalidInput, Kind, NotFound, Refusal
from app.training.authoring import policy, services
from app.training.authoring.forms.bank import BankForm
from app.training.authoring.forms.parts import item_typed
from app.training.authoring.queries import drafts as queries
from app.training.authoring.rules.banking import bank_of, parts_from
from app.training.authoring.rules.drafting import room_for
from app.training.authoring.values import CoursePart, CoursePartKind, Draft
from app.training.authoring.views.door import bp
from app.training.authoring.wording import FALSE, FORMATS, TRUE
from app.training.exchange.exports import ENDS_OF_NAMES, MEDIA_TYPES, write
from app.training.exchange.forms import MOST_TEXT, read
from app.training.exchange.forms.encoding import MEGABYTE, MOST_BYTES
from app.training.exchange.rules.fitting import to_items
from app.training.exchange.rules.questions import MOST_QUESTIONS
from app.training.exchange.values import Fitting, Format, Skipped
from app.web.bodies import takes_up_to
from app.web.downloads import name_file
from app.web.errors import STATUS
from app.web.form_token import press_once
from app.web.guards import current_actor, requires
from app.web.locale import reader_language
from app.web.mistakes import show_errors

Answer = str | Response | tuple[str, int]
FORM_BYTES = 64 * 1024
LASTS_SECONDS = 24 * 3600
"""How long a file that was looked at can be taken in."""


@bp.get("/<int:draft_id>/parts/<int:part_id>/bank")
@requires(policy.may_write_courses)
def bank(draft_id: int, part_id: int) -> str:
    draft, module = _module(draft_id, part_id)
    return _page(draft, module, _form(draft, module))


@bp.post("/<int:draft_id>/parts/<int:part_id>/bank")
@requires(policy.may_write_courses)
@takes_up_to(MOST_BYTES + FORM_BYTES)
def import_bank(draft_id: int, part_id: int) -> Answer:
    """Shows what would come in from a file, or takes it in. Without `file` it is the last one."""
    draft, module = _module(draft_id, part_id)
    form = _form(draft, module)
    try:
        content, name = _given()
        if not form.validate():
            raise InvalidInput({})
        language = form.language.data
        found = read(content, name)
        fitting = to_items(found, true=translate(language, TRUE), false=translate(language, FALSE))
    except InvalidInput as refusal:
        show_errors(form, refusal.errors)
        return _page(draft, module, form), STATUS[Kind.INVALID]
    skipped = sorted((*found.skipped, *fitting.skipped), key=lambda one: one.place.line)
    if request.form.get("step") != "take":
        sealed = _serializer().dumps([draft_id, files().put(content).rpartition("/")[2], name])
        return _page(draft, module, form, fitting=fitting, skipped=skipped, sealed=sealed)
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
        return _page(draft, module, form), STATUS[Kind.INVALID]
    flash(ngettext("%(num)d question came in.", "%(num)d questions came in.", count), "success")
    return redirect(url_for("authoring.questions", draft_id=draft_id, part_id=part_id), 303)


@bp.get("/<int:draft_id>/parts/<int:part_id>/bank/<language>/<format_>")
@requires(policy.may_write_courses)
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
    with reading() as db:
        draft = queries.draft_of(db, actor=current_actor(), draft_id=draft_id)
    module = draft.part(part_id)
    if module is None or module.kind is not CoursePartKind.MODULE:
        raise NotFound
    return draft, module


def _form(draft: Draft, module: CoursePart) -> BankForm:
    form = BankForm(request.form if request.method == "POST" else None)
    form.offer(draft, module, reader_language())
    return form


def _given() -> tuple[bytes, str]:
    """Returns the file that was sent, or the one that was shown before, with its name; empty for none."""
    sent = request.files.get("file")
    if sent is not None and sent.filename:
        with sent.stream as stream:
            return stream.read(), sent.filename
    try:
        draft_id, sha256, name = _serializer().loads(
            request.form.get("looked_at", ""), max_age=LASTS_SECONDS
        )
        if draft_id == (request.view_args or {}).get("draft_id"):
            return files().get(key_of(sha256)), name
    except (BadData, FileNotFoundError):
        pass
    return b"", ""


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="question-bank")


def _page(
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
