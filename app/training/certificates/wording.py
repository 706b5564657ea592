"""Values of certificates as sentences."""

from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from babel.numbers import format_decimal
from flask_babel import gettext as _
from flask_babel import ngettext

from app.infra.body import current_body
from app.infra.language import date_text, ntranslate, translate
from app.kernel.text import N_, NN_, Language, interface_language
from app.training.certificates.queries.register import CertificateRecord
from app.training.certificates.rules import CodeMalformed, grouped
from app.training.certificates.values import (
    MEDIA_OF,
    PICTURE,
    CertificateFacts,
    CertificateKind,
    CertificateStatus,
    CodeMistake,
    HistoryKind,
    HistoryLine,
    ListedState,
    PaperSize,
    ProofVerdict,
    RevocationReason,
    SealLack,
    SealRead,
    SealState,
)
from app.training.learning.values import EditionStep
from app.training.learning.wording import length_text, modules_text
from app.web.letters_ahead import LetterFate

CRITERIA = {
    CertificateKind.COMPLETION: N_("Each module shown was completed with a passing result."),
    CertificateKind.MODULE: N_("The module was completed with a passing result."),
    CertificateKind.ATTENDANCE: N_("The time attended was recorded at the event."),
    CertificateKind.SPEAKER: N_("They took part in the event as a speaker."),
    CertificateKind.MODERATOR: N_("They moderated the event."),
    CertificateKind.HOST: N_("They held the event for the organizing country."),
}
"""What a certificate was given for, as a credential says it."""

REASONS = {
    RevocationReason.ERROR: N_("It was issued in error."),
    RevocationReason.WRONG_NAME: N_("The name on it was wrong."),
    RevocationReason.FRAUD: N_("It was obtained by deceit."),
    RevocationReason.REQUEST: N_("The holder asked for it."),
}

KINDS = {
    CertificateKind.COMPLETION: N_("Course"),
    CertificateKind.MODULE: N_("Module"),
    CertificateKind.ATTENDANCE: N_("Attendance"),
    CertificateKind.SPEAKER: N_("Speaker"),
    CertificateKind.MODERATOR: N_("Moderator"),
    CertificateKind.HOST: N_("Host country"),
}
LISTED_STATES = {
    ListedState.VALID: N_("Valid"),
    ListedState.ENDS_SOON: N_("Ends soon"),
    ListedState.EXPIRED: N_("Expired"),
    ListedState.SUPERSEDED: N_("Earlier edition"),
    ListedState.REPLACED: N_("Replaced"),
    ListedState.REVOKED: N_("Revoked"),
}

LETTERS = {
    LetterFate.WAITING: N_("The letter to %(address)s waits to leave."),
    LetterFate.HANDED_OVER: N_("Letter sent to %(address)s."),
    LetterFate.FILED: N_("The letter to %(address)s became a file in a folder; nobody got it."),
    LetterFate.RETURNED: N_("The letter to %(address)s came back."),
    LetterFate.NOT_SENT: N_("The letter to %(address)s was not sent."),
}


DRAWN = {
    "": N_("The PDF was made."),
    SealLack.TIME_STAMP: N_(
        "The PDF was made. Its seal has no time stamp: the authority did not answer."
    ),
    SealLack.VALIDATION: N_(
        "The PDF was made. Its seal has a time stamp, but not what proves it after years: an "
        "authority did not answer."
    ),
}
"""By what the seal lacks."""


def history_sentence(line: HistoryLine) -> str:
    """Returns what happened in the reader's language, without the day and who did it."""
    return str(_told(line))


def _told(line: HistoryLine) -> Any:
    match line.kind:
        case HistoryKind.ISSUED if line.detail:
            return _("Issued in place of %(code)s.", code=grouped(line.detail))
        case HistoryKind.ISSUED:
            return _("Issued.")
        case HistoryKind.DRAWN:
            return _(DRAWN[line.detail])
        case HistoryKind.REMINDED:
            return ngettext(
                "Told that %(num)s day was left.",
                "Told that %(num)s days were left.",
                int(line.detail),
            )
        case HistoryKind.LETTER_ASKED:
            return _("The letter was asked for once more.")
        case HistoryKind.LETTER:
            return _(LETTERS[LetterFate(line.fate)], address=line.detail)
        case HistoryKind.PROPOSED:
            return _("Revocation proposed: %(reason)s", reason=reason_sentence(line.reason))
        case HistoryKind.WITHDRAWN:
            return _("The proposal was withdrawn.")
        case HistoryKind.SUCCESSOR_PROPOSED:
            return _("Another one in its place was proposed.")
        case HistoryKind.REVOKED:
            return _("Revoked: %(reason)s", reason=reason_sentence(line.reason))
        case HistoryKind.REPLACED:
            return _("Replaced by %(code)s.", code=grouped(line.detail))
        case HistoryKind.ERASED:
            return _("The name was taken out of the register.")


