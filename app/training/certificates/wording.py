"""Values of certificates as sentences."""

from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from babel.numbers import format_decimal
from flask_babel import gettext as _
from flask_babel import ngettext

from app.infra.body import current_body
from app.infra.language import ntranslate, translate
from app.kernel.text import N_, Language, interface_language
from app.training.certificates.rules import CodeMalformed, grouped
from app.training.certificates.values import (
    CertificateFacts,
    CertificateKind,
    CodeMistake,
    HistoryKind,
    HistoryLine,
    ListedState,
    RevocationReason,
)
from app.training.learning.rules.duration import number_spans
from app.training.learning.values import EditionStep
from app.web.letters_ahead import LetterFate

HOUR = 60

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
            return _("The PDF was made.")
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
            return _("The proposal to revoke it was withdrawn.")
        case HistoryKind.REVOKED:
            return _("Revoked: %(reason)s", reason=reason_sentence(line.reason))
        case HistoryKind.REPLACED:
            return _("Replaced by %(code)s.", code=grouped(line.detail))
        case HistoryKind.ERASED:
            return _("The holder had the name taken away.")


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
                num=refusal.num,
            )
        case CodeMistake.LONG:
            return ntranslate(
                language,
                "There is %(num)d character too many: a code has 16, in four groups of four.",
                "There are %(num)d characters too many: a code has 16, in four groups of four.",
                refusal.num,
                num=refusal.num,
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
    """Returns who signed: a person's name as it is, that of the secretariat in the language."""
    secretariat = current_body().secretariat
    is_secretariat = facts.issuer_name in secretariat.values()
    return secretariat.in_(language) if is_secretariat else facts.issuer_name


def changes_sentence(step: EditionStep, language: Language) -> str:
    """Returns how much there is to take since the certificate: "2 modules changed since your
    certificate; about 40 minutes."
    """
    count, minutes = len(step.to_take), step.minutes
    length = (
        ntranslate(language, "%(num)d minute", "%(num)d minutes", minutes, num=minutes)
        if minutes < HOUR
        else translate(
            language,
            "%(hours)s h %(minutes)s min",
            hours=minutes // HOUR,
            minutes=f"{minutes % HOUR:02d}",
        )
    )
    if step.has_new:
        return ntranslate(
            language,
            "%(num)d module is new or changed since your certificate; about %(length)s.",
            "%(num)d modules are new or changed since your certificate; about %(length)s.",
            count,
            num=count,
            length=length,
        )
    return ntranslate(
        language,
        "%(num)d module changed since your certificate; about %(length)s.",
        "%(num)d modules changed since your certificate; about %(length)s.",
        count,
        num=count,
        length=length,
    )


def ends_in(days: int, language: Language) -> str:
    """Returns "ends in 21 days"; "ends today" on the last valid day."""
    if days <= 0:
        return translate(language, "ends today")
    return ntranslate(language, "ends in %(num)d day", "ends in %(num)d days", days, num=days)


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


def taken_text(facts: CertificateFacts, announced: int, language: Language) -> str:
    """Returns which modules were taken, of how many the edition announces: "modules 1–2 of 8"; ""
    where there are none.

    `announced` is for designs of version 1, whose facts do not say it.
    """
    numbers, total = (
        number_spans(module.number for module in facts.modules),
        facts.modules_total or announced,
    )
    if not numbers:
        return ""
    count = len(facts.modules)
    if total <= count:
        return ntranslate(language, "the only module", "all %(num)d modules", count, num=count)
    return ntranslate(
        language,
        "module %(numbers)s of %(total)s",
        "modules %(numbers)s of %(total)s",
        count,
        numbers=numbers,
        total=total,
    )
