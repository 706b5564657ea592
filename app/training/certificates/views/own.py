"""The reader's own certificates."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from flask import (
    redirect,
    render_template,
    url_for,
)
from werkzeug.wrappers import Response as BaseResponse

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.installation import installation
from app.infra.language import say
from app.kernel.refusal import Refusal
from app.training.certificates import policy, rules, wording
from app.training.certificates.queries import register
from app.training.certificates.queries.modules import own_module_codes
from app.training.certificates.queries.register import (
    CertificateRecord,
    my_certificate_of,
)
from app.training.certificates.queries.renewals import Renewal, renewals_of
from app.training.certificates.services.renewing import renew_certificate
from app.training.certificates.tasks import issue_earned, issue_module_earned
from app.training.certificates.values import CertificateFacts
from app.training.certificates.views import bp
from app.training.certificates.wording import hours_text, taken_text
from app.training.learning.policy import may_study
from app.training.learning.values import EditionStep
from app.web.guards import current_actor, requires
from app.web.locale import reader_language


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
        record = my_certificate_of(db, actor=actor, enrolment_id=enrolment_id, today=today)
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
            record = my_certificate_of(db, actor=actor, enrolment_id=enrolment_id, today=today)
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
        return renewals_of(db, actor=actor, today=today).get(course_slug)


@bp.app_template_global()
def public_address(record: CertificateRecord) -> str:
    """Returns the address that the paper bears, else the one of this site."""
    if record.facts is not None and rules.has_place(record.facts):
        return record.facts.verify_url
    return url_for("certificates.verify_code", code=record.code, _external=True)


@bp.app_template_global()
def linkedin_address(record: CertificateRecord) -> str:
    """Returns the address of LinkedIn's form for a certificate, filled in in the reader's language.
    Nothing is sent before its owner opens it there.
    """
    if record.facts is None:
        return ""
    return wording.linkedin_address(record.facts, public_address(record), reader_language())


@bp.app_template_global()
def changes_sentence(step: EditionStep) -> str:
    return wording.changes_sentence(step, reader_language())


@bp.app_template_global()
def ends_in(days: int) -> str:
    return wording.ends_in(days, reader_language())


@bp.post("/courses/<slug>/renewals")
@requires(may_study)
def renew(slug: str) -> BaseResponse:
    """Leads to the course page, where what stands and what is to be taken can be told apart."""
    actor = current_actor()
    with transaction() as db:
        renew_certificate(
            db,
            actor=actor,
            course_slug=slug,
            language=reader_language(),
            now=clock.now(),
            today=clock.today(actor.timezone),
        )
    return redirect(url_for("learning.course", slug=slug))


@bp.app_template_global()
def module_codes(enrolment_id: UUID | None) -> dict[int, str]:
    """Returns the codes of the certificates of single modules that the reader took of a course, by
    the module's number.
    """
    if enrolment_id is None:
        return {}
    with reading() as db:
        return own_module_codes(db, actor=current_actor(), enrolment_id=enrolment_id)


@bp.post("/enrolments/<uuid:enrolment_id>/modules/<int:number>/certificate")
@requires(may_study)
def take_module_certificate(enrolment_id: UUID, number: int) -> BaseResponse:
    """Issues the certificate of a module that the reader completed, and leads to it."""
    code = issue_module_earned(
        enrolment_id=enrolment_id, number=number, actor=current_actor(), now=clock.now()
    )
    return redirect(url_for("certificates.my_certificates", _anchor=f"certificate-{code}"), 303)


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
        records = register.my_certificates(db, actor=actor, today=today)
        renewals = renewals_of(db, actor=actor, today=today)
    to_renew = [one for one in renewals.values() if one.kind]
    current = [one for one in records if one.status in rules.HOLDING]
    ending = {
        one.code for one in current if one.facts and rules.ends_soon(one.facts.last_valid_on, today)
    }
    return render_template(
        "training/certificates/my_certificates.html",
        records=records,
        current=sorted(current, key=lambda one: one.code not in ending),
        earlier=[one for one in records if one.status not in rules.HOLDING],
        renewals={one.code: one for one in to_renew},
        ending=ending,
        today=today,
        ends_first=min(to_renew, key=_last_day).code if to_renew else "",
        grouped=rules.grouped,
    )


def _last_day(renewal: Renewal) -> tuple[date, str]:
    """Sorts what ends first to the front, and what never ends to the back."""
    facts = renewal.record.facts
    return (facts.last_valid_on if facts and facts.last_valid_on else date.max, renewal.code)
