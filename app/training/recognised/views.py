"""Pages of training taken elsewhere: the country's, a completion list, one certificate, and what its
holder brings.
"""

from collections.abc import Sequence
from io import BytesIO
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as BaseResponse

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.files import files
from app.infra.language import say
from app.infra.once import once
from app.infra.pictures import NotAPicture, written_anew
from app.infra.sheets import rows_of, rows_of_text
from app.kernel import first_bytes
from app.kernel.refusal import Kind, NotFound, Refusal, Sentence
from app.kernel.seen import mark_of
from app.participation.materials.rules import FileLost
from app.people.directory.queries import roster
from app.training.recognised import policy, queries, rules, services, wording
from app.training.recognised.forms import (
    FILE,
    LIST_FILE,
    CertificateForm,
    EndingForm,
    ListForm,
    OfSomebodyForm,
    TrainingForm,
    people_said,
)
from app.training.recognised.queries import ListTerms, TrainingView
from app.training.recognised.values import (
    PLATFORMS,
    CompletionList,
    JudgedList,
    RecognisedSource,
    StoredUpload,
    TrainingState,
)
from app.web.bodies import takes_up_to
from app.web.errors import STATUS
from app.web.form_token import press_key
from app.web.guards import current_actor, requires, signed_in
from app.web.locale import reader_language
from app.web.mistakes import show_refusal
from app.web.sent import flash_sent
from app.web.uploads import FileRefused, inert, sent_bytes

bp = Blueprint("recognised", __name__)
Answer = BaseResponse | str | tuple[str, int]
INVALID = STATUS[Kind.INVALID]
FORM_BYTES = 512 * 1024
"""Rows of a list are carried from page to page in the form."""
PDF = "application/pdf"


@bp.app_template_global()
def trainings_elsewhere() -> Sequence[TrainingView]:
    """Returns the reader's own training taken elsewhere, for the page of their certificates."""
    actor = current_actor()
    with reading() as db:
        return queries.own_trainings(db, actor=actor, today=clock.today(actor.timezone))


@bp.app_template_global()
def training_source(view: TrainingView) -> str:
    return str(_(wording.SOURCES[view.source]))


@bp.app_template_global()
def training_state(view: TrainingView) -> str:
    return str(_(wording.STATES[view.state]))


# The page of a country.


@bp.get("/countries/<code>/recognised")
@requires(policy.may_see_some)
def country(code: str) -> str:
    with reading() as db:
        found = queries.trainings_of_country(
            db, actor=current_actor(), country_code=code, today=clock.today()
        )
    return render_template(
        "training/recognised/country.html",
        found=found,
        code=code,
        own_id=current_actor().person_id,
        may_bring_in=policy.may_bring_in(current_actor(), code),
    )


# A completion list: read, shown row by row, accepted.


@bp.get("/countries/<code>/recognised/list")
@requires(policy.may_bring_in_some)
def completion_list(code: str) -> str:
    return _list_page(code, ListForm(formdata=None))


@bp.post("/countries/<code>/recognised/list")
@requires(policy.may_bring_in_some)
@takes_up_to(rules.MOST_BYTES + FORM_BYTES)
def accept_list(code: str) -> Answer:
    """Shows what would happen first; writes when the page that was seen is what would happen still."""
    policy.require_may_bring_in(current_actor(), code)
    form = ListForm(request.form)
    _offer(form)
    is_typed = form.validate()
    try:
        completions = _read_list(form)
    except Refusal as refusal:
        if refusal.kind is not Kind.INVALID:
            raise
        form.report.errors = [say(reader_language(), refusal.sentence)]
        return _list_page(code, form), INVALID
    if is_typed:
        is_typed = _one_course(form, completions)
    if not is_typed:
        return _list_page(code, form, completions), INVALID
    terms = ListTerms(
        course=form.course.data,
        source=RecognisedSource(form.source.data),
        title=form.title.data or "",
        hours=rules.hours_in(form.hours.data or "") or "",
        people=people_said(request.form),
    )
    preview = _judged(code, completions, terms)
    if request.form.get("seen") != _mark(preview, terms):
        return _list_page(code, form, completions, preview, terms)
    done = preview
    with transaction() as db:

        def act() -> str:
            nonlocal done
            done = services.accept_list(
                db,
                actor=current_actor(),
                country_code=code,
                completions=completions,
                terms=terms,
                now=clock.now(),
                today=clock.today(),
            )
            return code

        once(db, press_key(), act, now=clock.now())
    flash(wording.accepted(done, reader_language()), "success" if done.recognised else "warning")
    return redirect(url_for("recognised.country", code=code), 303)


