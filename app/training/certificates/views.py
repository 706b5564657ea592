"""Pages: verify for everybody, my certificates, a country's certificates for its focal point, the
PDF.
"""

import hashlib
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from uuid import UUID

from flask import (
    Blueprint,
    Response,
    make_response,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.installation import installation
from app.infra.language import say
from app.kernel.paging import Paging
from app.kernel.refusal import NotFound, Refusal
from app.training.certificates import policy, queries, rules, services, wording
from app.training.certificates.queries import CertificateRecord, Renewal
from app.training.certificates.tasks import issue_earned, stored_pdf, stored_picture
from app.training.certificates.values import CertificateFacts
from app.training.certificates.wording import hours_text, reason_sentence, taken_text
from app.training.learning.policy import may_study
from app.training.learning.rules.duration import WORDS_A_MINUTE
from app.training.learning.values import EditionStep
from app.web.guards import anyone, current_actor, requires
from app.web.locale import reader_language
from app.web.paging import addresses, page_asked

bp = Blueprint("certificates", __name__)
LISTED = 25


@dataclass(frozen=True)
class OwnCertificate:
    """The certificate of what the reader completed, or why there is none."""

    record: CertificateRecord | None = None
    refusal: str = ""


@bp.app_template_global()
def certificate_of(course_edition_id: int, enrolment_id: UUID) -> OwnCertificate:
    """Returns the reader's own certificate for an enrolment that they completed, for the page that
    shows it.

    It is issued now where the background has not come to it: nobody who passed is told to wait.
    """
    actor, now = current_actor(), clock.now()
    today = clock.today(actor.timezone)
    with reading() as db:
        record = queries.my_certificate_of(db, actor=actor, enrolment_id=enrolment_id, today=today)
    if record is None and actor.person_id is not None:
        try:
            issue_earned(
                person_id=actor.person_id,
                edition_id=course_edition_id,
                enrolment_id=enrolment_id,
                actor=actor,
                now=now,
            )
        except Refusal as refusal:
            return OwnCertificate(refusal=say(reader_language(), refusal.sentence))
        with reading() as db:
            record = queries.my_certificate_of(
                db, actor=actor, enrolment_id=enrolment_id, today=today
            )
    return OwnCertificate(record)


@bp.app_template_global()
def renewal_of(course_slug: str) -> Renewal | None:
    """Returns the reader's certificate of a course and how it is renewed.

    Returns None without a certificate, and while they take the course again.
    """
    actor = current_actor()
    if actor.person_id is None:
        return None
    with reading() as db:
        today = clock.today(actor.timezone)
        return queries.renewals_of(db, actor=actor, today=today).get(course_slug)


@bp.app_template_global()
def changes_sentence(step: EditionStep) -> str:
    return wording.changes_sentence(step, reader_language())


@bp.post("/courses/<slug>/renewals")
@requires(may_study)
def renew(slug: str) -> BaseResponse:
    """Leads to the course page, where what stands and what is to be taken can be told apart."""
    actor = current_actor()
    with transaction() as db:
        services.renew_certificate(
            db,
            actor=actor,
            course_slug=slug,
            language=reader_language(),
            now=clock.now(),
            today=clock.today(actor.timezone),
        )
    return redirect(url_for("learning.course", slug=slug))


@bp.app_template_global()
def modules_taken(record: CertificateRecord) -> str:
    return (
        ""
        if record.facts is None
        else taken_text(record.facts, record.modules_announced, reader_language())
    )


@bp.app_template_filter("hours")
def hours(text: str) -> str:
    return hours_text(text, reader_language())


@bp.get("/verify")
@requires(anyone)
def verify() -> BaseResponse:
    """Shows one field; what was typed comes back as a query and leads to the code's own address."""
    typed = request.args.get("code", "")
    if not typed.strip():
        return _private(
            render_template("training/certificates/verify.html", typed="", error=""), 200
        )
    try:
        return redirect(url_for("certificates.verify_code", code=rules.read_code(typed)))
    except rules.CodeMalformed as refusal:
        return _malformed(typed, refusal)


@bp.get("/verify/<code>")
@requires(anyone)
def verify_code(code: str) -> BaseResponse:
    """Answers 200 with the facts, 404 when the code is unknown, 400 when it cannot be a code."""
    try:
        stored = rules.read_code(code)
    except rules.CodeMalformed as refusal:
        return _malformed(code, refusal)
    today = clock.today()
    with reading() as db:
        record = queries.public_certificate(db, stored, today=today)
    page = render_template(
        "training/certificates/verify_code.html",
        record=record,
        today=today,
        code=rules.grouped(stored),
        reason=reason_sentence(record.reason),
        words_a_minute=WORDS_A_MINUTE,
    )
    return _private(page, 404 if record.facts is None else 200)


@bp.get("/VERIFY/<code>")
@requires(anyone)
def verify_scanned(code: str) -> BaseResponse:
    """Redirects from the capitals of a QR image, which make it coarser and easier to scan."""
    return redirect(url_for("certificates.verify_code", code=code), 301)


@bp.app_template_global()
def waits_for_address(facts: CertificateFacts) -> bool:
    """Returns True for a certificate that is issued and cannot be drawn yet."""
    if rules.has_place(facts):
        return False
    with reading() as db:
        return not installation(db).has_address


@bp.get("/certificates")
@requires(policy.may_have_own)
def my_certificates() -> str:
    with reading() as db:
        actor, today = current_actor(), clock.today(current_actor().timezone)
        records = queries.my_certificates(db, actor=actor, today=today)
        renewals = queries.renewals_of(db, actor=actor, today=today)
    to_renew = [one for one in renewals.values() if one.kind]
    return render_template(
        "training/certificates/my_certificates.html",
        records=records,
        current=[one for one in records if one.status in rules.HOLDING],
        earlier=[one for one in records if one.status not in rules.HOLDING],
        renewals={one.code: one for one in to_renew},
        ends_first=min(to_renew, key=_last_day).code if to_renew else "",
        grouped=rules.grouped,
    )


def _last_day(renewal: Renewal) -> tuple[date, str]:
    """Sorts what ends first to the front, and what never ends to the back."""
    facts = renewal.record.facts
    return (facts.last_valid_on if facts and facts.last_valid_on else date.max, renewal.code)


@bp.get("/certificates/countries/<country_code>")
@requires(policy.may_see_some_country)
def country_certificates(country_code: str) -> str:
    with reading() as db:
        records = queries.certificates_of_country(
            db, actor=current_actor(), country_code=country_code.upper(), today=clock.today()
        )
    paging = Paging(len(records), LISTED, page_asked())
    shown = records[paging.offset : paging.last]
    return render_template(
        "training/certificates/country_certificates.html",
        records=shown,
        paging=paging,
        address=addresses(),
    )


@bp.get("/certificates/<code>.pdf")
@requires(policy.may_have_own)
def certificate_pdf(code: str) -> BaseResponse:
    """Sends the PDF to the owner and the focal point of the country; draws it if the background has
    not done so yet.
    """
    try:
        stored = rules.read_code(code)
    except rules.CodeMalformed as refusal:
        raise NotFound from refusal
    with reading() as db:
        source = queries.pdf_source(db, stored, actor=current_actor())
    content = BytesIO(stored_pdf(stored, now=clock.now()))
    name = rules.file_name(source.facts.holder_name, source.facts.course_title["es"], stored)
    return send_file(
        content, mimetype="application/pdf", as_attachment=True, download_name=name, max_age=0
    )


@bp.get("/certificates/<code>.webp")
@requires(policy.may_have_own)
def certificate_picture(code: str) -> BaseResponse:
    """Sends the certificate as a picture, to the same people as the PDF; `?download` saves it under
    a name.
    """
    try:
        stored = rules.read_code(code)
    except rules.CodeMalformed as refusal:
        raise NotFound from refusal
    with reading() as db:
        source = queries.pdf_source(db, stored, actor=current_actor())
    content = stored_picture(stored, now=clock.now())
    name = rules.file_name(source.facts.holder_name, source.facts.course_title["es"], stored)
    answer = send_file(
        BytesIO(content),
        mimetype="image/webp",
        as_attachment="download" in request.args,
        download_name=f"{name.removesuffix('.pdf')}.webp",
        max_age=0,
    )
    answer.set_etag(hashlib.sha256(content).hexdigest())
    return answer.make_conditional(request)


def _malformed(typed: str, refusal: rules.CodeMalformed) -> Response:
    page = render_template(
        "training/certificates/verify.html",
        typed=typed[: rules.LONGEST_TYPED],
        error=_(refusal.msgid),
    )
    return _private(page, 400)


def _private(page: str, status: int) -> Response:
    """Answers with a page that nobody indexes or keeps, and that tells no address with a code to
    the next site.
    """
    answer = make_response(page, status)
    answer.headers["X-Robots-Tag"] = "noindex"
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