PAPERS = {
    CertificateKind.COMPLETION: N_("Certificate of completion"),
    CertificateKind.MODULE: N_("Certificate of a module"),
    CertificateKind.ATTENDANCE: N_("Certificate of attendance"),
    CertificateKind.SPEAKER: N_("Certificate as speaker"),
    CertificateKind.MODERATOR: N_("Certificate as moderator"),
    CertificateKind.HOST: N_("Certificate of the organizing country"),
}


def paper_name(kind: CertificateKind, language: Language) -> str:
    """Returns what a certificate of a kind is called, in lists, on pages and in letters."""
    return translate(language, PAPERS[kind])


FILES = {
    MEDIA_OF[PaperSize.A4]: N_("PDF on A4"),
    MEDIA_OF[PaperSize.LETTER]: N_("PDF on Letter"),
    PICTURE: N_("picture"),
}


def file_kind(media_type: str, language: Language) -> str:
    """Returns what kind of file of a certificate it is."""
    return translate(language, FILES[media_type])


def criteria_sentence(kind: CertificateKind, language: Language) -> str:
    return translate(language, CRITERIA[kind])


def printed_lines(facts: CertificateFacts, language: Language) -> list[str]:
    """Returns what `printed_facts` says as lines of Markdown: "**Country:** Belize". A credential has
    no other place for most of it.
    """
    return [f"**{label}:** {text}" for label, text in printed_facts(facts, language)]


def printed_facts(
    facts: CertificateFacts, language: Language, *, announced: int = 0
) -> list[tuple[str, str]]:
    """Returns what the paper prints besides the name, the title and the code, as labels and texts.
    `announced` as for `taken_text`.
    """
    is_of_course = facts.kind in (CertificateKind.COMPLETION, CertificateKind.MODULE)
    names = [f"{module.number}. {module.title.in_(language)}" for module in facts.modules]
    exempted = ", ".join(str(number) for number in facts.exempted)
    told = (
        (translate(language, "Institution"), facts.institution.in_(language)),
        (translate(language, "Country"), facts.country.in_(language)),
        (translate(language, "Content covered"), taken_text(facts, announced, language)),
        (translate(language, "Modules"), "; ".join(names)),
        (translate(language, "Exempted by pre-test"), exempted),
        (
            translate(language, "Duration")
            if is_of_course
            else translate(language, "Time attended"),
            hours_text(facts.hours, language),
        ),
        (_day_label(facts.kind, language), date_text(language, facts.completed_on)),
        (
            translate(language, "Valid until"),
            date_text(language, facts.last_valid_on)
            if facts.last_valid_on
            else translate(language, "No expiry date"),
        ),
        (translate(language, "Guidelines version"), facts.guideline_version),
        (
            translate(language, "Issued by"),
            ", ".join(
                filter(None, (issuer_name(facts, language), facts.issuer_role.in_(language)))
            ),
        ),
    )
    return [(label, text) for label, text in told if text]


def _day_label(kind: CertificateKind, language: Language) -> str:
    if kind in (CertificateKind.COMPLETION, CertificateKind.MODULE):
        return translate(language, "Completed on")
    if kind is CertificateKind.ATTENDANCE:
        return translate(language, "Attended on")
    return translate(language, "Held on")


def reason_sentence(reason: RevocationReason | None) -> str:
    return "" if reason is None else _(REASONS[reason])