def _judged(code: str, completions: CompletionList, terms: ListTerms) -> JudgedList:
    with reading() as db:
        return queries.judged(
            db,
            actor=current_actor(),
            country_code=code,
            completions=completions,
            terms=terms,
            today=clock.today(),
        )


def _mark(preview: JudgedList, terms: ListTerms) -> str:
    """Returns a mark of what would be written, and of nothing else that was typed."""
    return mark_of(
        (
            terms.course,
            terms.source,
            terms.title,
            terms.hours,
            [(one.person_id, one.on, one.line.title, one.line.hours) for one in preview.recognised],
        )
    )


def _read_list(form: ListForm) -> CompletionList:
    """Reads the file, or the rows in the form, and puts into the form what the next page carries."""
    content = sent_bytes(LIST_FILE)
    order = request.form.get("order", "")
    order = order if order in ("day", "month") else ""
    if content is not None:
        completions = rules.read_list(rows_of(content).rows, order=order)
    elif form.lines.data:
        completions = rules.read_list(rows_of_text(form.lines.data.encode()), order=order)
    else:
        raise rules.NoList
    form.lines.data = rules.text_of(completions.lines)
    return completions


def _one_course(form: ListForm, completions: CompletionList) -> bool:
    """Fills in how the course is called there, where the list says it. False, with a sentence at the
    field, where nobody says it or the list has several.
    """
    titles = queries.titles_in(completions)
    if form.title.data or len(titles) == 1:
        form.title.data = form.title.data or titles[0]
        return True
    sentence = (
        Sentence(rules.SEVERAL_COURSES, {"titles": " · ".join(titles[: rules.MOST_TITLES])})
        if titles
        else Sentence(rules.NO_TITLE)
    )
    form.title.errors = [say(reader_language(), sentence)]
    return False


def _list_page(
    code: str,
    form: ListForm,
    completions: CompletionList | None = None,
    preview: JudgedList | None = None,
    terms: ListTerms | None = None,
) -> str:
    """Renders the form and, once a list was read, what would become of each row."""
    _offer(form)
    actor, language = current_actor(), reader_language()
    policy.require_may_bring_in(actor, code)
    with reading() as db:
        place = roster.country_of(db, code)
        known = queries.people_of(db, actor=actor, country_code=code) if preview else ()
    if place is None:
        raise NotFound
    said = people_said(request.form)
    return render_template(
        "training/recognised/completion_list.html",
        form=form,
        country=place,
        completions=completions,
        preview=preview,
        seen=_mark(preview, terms) if preview and terms else "",
        summary=wording.ahead(preview, language) if preview else "",
        outcome=lambda one: wording.outcome(one, language),
        marks=wording.MARKS,
        said=said,
        names={one.person_id: one.name for one in known},
    )


def _offer(form: TrainingForm, *, one: bool = False) -> None:
    """Offers courses and sources in the reader's language."""
    language = reader_language()
    with reading() as db:
        courses = queries.courses(db)
    sources = tuple(RecognisedSource) if one else PLATFORMS
    form.offer(
        [(each.slug, each.title.in_(language)) for each in courses],
        [(each.value, _(wording.SOURCES[each])) for each in sources],
    )


# One certificate: brought by its holder, or by the focal point for somebody of the country.


@bp.get("/certificates/elsewhere")
@requires(policy.may_bring)
def bring() -> str:
    return _certificate_page(CertificateForm(formdata=None))


@bp.post("/certificates/elsewhere")
@requires(policy.may_bring)
@takes_up_to(rules.MOST_BYTES + FORM_BYTES)
def bring_submitted() -> Answer:
    return _bring(CertificateForm(request.form))


