"""Words for the monitoring matrix; msgids, translated where they are shown."""

from datetime import date

from babel.dates import format_date, format_skeleton
from flask_babel import gettext as _

from app.followup.matrix.values import (
    Held,
    InstrumentType,
    LineOutcome,
    MigrationPhase,
    Period,
    PeriodState,
    RowKind,
    RowSharing,
    RowStatus,
    RowView,
)
from app.kernel.text import N_, Language, date_locale

STATUSES = {
    RowStatus.NO_CHANGE: N_("No change"),
    RowStatus.ADVANCED: N_("Moved on"),
    RowStatus.DONE: N_("Carried out"),
    RowStatus.STOPPED: N_("At a standstill"),
}
STATUSES_OF_NEW = {
    RowStatus.ADVANCED: N_("Under way"),
    RowStatus.DONE: N_("Carried out"),
    RowStatus.STOPPED: N_("At a standstill"),
}
KINDS = {
    RowKind.PROGRESS: N_("Progress"),
    RowKind.REGULATORY: N_("Regulatory"),
    RowKind.GOOD_PRACTICE: N_("Good practice"),
    RowKind.SUCCESS_STORY: N_("Success story"),
    RowKind.OBSTACLE: N_("Obstacle"),
    RowKind.RESEARCH: N_("Research"),
    RowKind.CAMPAIGN: N_("Campaign"),
    RowKind.INFORMATION_DAY: N_("Information day"),
}
PHASES = {
    MigrationPhase.ORIGIN: N_("Origin"),
    MigrationPhase.TRANSIT: N_("Transit"),
    MigrationPhase.DESTINATION: N_("Destination"),
    MigrationPhase.RETURN: N_("Return"),
}
SHARINGS = {
    RowSharing.REGION: N_("Officials of all countries"),
    RowSharing.COUNTRY: N_("Only my country's focal point and the secretariat"),
    RowSharing.PUBLIC: N_("Everybody"),
}
INSTRUMENTS = {
    InstrumentType.LAW: N_("Law"),
    InstrumentType.DECREE: N_("Decree"),
    InstrumentType.REGULATION: N_("Regulation"),
    InstrumentType.PROTOCOL: N_("Protocol"),
    InstrumentType.POLICY: N_("Policy"),
    InstrumentType.AGREEMENT: N_("Agreement between institutions"),
    InstrumentType.OTHER: N_("Another instrument"),
}
HELD = {
    Held.DOCUMENT: N_("the number of a document"),
    Held.TELEPHONE: N_("the telephone of a person"),
    Held.CASE_NAME: N_("the name of a person in a case"),
}
OUTCOMES = {
    LineOutcome.ANSWER: N_("Answers what was agreed"),
    LineOutcome.FACT: N_("New fact"),
    LineOutcome.KNOWN: N_("There already"),
}
PERIOD_STATES = {
    PeriodState.COMING: N_("Not open yet"),
    PeriodState.OPEN: N_("Open for writing"),
    PeriodState.OVER: N_("Its last day has passed"),
    PeriodState.CLOSED: N_("Closed"),
    PeriodState.PUBLISHED: N_("Published"),
}


def statuses_of(row: RowView) -> dict[RowStatus, str]:
    """Returns the words for where a row stands: "moved on" is said of what was agreed only."""
    return STATUSES if row.agreement_id is not None else STATUSES_OF_NEW


def months_text(period: Period, language: Language) -> str:
    """Returns "enero a junio de 2027", "July 2026 to June 2027"."""
    first, last = period.covers_from, period.closes_on
    locale = date_locale(language)
    until = str(format_skeleton("yMMMM", last, locale=locale))
    if (first.year, first.month) == (last.year, last.month):
        return until[:1].upper() + until[1:]
    same_year = first.year == last.year
    since = str(
        format_date(first, "LLLL", locale=locale)
        if same_year
        else format_skeleton("yMMMM", first, locale=locale)
    )
    words = str(_("%(first_month)s to %(last_month)s", first_month=since, last_month=until))
    return words[:1].upper() + words[1:]


def short_day(on: date, language: Language) -> str:
    """Returns "30 jun" or "Jun 30"."""
    return str(format_skeleton("MMMd", on, locale=date_locale(language)))