def mistake_sentence(refusal: CodeMalformed, language: Language) -> str:
    """Returns how to mend what was typed for a code."""
    match refusal.mistake:
        case CodeMistake.SYMBOL:
            return translate(
                language,
                "“%(symbol)s” is in none of our codes. They are made of digits and of letters without U.",
                symbol=refusal.shown,
            )
        case CodeMistake.SHORT:
            return ntranslate(
                language,
                "%(num)d character is missing: a code has 16, in four groups of four.",
                "%(num)d characters are missing: a code has 16, in four groups of four.",
                refusal.num,
            )
        case CodeMistake.LONG:
            return ntranslate(
                language,
                "There is %(num)d character too many: a code has 16, in four groups of four.",
                "There are %(num)d characters too many: a code has 16, in four groups of four.",
                refusal.num,
            )
        case CodeMistake.CHECK:
            return translate(
                language,
                "One character does not match. Compare each with the paper; easily confused are B and 8, "
                "S and 5, Z and 2.",
            )
        case CodeMistake.ELSEWHERE:
            return translate(
                language,
                "This link does not lead to us but to %(host)s. Type the code as it stands on the paper.",
                host=refusal.shown,
            )
        case CodeMistake.NO_CODE:
            return translate(language, refusal.msgid)


def issuer_name(facts: CertificateFacts, language: Language) -> str:
    """Returns who signed: a person's name as it is, that of the secretariat in the language, that of
    the body where nobody did.
    """
    if not facts.issuer_name:
        return facts.body_name.in_(language)
    secretariat = current_body().secretariat
    is_secretariat = facts.issuer_name in secretariat.values()
    return secretariat.in_(language) if is_secretariat else facts.issuer_name


CHANGED_OR_NEW = NN_(
    "%(num)d module is new or changed since your certificate; about %(length)s.",
    "%(num)d modules are new or changed since your certificate; about %(length)s.",
)
CHANGED = NN_(
    "%(num)d module changed since your certificate; about %(length)s.",
    "%(num)d modules changed since your certificate; about %(length)s.",
)


def changes_sentence(step: EditionStep, language: Language) -> str:
    """Returns how much there is to take since the certificate: "2 modules changed since your
    certificate; about 40 minutes."
    """
    changed = CHANGED_OR_NEW if step.has_new else CHANGED
    return ntranslate(
        language, *changed, len(step.to_take), length=length_text(step.minutes, language)
    )


def ends_in(days: int, language: Language) -> str:
    """Returns "ends in 21 days"; "ends today" on the last valid day."""
    if days <= 0:
        return translate(language, "ends today")
    return ntranslate(language, "ends in %(num)d day", "ends in %(num)d days", days)


LINKEDIN = "https://www.linkedin.com/profile/add"


def linkedin_address(facts: CertificateFacts, address: str, language: Language) -> str:
    """Returns LinkedIn's "Add to profile" with what the certificate says; `address` is the public
    page. Without a last valid day it is given none.
    """
    last = facts.last_valid_on
    ends = {} if last is None else {"expirationYear": last.year, "expirationMonth": last.month}
    body = facts.body_name or current_body().name
    said = {
        "startTask": "CERTIFICATION_NAME",
        "name": facts.course_title.in_(language),
        "organizationName": body.in_(language),
        "issueYear": facts.completed_on.year,
        "issueMonth": facts.completed_on.month,
        **ends,
        "certUrl": address,
        "certId": grouped(facts.code),
    }
    return f"{LINKEDIN}?{urlencode(said)}"


def hours_text(hours: str, language: Language) -> str:
    """Returns "2,8 horas" in Spanish, "2.8 hours" in English; "" for a part in an event."""
    if not hours:
        return ""
    amount = Decimal(hours)
    shown = format_decimal(amount, locale=interface_language(language))
    if amount == 1:
        return translate(language, "%(hours)s hour", hours=shown)
    return translate(language, "%(hours)s hours", hours=shown)


STATES = {
    CertificateStatus.VALID: N_("Valid"),
    CertificateStatus.EXPIRED: N_("Expired"),
    CertificateStatus.SUPERSEDED: N_("Valid, earlier version"),
    CertificateStatus.REPLACED: N_("Replaced"),
    CertificateStatus.REVOKED: N_("Revoked"),
    CertificateStatus.UNCONFIRMED: N_("Not confirmed"),
    CertificateStatus.UNKNOWN: N_("Unknown"),
}


UNCONFIRMED = N_(
    "What the register holds under this code is not what was issued. The paper may be genuine all "
    "the same: rely on it only when the secretariat has answered."
)