@bp.get("/countries/<code>/recognised/certificate")
@requires(policy.may_bring_in_some)
def certificate(code: str) -> str:
    return _certificate_page(OfSomebodyForm(formdata=None), code)


@bp.post("/countries/<code>/recognised/certificate")
@requires(policy.may_bring_in_some)
@takes_up_to(rules.MOST_BYTES + FORM_BYTES)
def recognise(code: str) -> Answer:
    policy.require_may_bring_in(current_actor(), code)
    return _bring(OfSomebodyForm(request.form), code)


def _bring(form: CertificateForm, code: str = "") -> Answer:
    """Notes the certificate of the actor or, on the page of a country, of whom the form names."""
    actor = current_actor()
    _offer_certificate(form, code)
    upload = _checked_upload(form)
    if upload is None:
        return _certificate_page(form, code), INVALID
    person_id = int(form.person.data) if isinstance(form, OfSomebodyForm) else actor.person_id
    try:
        with transaction() as db:
            once(
                db,
                press_key(),
                lambda: (
                    services.bring_certificate(
                        db,
                        actor=actor,
                        person_id=person_id,
                        claim=form.claim,
                        upload=upload,
                        now=clock.now(),
                        today=clock.today(actor.timezone),
                    ).id
                ),
                now=clock.now(),
            )
    except Refusal as refusal:
        services.drop_file(upload.key)
        status = show_refusal(form, refusal)
        return _certificate_page(form, code), status
    if person_id == actor.person_id:
        flash_sent(_("It waits for the focal point of your country, who is told."))
        return redirect(url_for("certificates.my_certificates", _anchor="elsewhere"), 303)
    flash(_("It is recognised now, and counted apart from our certificates."), "success")
    return redirect(url_for("recognised.country", code=code), 303)


def _certificate_page(form: CertificateForm, code: str = "") -> str:
    _offer_certificate(form, code)
    place = None
    if code:
        with reading() as db:
            place = roster.country_of(db, code)
        if place is None:
            raise NotFound
    return render_template("training/recognised/certificate.html", form=form, country=place)


def _offer_certificate(form: CertificateForm, code: str) -> None:
    _offer(form, one=True)
    if isinstance(form, OfSomebodyForm):
        with reading() as db:
            people = queries.people_of(db, actor=current_actor(), country_code=code)
        form.person.choices = [("", ""), *((str(one.person_id), one.name) for one in people)]


def _checked_upload(form: CertificateForm) -> StoredUpload | None:
    """Validates the form and its file; stores the file when both are right, None otherwise. A
    picture is written anew, so that nothing but its pixels is kept.
    """
    is_typed = form.validate()
    try:
        media_type, content = _certificate_sent()
    except FileRefused as refusal:
        form.certificate.errors = [say(reader_language(), refusal.sentence)]
        return None
    return StoredUpload(files().put(content), media_type) if is_typed else None


