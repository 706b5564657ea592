"""The list of drafts, beginning and ending one, its publication, and reviews of courses."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.language import say, translate
from app.kernel.refusal import InvalidInput, Kind, NotFound
from app.kernel.text import Language
from app.training.authoring import policy, queries, services
from app.training.authoring.forms import (
    DocumentForm,
    PublishForm,
    ReviewForm,
    StartForm,
    first_line,
    publish_form,
    shortened,
)
from app.training.authoring.queries import labels_of
from app.training.authoring.rules.assembly import figure_of
from app.training.authoring.rules.drafting import DraftIsOpen, in_order, to_translate
from app.training.authoring.rules.publishing import (
    MONTHS_BETWEEN_REVIEWS,
    DraftNotReady,
    ReviewIsOpen,
    ReviewNotDue,
    is_due,
    next_label,
)
from app.training.authoring.services import Readiness
from app.training.authoring.values import CoursePart, CoursePartKind, Draft
from app.training.authoring.wording import KINDS, changes_of, field_msgid
from app.web.errors import STATUS
from app.web.form_token import press_once
from app.web.guards import current_actor, requires
from app.web.locale import reader_language
from app.web.markdown import Picture
from app.web.mistakes import show_refusal

bp = Blueprint("authoring", __name__, url_prefix="/authoring")


def draft_read(draft_id: int) -> Draft:
    """Returns an open draft as it stands, for a page of it."""
    with reading() as db:
        return queries.draft_of(db, actor=current_actor(), draft_id=draft_id)


def waiting_in(draft: Draft) -> dict[int, int]:
    """Returns how many texts are missing or out of date in each part, with those under it."""
    waiting: dict[int, int] = {}
    for line in to_translate(draft.parts):
        for part in (*draft.path(line.part), line.part):
            waiting[part.id] = waiting.get(part.id, 0) + 1
    return waiting


def kind_word(kind: CoursePartKind) -> str:
    return translate(reader_language(), KINDS[kind])


def field_word(name: str) -> str:
    """Returns the word for a localized field of a part."""
    return translate(reader_language(), field_msgid(name))


def part_name(part: CoursePart) -> str:
    """Returns what a part is called in a list: the beginning of what it says."""
    text = part.name.in_(reader_language())
    if part.kind is CoursePartKind.SCREEN:
        text = first_line(text)
    if part.kind is not CoursePartKind.COURSE:
        text = shortened(text)
    return text or _("(not written yet)")


def part_url(draft: Draft, part: CoursePart) -> str:
    if part.kind is CoursePartKind.COURSE:
        return url_for("authoring.draft", draft_id=draft.id)
    return url_for("authoring.part", draft_id=draft.id, part_id=part.id)


def pictures_of(draft: Draft, module: CoursePart, language: Language) -> tuple[Picture, ...]:
    """Returns the pictures that the texts of a module may show in a language."""
    return tuple(
        Picture(
            part.code,
            url_for("authoring.picture", draft_id=draft.id, part_id=part.id, language=language),
            figure.width,
            figure.height,
        )
        for part in draft.children(module.id, CoursePartKind.PICTURE)
        if (figure := figure_of(part, language))
    )


bp.add_app_template_global(part_name, "part_name")
bp.add_app_template_global(kind_word, "part_kind")
bp.add_app_template_global(field_word, "part_field")


# The list of drafts; beginning one, what it rests on, what was removed, and throwing it away.

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
    course_draft = draft_read(draft_id)
    return render_template(
        "training/authoring/draft.html",
        draft=course_draft,
        waiting=waiting_in(course_draft),
        kind=CoursePartKind,
    )


@bp.get("/<int:draft_id>/languages")
@requires(policy.may_write_courses)
def languages(draft_id: int) -> str:
    course_draft = draft_read(draft_id)
    return render_template(
        "training/authoring/languages.html",
        draft=course_draft,
        lines=to_translate(in_order(course_draft)),
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
    course_draft = draft_read(draft_id)
    form = form or DocumentForm(data={"document": course_draft.course.data.get("document")})
    _offer(form)
    return render_template(
        "training/authoring/document.html",
        draft=course_draft,
        form=form,
        sections=course_draft.children(course_draft.course.id, CoursePartKind.SECTION),
        kind=CoursePartKind,
    )


@bp.get("/<int:draft_id>/removed")
@requires(policy.may_write_courses)
def removed(draft_id: int) -> str:
    with reading() as db:
        course_draft = queries.draft_of(db, actor=current_actor(), draft_id=draft_id)
        parts = queries.removed_parts(db, actor=current_actor(), draft_id=draft_id)
    return render_template("training/authoring/removed.html", draft=course_draft, parts=parts)


@bp.post("/<int:draft_id>/discard")
@requires(policy.may_write_courses)
def discard(draft_id: int) -> Answer:
    """Asks once more before it throws the draft away."""
    course_draft = draft_read(draft_id)
    if request.form.get("sure") != "yes":
        return render_template("training/authoring/discard.html", draft=course_draft)
    with transaction() as db:
        services.discard_draft(db, actor=current_actor(), draft_id=draft_id, now=clock.now())
    flash(_("The draft was discarded. The published edition stays as it is."), "success")
    return redirect(url_for("authoring.drafts"), 303)


# From a draft to an edition: what is still to do, what changed, and the press that publishes.


@bp.get("/<int:draft_id>/publish")
@requires(policy.may_write_courses)
def publish(draft_id: int) -> Answer:
    published = _after(draft_id)
    if published is not None:
        return published
    draft, ready = _read(draft_id)
    with reading() as db:
        labels = labels_of(db, slug=draft.slug)
    label = next_label(max(labels, key=len_then_text, default=""))
    form = publish_form(ready.differences.objectives, reader_language(), label=label)
    return _publish_page(draft, ready, form)


@bp.post("/<int:draft_id>/publish")
@requires(policy.may_write_courses)
def publish_edition(draft_id: int) -> Answer:
    """Publishes the draft. Pressed again after it was published, it leads to the course."""
    published = _after(draft_id)
    if published is not None:
        return published
    try:
        draft, ready = _read(draft_id)
        form = publish_form(ready.differences.objectives, reader_language(), request.form)
        if not form.validate():
            return _publish_page(draft, ready, form), STATUS[Kind.INVALID]
        with transaction() as db:
            services.publish_draft(
                db,
                actor=current_actor(),
                draft_id=draft_id,
                label=form.label.data or "",
                changes=form.changes(),
                told=form.told(),
                now=clock.now(),
            )
    except NotFound:  # another press was a moment faster
        published = _after(draft_id)
        if published is None:
            raise
        return published
    except InvalidInput as refusal:
        status = show_refusal(form, refusal)
        return _publish_page(draft, ready, form), status
    except DraftNotReady as refusal:
        flash(say(reader_language(), refusal.sentence), "error")
        return _publish_page(draft, ready, form), STATUS[refusal.kind]
    flash(_("Edition %(label)s is published.", label=form.label.data), "success")
    return redirect(url_for("learning.course", slug=draft.slug), 303)


def _after(draft_id: int) -> Response | None:
    """Returns the way to the course where the draft is an edition already."""
    with reading() as db:
        slug = queries.published_from(db, actor=current_actor(), draft_id=draft_id)
    return redirect(url_for("learning.course", slug=slug), 303) if slug else None


def _read(draft_id: int) -> tuple[Draft, Readiness]:
    with reading() as db:
        draft = queries.draft_of(db, actor=current_actor(), draft_id=draft_id)
        return draft, services.readiness(db, actor=current_actor(), draft_id=draft_id)


def _publish_page(draft: Draft, ready: Readiness, form: PublishForm) -> str:
    return render_template(
        "training/authoring/publish.html",
        draft=draft,
        ready=ready,
        form=form,
        changes_of=lambda one: changes_of(one, reader_language()),
        sentence=lambda problem: say(reader_language(), problem.sentence),
    )


def len_then_text(label: str) -> tuple[int, str]:
    """Returns a key by which 10 comes after 9."""
    return len(label), label


# The day on which a course is reviewed next, and the press that opens a review that is due.


@bp.get("/review/<slug>")
@requires(policy.may_write_courses)
def review(slug: str) -> str:
    return _review_page(slug, None)


@bp.post("/review/<slug>")
@requires(policy.may_write_courses)
def set_review(slug: str) -> Answer:
    form = ReviewForm(request.form)
    if not form.validate() or form.due_on.data is None:
        return _review_page(slug, form), STATUS[Kind.INVALID]
    try:
        with transaction() as db:
            services.set_review(
                db, actor=current_actor(), slug=slug, due_on=form.due_on.data, now=clock.now()
            )
    except InvalidInput as refusal:
        for name, sentence in refusal.errors.items():
            form[name].errors = [say(reader_language(), sentence)]
        return _review_page(slug, form), STATUS[refusal.kind]
    except ReviewIsOpen as refusal:
        flash(say(reader_language(), refusal.sentence), "error")
        return redirect(url_for("authoring.drafts"), 303)
    flash(_("Saved. From that day on, the home page says that the review is due."), "success")
    return redirect(url_for("authoring.drafts"), 303)


@bp.post("/review/<slug>/open")
@requires(policy.may_write_courses)
def open_review(slug: str) -> Response:
    """Opens the review. A second press, or a second author, comes to the same draft."""
    try:
        with transaction() as db:
            draft_id = services.open_review(db, actor=current_actor(), slug=slug, now=clock.now())
    except ReviewNotDue as refusal:
        flash(say(reader_language(), refusal.sentence), "error")
        return redirect(url_for("authoring.drafts"), 303)
    return redirect(url_for("authoring.draft", draft_id=draft_id), 303)


def _review_page(slug: str, form: ReviewForm | None) -> str:
    with reading() as db:
        course = queries.course_to_edit(db, actor=current_actor(), slug=slug)
    return render_template(
        "training/authoring/review.html",
        course=course,
        form=form or ReviewForm(data={"due_on": course.review.due_on}),
        months=MONTHS_BETWEEN_REVIEWS,
    )