def state_sentence(
    record: CertificateRecord, day: date, language: Language, *, is_today: bool = True
) -> str:
    """Returns what the state of a certificate means on a day."""
    match record.status:
        case CertificateStatus.EXPIRED if record.facts:
            return translate(
                language,
                "The certificate is authentic. Its last valid day was %(date)s.",
                date=record.facts.last_valid_on,
            )
        case CertificateStatus.SUPERSEDED:
            return translate(
                language,
                "The certificate is authentic. A later version of the Guidelines was adopted on %(date)s.",
                date=record.superseded_on,
            )
        case CertificateStatus.REPLACED:
            return translate(
                language,
                "Replaced on %(date)s by a certificate with the name or the institution corrected.",
                date=record.replaced_on,
            )
        case CertificateStatus.REVOKED:
            return translate(language, "Not valid since %(day)s", day=record.revoked_on)
        case CertificateStatus.UNCONFIRMED:
            return translate(language, UNCONFIRMED)
        case CertificateStatus.UNKNOWN:
            return translate(
                language,
                "No certificate with this code was ever issued. Check the code against the paper; if "
                "it is the same, the paper is not ours.",
            )
        case _ if is_today:
            return translate(language, "Authentic, and valid today, %(day)s", day=day)
        case _:
            return translate(language, "Authentic, and valid on %(day)s", day=day)


DEMO = N_(
    "This certificate comes from a demonstration: the person is invented and nothing is certified."
)


def public_lines(record: CertificateRecord, language: Language) -> list[tuple[str, str]]:
    """Returns what the public page shows of a certificate, but for the name, as labels and texts.
    Nothing for an unknown code.
    """
    facts = record.facts
    if facts is None:
        return []
    is_of_course = facts.kind in (CertificateKind.COMPLETION, CertificateKind.MODULE)
    is_attendance = facts.kind is CertificateKind.ATTENDANCE
    what = N_("Course") if is_of_course else N_("Event attended") if is_attendance else N_("Event")
    lines = [
        ("DEMO", translate(language, DEMO) if facts.is_demo else ""),
        (
            translate(language, "Reason"),
            translate(language, REASONS[record.reason]) if record.reason else "",
        ),
        (translate(language, "Replaced by"), grouped(record.replaced_by)),
        (translate(language, "What it certifies"), paper_name(facts.kind, language)),
        (translate(language, what), facts.course_title.in_(language)),
        *printed_facts(facts, language, announced=record.modules_announced),
        (translate(language, "Course version"), facts.edition),
        (translate(language, "Code"), grouped(record.code)),
    ]
    return [(label, text) for label, text in lines if text]


VERDICTS = {
    ProofVerdict.HOLDS: N_("Genuine, and it holds today."),
    ProofVerdict.ENDED: N_("Genuine, and it holds no more."),
    ProofVerdict.UNRECOGNISED: N_(
        "Not recognised. Nothing proves this file, which says nothing against whoever gave it to "
        "you: compare each line below with it."
    ),
    ProofVerdict.CHANGED: N_(
        "Not as it was issued: something was changed or added afterwards, or somebody else sealed it."
    ),
}
SEALS = {
    SealState.NONE: N_("The file has no seal."),
    SealState.WHOLE: N_("The seal is whole: not a byte was changed or added since."),
    SealState.ADDED: N_(
        "What was sealed is whole, but something was added behind it, which may cover what it says."
    ),
    SealState.BROKEN: N_("The seal is broken: what it sealed was changed."),
}


CREDENTIALS = {
    SealState.WHOLE: N_("The credential is as this installation signed it."),
    SealState.BROKEN: N_(
        "The signature of the credential does not match any key of this installation."
    ),
}


def seal_sentences(seal: SealRead, language: Language) -> list[str]:
    """Returns what the seal of a file proves, and whose it is."""
    sentences = [translate(language, SEALS[seal.state])]
    if seal.signer:
        at = "" if seal.sealed_at is None else f"{seal.sealed_at:%Y-%m-%d %H:%M} UTC"
        sentences.append(
            translate(language, "Sealed by %(name)s, %(at)s.", name=seal.signer, at=at)
        )
        sentences.append(
            translate(language, "That is the seal of this installation.")
            if seal.is_ours
            else translate(language, "This installation does not know that seal.")
        )
    return sentences


def taken_text(facts: CertificateFacts, announced: int, language: Language) -> str:
    """Returns which modules were taken, of how many the edition announces: "modules 1–2 of 8"; ""
    where there are none.

    `announced` is for designs of version 1, whose facts do not say it.
    """
    numbers = [module.number for module in facts.modules]
    if not numbers:
        return ""
    return modules_text(numbers, facts.modules_total or announced, language)