def _certificate_sent() -> tuple[str, bytes]:
    """Returns the media type and the bytes to keep. Raises FileRefused."""
    content = sent_bytes(FILE)
    if not content:
        raise FileRefused(FILE, Sentence(rules.NO_FILE))
    if len(content) > rules.MOST_BYTES:
        raise FileRefused(
            FILE, Sentence(rules.TOO_LARGE, {"most": rules.MOST_BYTES // 1024 // 1024})
        )
    if content.startswith(first_bytes.PDF):
        return PDF, inert(FILE, content)
    try:
        picture = written_anew(content)
    except NotAPicture as refused:
        raise FileRefused(FILE, Sentence(rules.NOT_A_FILE)) from refused
    return picture.media_type, picture.content


# One training: looked at, accepted, declined, taken back, withdrawn.


@bp.get("/recognised/<int:training_id>")
@requires(signed_in)
def training(training_id: int) -> str:
    return _training_page(training_id, EndingForm(formdata=None))


@bp.get("/recognised/<int:training_id>/file")
@requires(signed_in)
def file(training_id: int) -> Response:
    """Sends the uploaded certificate: a picture to be seen, because we wrote it; a PDF to be saved."""
    view = _view(training_id)
    if not view.file_key:
        raise NotFound
    try:
        content = files().get(view.file_key)
    except FileNotFoundError as lost:
        raise FileLost from lost
    ending = view.media_type.rpartition("/")[2]
    answer = send_file(
        BytesIO(content),
        mimetype=view.media_type,
        as_attachment=not view.is_picture,
        download_name=f"convoca-{view.id}.{ending}",
    )
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@bp.post("/recognised/<int:training_id>/acceptance")
@requires(policy.may_see_some)
def accept(training_id: int) -> Answer:
    view = _view(training_id)
    try:
        with transaction() as db:
            services.accept_training(
                db,
                actor=current_actor(),
                training_id=training_id,
                now=clock.now(),
                today=clock.today(),
            )
    except Refusal as refusal:
        return _refused(training_id, EndingForm(formdata=None), refusal)
    flash_sent(_("The training of %(name)s is recognised; they are told.", name=view.person))
    return redirect(url_for("recognised.country", code=view.country_code), 303)


@bp.post("/countries/<code>/recognised/sheets/<uuid:batch_id>/acceptance")
@requires(policy.may_bring_in_some)
def accept_sheet(code: str, batch_id: UUID) -> Answer:
    """Accepts what waits of a sheet of earlier years at once."""
    with transaction() as db:
        accepted = services.accept_sheet(
            db, actor=current_actor(), country_code=code, batch_id=batch_id, now=clock.now()
        )
    flash(
        ngettext(
            "%(num)s certificate is recognised now.",
            "%(num)s certificates are recognised now.",
            accepted,
        )
        if accepted
        else _("Nothing of this sheet waits any more."),
        "success" if accepted else "warning",
    )
    return redirect(url_for("recognised.country", code=code), 303)


@bp.post("/recognised/<int:training_id>/refusal")
@requires(policy.may_see_some)
def decline(training_id: int) -> Answer:
    """Declines what waits, or takes back what was accepted: which, says the state that was seen."""
    view = _view(training_id)
    form = EndingForm(request.form)
    if not form.validate():
        return _training_page(training_id, form), INVALID
    waits = request.form.get("seen") != TrainingState.ACCEPTED.value
    try:
        with transaction() as db:
            act = services.decline_training if waits else services.take_back
            act(
                db,
                actor=current_actor(),
                training_id=training_id,
                reason=form.reason.data or "",
                now=clock.now(),
            )
    except Refusal as refusal:
        return _refused(training_id, form, refusal)
    flash_sent(
        _("It was not accepted; %(name)s is told why.", name=view.person)
        if waits
        else _("It counts no more; %(name)s is told why.", name=view.person)
    )
    return redirect(url_for("recognised.country", code=view.country_code), 303)


@bp.post("/recognised/<int:training_id>/withdrawal")
@requires(signed_in)
def withdraw(training_id: int) -> Answer:
    try:
        with transaction() as db:
            services.withdraw_certificate(
                db, actor=current_actor(), training_id=training_id, now=clock.now()
            )
    except Refusal as refusal:
        return _refused(training_id, EndingForm(formdata=None), refusal)
    flash(_("The certificate is gone, and its file with it."), "success")
    return redirect(url_for("certificates.my_certificates", _anchor="elsewhere"), 303)


def _view(training_id: int) -> TrainingView:
    with reading() as db:
        return queries.training_of(
            db, actor=current_actor(), training_id=training_id, today=clock.today()
        )


def _refused(training_id: int, form: EndingForm, refusal: Refusal) -> Answer:
    if isinstance(refusal, NotFound) or refusal.kind is Kind.FORBIDDEN:
        raise refusal
    status = show_refusal(form, refusal)
    return _training_page(training_id, form), status


def _training_page(training_id: int, form: EndingForm) -> str:
    actor, view = current_actor(), _view(training_id)
    return render_template(
        "training/recognised/training.html",
        view=view,
        form=form,
        is_own=actor.person_id == view.person_id,
        may_keep=policy.may_keep(actor, view.country_code),
    )
