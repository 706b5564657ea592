"""What certificates say, look like and are signed by: pages of the office."""

import hashlib
from datetime import date, timedelta
from io import BytesIO
from typing import Any

from flask import flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.files import files, key_of
from app.infra.installation import installation
from app.infra.language import say
from app.infra.once import once
from app.infra.pdf import DrawingFailed
from app.infra.pictures import NotAPicture, ink_png
from app.kernel.actor import Actor
from app.kernel.reference import REFERENCE_ZONE
from app.kernel.refusal import Kind, NotFound, Refusal, Sentence
from app.kernel.seen import mark_of
from app.kernel.text import N_
from app.training.certificates import policy, rules
from app.training.certificates.exports import render_pdf
from app.training.certificates.exports.picture import render_picture
from app.training.certificates.forms import (
    LookForm,
    PaperTextForm,
    SignatoryForm,
    on_one_line,
    typed_text,
)
from app.training.certificates.queries.achievements import signatories_on
from app.training.certificates.queries.papers import (
    OfficePapers,
    SignatoryView,
    end_of_signing,
    is_own_picture,
    office_papers,
    signatory_terms,
    specimen,
)
from app.training.certificates.services import papers as services
from app.training.certificates.tasks import PictureLost, pictures_of
from app.training.certificates.values import (
    PAPER_LANGUAGES,
    CertificateFacts,
    CertificateKind,
    PaperLook,
    PaperSize,
    PaperText,
)
from app.training.certificates.views import bp
from app.training.certificates.wording import paper_name
from app.web.bodies import takes_up_to
from app.web.errors import STATUS
from app.web.form_token import press_key
from app.web.guards import current_actor, requires
from app.web.limits import PDF, PICTURE
from app.web.locale import reader_language
from app.web.mistakes import show_errors, show_refusal
from app.web.uploads import FileRefused, sent_bytes

Answer = BaseResponse | str | tuple[str, int]
INVALID = STATUS[Kind.INVALID]
MOST_BYTES = 5 * 1024 * 1024
FORM_BYTES = 64 * 1024
LARGEST_LOGO, LARGEST_SIGNATURE = (1000, 300), (800, 260)
"""In pixels: some 300 to an inch on the sheet."""
KEPT_BYTES = 120 * 1024
"""Each certificate carries its pictures, so they stay small."""
PNG = "image/png"
TOO_LARGE = N_("The picture has more than %(most)d MB. Make it smaller and choose it again.")
NO_PICTURE = N_(
    "This is no picture that can be read: choose a PNG, JPEG or WebP file in which something is drawn."
)
TOO_LONG = N_(
    "With the longest names of this installation the text does not fit on the sheet. Shorten it."
)


@bp.get("/certificates/papers")
@requires(policy.may_set_papers)
def papers() -> str:
    today = _today()
    with reading() as db:
        papers, terms = office_papers(db), signatory_terms(db)
        signatory = signatories_on(db, [today])[today]
    return render_template(
        "training/certificates/papers.html",
        papers=papers,
        kinds=tuple(CertificateKind),
        first=PaperLook(),
        terms=terms,
        signatory=signatory,
        ends=end_of_signing(terms, today),
        today=today,
        one_day=timedelta(days=1),
    )


@bp.get("/certificates/papers/texts/<kind>")
@requires(policy.may_set_papers)
def paper_text(kind: str) -> Answer:
    wanted = _kind(kind)
    with reading() as db:
        text = office_papers(db).text(wanted)
    return _text_page(wanted, PaperTextForm.of(text))


