"""Values of certificates as sentences."""

from flask_babel import gettext as _

from app.certificates.values import RevocationReason
from app.kernel.text import N_

REASONS = {
    RevocationReason.ERROR: N_("It was issued in error."),
    RevocationReason.WRONG_NAME: N_("The name on it was wrong."),
    RevocationReason.FRAUD: N_("It was obtained by deceit."),
    RevocationReason.REQUEST: N_("The holder asked for it."),
}


def reason_sentence(reason: RevocationReason | None) -> str:
    return "" if reason is None else _(REASONS[reason])
