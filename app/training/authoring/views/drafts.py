"""The list of drafts; beginning one, what it rests on, what was removed, and throwing it away."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.infra import clock
from app.infra.database import reading, transaction
from app.kernel.refusal import Kind
from app.training.authoring import policy, services
from app.training.authoring.forms.drafts import DocumentForm, StartForm
from app.training.authoring.queries import drafts as queries
from app.training.authoring.rules.drafting import DraftIsOpen
from app.training.authoring.rules.reviewing import is_due
from app.training.authoring.rules.translation import in_order, to_translate
from app.training.authoring.values import CoursePartKind
from app.training.authoring.views.door import bp
from app.web.errors import STATUS
from app.web.form_token import press_once
from app.web.guards import current_actor, requires
from app.web.locale import reader_language

Answer = str | Response | tuple[str, int]


@bp.get("/")
@requires(policy.may_write_courses)
def drafts() -> str:
    with reading() as db:
        lines = queries.open_drafts(db, actor=current_actor())
        courses = queries.courses_to_edit(db, actor=current_actor())
    due = {one.slug for one in courses if is_due(one.review, clock.today())}
    return render_template("training/authoring/drafts.html", lines=lines, courses=courses, due=due)


@bp.get("/new")
@requires(policy.may_write_courses)
def new_course() -> Answer:
    return _start_page(StartForm())


@bp.post("/new")
@requires(policy.may_write_courses)
def start_course() -> Answer:
    form = StartForm(request.form)
    _offer(form)
    if not form.validate():
        return _start_page(form), STATUS[Kind.INVALID]
    draft_id = press_once(
        lambda db, now: services.start_course(
            db,
            actor=current_actor(),
            title=form.title.data,
            summary=form.summary.data,
            document=form.document.data or "",
            now=now,
        )
    )
    flash(_("The draft is open. Only authors see it until you publish it."), "success")
    return redirect(url_for("authoring.draft", draft_id=draft_id), 303)


def _offer(form: StartForm | DocumentForm) -> None:
    with reading() as db:
        documents = queries.documents(db, actor=current_actor())
    form.offer(documents, reader_language())


def _start_page(form: StartForm) -> str:
    _offer(form)
    return render_template("training/authoring/new_course.html", form=form)


@bp.post("/from/<slug>")
@requires(policy.may_write_courses)
def draft_from_edition(slug: str) -> Response:
    """Starts a draft. A second press, or a second author, comes to the draft that is open."""
    try:
        with transaction() as db:
            draft_id = services.draft_from_edition(
                db, actor=current_actor(), slug=slug, now=clock.now()
            )
    except DraftIsOpen as refusal:
        draft_id = refusal.draft_id
    return redirect(url_for("authoring.draft", draft_id=draft_id), 303)


@bp.get("/<int:draft_id>")
@requires(policy.may_write_courses)
def draft(draft_id: int) -> str:
    """Shows the outline: modules, lessons and screens, with what is still to translate in each."""
    with reading() as db:
        found = queries.draft_of(db, actor=current_actor(), draft_id=draft_id)
    waiting: dict[int, int] = {}
    for line in to_translate(found.parts):
        for part in (*found.path(line.part), line.part):
            waiting[part.id] = waiting.get(part.id, 0) + 1
    return render_template(
        "training/authoring/draft.html", draft=found, waiting=waiting, kind=CoursePartKind
    )


@bp.get("/<int:draft_id>/languages")
@requires(policy.may_write_courses)
def languages(draft_id: int) -> str:
    with reading() as db:
        found = queries.draft_of(db, actor=current_actor(), draft_id=draft_id)
    return render_template(
        "training/authoring/languages.html", draft=found, lines=to_translate(in_order(found))
    )


@bp.get("/<int:draft_id>/document")
@requires(policy.may_write_courses)
def document(draft_id: int) -> str:
    """Shows the sections that the course rests on; another document may be chosen."""
    return _document_page(draft_id)


@bp.post("/<int:draft_id>/document")
@requires(policy.may_write_courses)
def rest_on(draft_id: int) -> Answer:
    form = DocumentForm(request.form)
    _offer(form)
    if not form.validate():
        return _document_page(draft_id, form), STATUS[Kind.INVALID]
    with transaction() as db:
        services.rest_on(
            db,
            actor=current_actor(),
            draft_id=draft_id,
            document=form.document.data,
            now=clock.now(),
        )
    flash(
        _("The course is now based on this document. Choose the sections of its questions again.")
    )
    return redirect(url_for("authoring.document", draft_id=draft_id), 303)


def _document_page(draft_id: int, form: DocumentForm | None = None) -> str:
    with reading() as db:
        found = queries.draft_of(db, actor=current_actor(), draft_id=draft_id)
    form = form or DocumentForm(data={"document": found.course.data.get("document")})
    _offer(form)
    return render_template(
        "training/authoring/document.html",
        draft=found,
        form=form,
        sections=found.children(found.course.id, CoursePartKind.SECTION),
        kind=CoursePartKind,
    )


@bp.get("/<int:draft_id>/removed")
@requires(policy.may_write_courses)
def removed(draft_id: int) -> str:
    with reading() as db:
        found = queries.draft_of(db, actor=current_actor(), draft_id=draft_id)
        parts = queries.removed_parts(db, actor=current_actor(), draft_id=draft_id)
    return render_template("training/authoring/removed.html", draft=found, parts=parts)


@bp.post("/<int:draft_id>/discard")
@requires(policy.may_write_courses)
def discard(draft_id: int) -> Answer:
    """Asks once more before it throws the draft away."""
    with reading() as db:
        found = queries.draft_of(db, actor=current_actor(), draft_id=draft_id)
    if request.form.get("sure") != "yes":
        return render_template("training/authoring/discard.html", draft=found)
    with transaction() as db:
        services.discard_draft(db, actor=current_actor(), draft_id=draft_id, now=clock.now())
    flash(_("The draft was discarded. The published edition stays as it is."), "success")
    return redirect(url_for("authoring.drafts"), 303)