@bp.post("/certificates/papers/texts/<kind>")
@requires(policy.may_set_papers, costs=PDF)
def set_paper_text(kind: str) -> Answer:
    """Saves the words of a kind once they fit on the sheet, with the longest names there are."""
    wanted, form = _kind(kind), PaperTextForm(request.form)
    if not _is_printable(form, wanted):
        return _text_page(wanted, form), INVALID
    if _drawn(wanted, text=form.text) is None:
        show_errors(form, {"sentence_es": Sentence(TOO_LONG)})
        return _text_page(wanted, form), INVALID
    try:
        with transaction() as db:
            services.set_text(
                db,
                actor=current_actor(),
                kind=wanted,
                text=form.text,
                seen=form.seen.data or "",
                now=clock.now(),
            )
    except Refusal as refusal:
        status = show_refusal(form, refusal, stored=url_for("certificates.paper_text", kind=kind))
        return _text_page(wanted, form), status
    flash(_("Saved. Certificates that are issued from now on say this."), "success")
    return redirect(url_for("certificates.papers"), 303)


@bp.post("/certificates/papers/texts/<kind>/preview")
@requires(policy.may_set_papers, costs=PDF)
def preview_paper_text(kind: str) -> Answer:
    """Shows what is typed on a sheet, without saving it."""
    wanted, form = _kind(kind), PaperTextForm(request.form)
    if not _is_printable(form, wanted):
        return _text_page(wanted, form), INVALID
    pdf = _drawn(wanted, text=form.text, size=_size(request.form.get("paper")))
    if pdf is None:
        show_errors(form, {"sentence_es": Sentence(TOO_LONG)})
        return _text_page(wanted, form), INVALID
    return _pdf(pdf, wanted)


@bp.post("/certificates/papers/texts/<kind>/reset")
@requires(policy.may_set_papers)
def reset_paper_text(kind: str) -> BaseResponse:
    wanted = _kind(kind)
    with transaction() as db:
        services.reset_text(db, actor=current_actor(), kind=wanted, now=clock.now())
    flash(_("Certificates that are issued from now on say what they said first."), "success")
    return redirect(url_for("certificates.papers"), 303)


@bp.get("/certificates/papers/<kind>.pdf")
@requires(policy.may_set_papers, costs=PDF)
def paper_preview(kind: str) -> BaseResponse:
    """Sends a specimen of a kind as it would be issued today; `?paper=letter` on that sheet."""
    wanted = _kind(kind)
    pdf = _drawn(wanted, size=_size(request.args.get("paper")), with_reserve=False)
    if pdf is None:
        raise NotFound  # no text is kept with which it would not fit
    return _pdf(pdf, wanted)


@bp.get("/certificates/papers/<kind>.webp")
@requires(policy.may_set_papers, costs=PICTURE)
def paper_picture(kind: str) -> BaseResponse:
    facts = _specimen(_kind(kind))
    content = render_picture(facts, pictures_of(facts))
    answer = send_file(BytesIO(content), mimetype="image/webp", max_age=0)
    answer.set_etag(hashlib.sha256(content).hexdigest())
    return answer.make_conditional(request)


@bp.get("/certificates/papers/pictures/<sha256>")
@requires(policy.may_set_papers)
def own_picture(sha256: str) -> BaseResponse:
    """Sends a logo or a signature."""
    with reading() as db:
        if not is_own_picture(db, sha256):
            raise NotFound
    try:
        content = files().get(key_of(sha256))
    except FileNotFoundError as lost:
        raise PictureLost from lost
    return send_file(BytesIO(content), mimetype=PNG, max_age=0)


@bp.get("/certificates/papers/look")
@requires(policy.may_set_papers)
def paper_look() -> Answer:
    with reading() as db:
        look = office_papers(db).look
    data = {"deep": look.deep, "accent": look.accent, "seen": mark_of(look)}
    return _look_page(LookForm(formdata=None, data=data))


