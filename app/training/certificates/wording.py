"""Values of certificates as sentences."""

from decimal import Decimal

from babel.numbers import format_decimal
from flask_babel import gettext as _

from app.infra.language import ntranslate, translate
from app.kernel.text import N_, Language, interface_language
from app.training.certificates.values import CertificateFacts, RevocationReason
from app.training.learning.rules.duration import number_spans
from app.training.learning.values import EditionStep

HOUR = 60

REASONS = {
    RevocationReason.ERROR: N_("It was issued in error."),
    RevocationReason.WRONG_NAME: N_("The name on it was wrong."),
    RevocationReason.FRAUD: N_("It was obtained by deceit."),
    RevocationReason.REQUEST: N_("The holder asked for it."),
}


def reason_sentence(reason: RevocationReason | None) -> str:
    return "" if reason is None else _(REASONS[reason])


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


def hours_text(hours: str, language: Language) -> str:
    """Returns "2,8 horas" in Spanish, "2.8 hours" in English."""
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