@bp.post("/certificates/papers/look")
@requires(policy.may_set_papers)
@takes_up_to(MOST_BYTES + FORM_BYTES)
def set_paper_look() -> Answer:
    form = LookForm(request.form)
    is_typed = form.validate()
    png = _uploaded(form.logo, LARGEST_LOGO)
    if not is_typed or form.logo.errors:
        return _look_page(form), INVALID
    actor = current_actor()
    try:
        with transaction() as db:
            standing = office_papers(db).look
            logo = "" if form.without_logo.data else standing.logo
            services.set_look(
                db,
                actor=actor,
                look=PaperLook(form.deep.data, form.accent.data, _kept(db, actor, png) or logo),
                seen=form.seen.data or "",
                now=clock.now(),
            )
    except Refusal as refusal:
        status = show_refusal(form, refusal, stored=url_for("certificates.paper_look"))
        return _look_page(form), status
    flash(_("Saved. Certificates that are issued from now on look like this."), "success")
    return redirect(url_for("certificates.papers"), 303)


@bp.get("/certificates/papers/signatories/new")
@requires(policy.may_set_papers)
def new_signatory() -> Answer:
    return _signatory_page(SignatoryForm(formdata=None, data={"valid_from": _today()}))


@bp.post("/certificates/papers/signatories/new")
@requires(policy.may_set_papers)
@takes_up_to(MOST_BYTES + FORM_BYTES)
def add_signatory() -> Answer:
    return _save_signatory(0)


@bp.get("/certificates/papers/signatories/<int:term_id>")
@requires(policy.may_set_papers)
def signatory(term_id: int) -> Answer:
    view = _term(term_id)
    data = {
        "name": view.name,
        "role_es": view.role["es"],
        "role_en": view.role["en"],
        "valid_from": view.valid_from,
        "valid_until": view.valid_until,
        "seen": mark_of(view),
    }
    return _signatory_page(SignatoryForm(formdata=None, data=data), view)


@bp.post("/certificates/papers/signatories/<int:term_id>")
@requires(policy.may_set_papers)
@takes_up_to(MOST_BYTES + FORM_BYTES)
def change_signatory(term_id: int) -> Answer:
    return _save_signatory(term_id)


@bp.post("/certificates/papers/signatories/<int:term_id>/remove")
@requires(policy.may_set_papers)
def remove_signatory(term_id: int) -> BaseResponse:
    with transaction() as db:
        services.remove_signatory(db, actor=current_actor(), term_id=term_id, now=clock.now())
    flash(_("Taken out. What they signed stays as it is."), "success")
    return redirect(url_for("certificates.papers"), 303)


def _save_signatory(term_id: int) -> Answer:
    form = SignatoryForm(request.form)
    view = _term(term_id) if term_id else None
    is_typed = form.validate()
    png = _uploaded(form.signature, LARGEST_SIGNATURE)
    if not is_typed or form.signature.errors:
        return _signatory_page(form, view), INVALID
    actor = current_actor()

    def save(db: Session) -> int:
        standing = "" if view is None or form.without_signature.data else view.signature
        return services.set_signatory(
            db,
            actor=actor,
            signatory=SignatoryView(
                id=term_id,
                name=on_one_line(form.name.data),
                role=typed_text(form, "role"),
                valid_from=form.valid_from.data,
                valid_until=form.valid_until.data,
                signature=_kept(db, actor, png) or standing,
            ),
            seen=form.seen.data or "",
            now=clock.now(),
        )

    try:
        with transaction() as db:
            if term_id:
                save(db)
            else:
                once(db, press_key(), lambda: save(db), now=clock.now())
    except Refusal as refusal:
        stored = url_for("certificates.signatory", term_id=term_id) if term_id else ""
        status = show_refusal(form, refusal, stored=stored)
        return _signatory_page(form, view), status
    flash(_("Saved. Certificates that are issued on these days bear this signature."), "success")
    return redirect(url_for("certificates.papers"), 303)


def _today() -> date:
    """Returns the day that decides who signs what is issued now."""
    return rules.local_day(clock.now(), REFERENCE_ZONE)


def _kind(kind: str) -> CertificateKind:
    try:
        return CertificateKind(kind)
    except ValueError as unknown:
        raise NotFound from unknown


def _size(asked: str | None) -> PaperSize:
    return PaperSize.LETTER if asked == PaperSize.LETTER else PaperSize.A4


def _term(term_id: int) -> SignatoryView:
    with reading() as db:
        terms = signatory_terms(db)
    view = next((one for one in terms if one.id == term_id), None)
    if view is None:
        raise NotFound
    return view


def _is_printable(form: PaperTextForm, kind: CertificateKind) -> bool:
    """Returns whether the words can be printed at all; what is wrong stands at its field."""
    is_typed = form.validate()
    mistakes = rules.mistakes_in_text(kind, form.text)
    show_errors(form, {name: said for name, said in mistakes.items() if not form[name].errors})
    return is_typed and not mistakes


def _specimen(kind: CertificateKind, text: PaperText | None = None) -> CertificateFacts:
    """Returns a specimen as it would be issued today, with other words where they are given."""
    now, today = clock.now(), _today()
    with reading() as db:
        standing = office_papers(db)
        papers = OfficePapers({kind: text or standing.text(kind)}, standing.look)
        signatory = signatories_on(db, [today])[today]
        return specimen(
            db,
            kind,
            papers.printed(kind, signatory.signature),
            signatory=signatory,
            now=now,
            today=today,
            address=installation(db).address,
        )


def _drawn(
    kind: CertificateKind,
    *,
    text: PaperText | None = None,
    size: PaperSize = PaperSize.A4,
    with_reserve: bool = True,
) -> bytes | None:
    """Returns a specimen as PDF; None where its text does not fit on the sheet."""
    facts = _specimen(kind, text)
    try:
        return render_pdf(
            facts,
            size,
            pictures=pictures_of(facts),
            with_reserve=with_reserve,
            can_wait=False,
        )
    except DrawingFailed as failure:
        if not str(failure).startswith("DoesNotFit"):
            raise
        return None


def _pdf(pdf: bytes, kind: CertificateKind) -> BaseResponse:
    return send_file(
        BytesIO(pdf), mimetype="application/pdf", download_name=f"{kind.value}.pdf", max_age=0
    )


def _uploaded(field: Any, most: tuple[int, int]) -> bytes | None:
    """Returns the picture that was chosen, written anew as PNG; None where none was. What is wrong
    with it stands at the field.
    """
    try:
        content = sent_bytes(field.name, MOST_BYTES + 1)
        if not content:
            return None
        if len(content) <= MOST_BYTES:
            return ink_png(content, most=most, most_bytes=KEPT_BYTES)
        defect = Sentence(TOO_LARGE, {"most": MOST_BYTES // 1024 // 1024})
    except NotAPicture:
        defect = Sentence(NO_PICTURE)
    except FileRefused as refusal:
        defect = refusal.sentence
    field.errors = [*field.errors, say(reader_language(), defect)]
    return None


def _kept(db: Session, actor: Actor, png: bytes | None) -> str:
    """Keeps a picture; returns its SHA-256, "" for none."""
    if png is None:
        return ""
    files().put(png)
    sha256 = hashlib.sha256(png).hexdigest()
    services.keep_picture(db, actor=actor, sha256=sha256, size=len(png), now=clock.now())
    return sha256


def _text_page(kind: CertificateKind, form: PaperTextForm) -> str:
    return render_template(
        "training/certificates/paper_text.html",
        form=form,
        kind=kind,
        name=paper_name(kind, reader_language()),
        offered={
            language: [rules.in_braces(one, language) for one in rules.offered(kind)]
            for language in PAPER_LANGUAGES
        },
        is_own=form.text != rules.FIRST_TEXTS[kind],
    )


def _look_page(form: LookForm) -> str:
    with reading() as db:
        look = office_papers(db).look
    return render_template(
        "training/certificates/paper_look.html", form=form, look=look, first=PaperLook()
    )


def _signatory_page(form: SignatoryForm, view: SignatoryView | None = None) -> str:
    return render_template("training/certificates/signatory.html", form=form, view=view)
