"""When rows of the matrix are written, what they must say, what is held, and what is alike; pure."""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from itsdangerous import BadSignature

from app.followup.agreements.rules import is_link
from app.followup.agreements.values import AgreementView, Status
from app.followup.matrix.values import (
    CountryMatrix,
    Held,
    MigrationPhase,
    PeriodDraft,
    PeriodState,
    RowDraft,
    RowKind,
    RowState,
    RowStatus,
    RowView,
)
from app.followup.practices.rules import holds_personal_number
from app.infra.secret_keys import SecretKeys
from app.kernel.refusal import InvalidInput, Kind, Refusal, Sentence
from app.kernel.text import N_, LocalizedText, field_in, is_one_line, is_printable

LONGEST_FACT, LONGEST_CONTACT = 300, 200
MOST_NEW = 10
"""Facts of part B that a country writes in a period; two are enough."""
LONGEST_PERIOD = timedelta(days=400)
LINK = "matrix-row"

NO_STATUS = N_("Choose where it stands.")
NO_FACT = N_("Say in one sentence what happened, with a verb in the past.")
FACT_TOO_LONG = N_("Write at most %(most)s characters.")
NOT_PRINTABLE = N_("This text holds characters that cannot be stored. Please type it again.")
NO_SECTION = N_("Choose the section of the Guidelines that it is about.")
NO_CONTACT = N_("Name the post to ask, such as “Head of the regional office”.")
ODD_CONTACT = N_("Name a post in one line of at most %(most)s characters, not a person.")
NOT_A_LINK = N_("Write a link that begins with https:// or http://.")
LINK_OR_FILE = N_("Give a link or a file, not both.")
NO_INSTRUMENT = N_("Say what kind of instrument it is.")
NO_INSTRUMENT_DATE = N_("Write the day of the instrument.")
ONLY_OF_AGREED = N_("“No change” is said of what was agreed, not of something new.")
ODD_DAYS = N_("A period begins before it opens, opens before it closes, and lasts at most a year.")
SAME_LAST_DAY = N_("A period of this edition closed with that day. Choose another last day.")
DAY_HAS_PASSED = N_("Choose today or a later day.")
NO_RECIPIENT = N_("Write the institution's mailbox that the row goes to.")

PERSON = r"[A-ZÁÉÍÓÚÑ][a-záéíóúñü]+"
CASE_NAME = re.compile(
    rf"\b(?:[Cc]aso|[Cc]ase)\s+(?:de\s+|of\s+|n\.?\s*)?{PERSON}\s+(?:de\s+(?:la\s+)?)?{PERSON}"
    rf"|\b(?:Sra?|Srta|Mrs?|Ms)\.?\s+{PERSON}|\b(?:[Ss]eñora?|[Ss]eñorita|[Ll]a joven|[Ll]a niña)\s+{PERSON}"
)
DOCUMENT = re.compile(r"\b[A-Za-z]{1,3}[- ]?\d{6,9}\b|\b\d{4}[- ]?\d{4}[- ]?\d{4,5}\b")

NOT_YOURS = N_("You bring in rows of your own country only.")
NOT_AGREED_HERE = N_("This country answers for no such agreement in this period.")
ANSWERED_ALREADY = N_("This was answered already. Change it on the page of the country.")


class PeriodNotOpen(Refusal):
    rule = "matrix-not-open"
    msgid = N_("This period is closed. What was not sent is carried over to the next one.")


class PeriodStillOpen(Refusal):
    rule = "matrix-still-open"
    msgid = N_("This period is still open. It is published once its last day has passed.")


class PeriodsOverlap(Refusal):
    rule = "matrix-periods-overlap"
    msgid = N_("Another period is open in these days. Close it first, or choose other days.")


class AlreadyPublished(Refusal):
    rule = "matrix-published"
    msgid = N_("This period was published already.")


class RowIsSent(Refusal):
    rule = "matrix-row-sent"
    msgid = N_("This row was sent. Open it again to change it.")


class RowIsDraft(Refusal):
    rule = "matrix-row-draft"
    msgid = N_("This row is open. There is nothing to open again.")


class MatrixUnanswered(Refusal):
    rule = "matrix-unanswered"
    msgid = N_("Rows that are not answered yet: %(count)s. “No change” is an answer too.")


class RowIncomplete(Refusal):
    rule = "matrix-row-incomplete"
    msgid = N_("A row lacks something: %(fact)s")


class TooManyNew(Refusal):
    kind = Kind.TOO_MANY
    rule = "matrix-many-new"
    msgid = N_("A country writes at most %(most)s new facts in a period. Choose the best.")


class RowNotHeld(Refusal):
    rule = "matrix-row-not-held"
    msgid = N_("This row is not held for review.")


class LinkEndedForRow(Refusal):
    kind = Kind.GONE
    rule = "matrix-link-ended"
    msgid = N_("This link is no longer good. The focal point of your country has the row again.")


class NothingTickedToFollow(Refusal):
    rule = "matrix-nothing-ticked"
    msgid = N_("Tick at least one row to follow up.")


def require_sound_period(draft: PeriodDraft) -> None:
    in_order = draft.covers_from <= draft.opens_on <= draft.closes_on
    if not in_order or draft.closes_on - draft.covers_from > LONGEST_PERIOD:
        raise InvalidInput({"closes_on": Sentence(ODD_DAYS)})


def state_of_period(
    opens_on: date,
    closes_on: date,
    *,
    closed_at: datetime | None,
    published_at: datetime | None,
    today: date,
) -> PeriodState:
    """Returns the state on a local day of the secretariat."""
    if published_at is not None:
        return PeriodState.PUBLISHED
    if closed_at is not None:
        return PeriodState.CLOSED
    if today < opens_on:
        return PeriodState.COMING
    return PeriodState.OPEN if today <= closes_on else PeriodState.OVER


def require_open(state: PeriodState) -> None:
    if state is not PeriodState.OPEN:
        raise PeriodNotOpen


def require_over(state: PeriodState) -> None:
    """Raises for a period that is not over: coming or open, or published already."""
    if state in (PeriodState.COMING, PeriodState.OPEN):
        raise PeriodStillOpen
    if state is PeriodState.PUBLISHED:
        raise AlreadyPublished


def require_sound_row(draft: RowDraft, *, is_agreed: bool) -> None:
    """Raises InvalidInput, by field, for what cannot be stored, even of a draft."""
    errors: dict[str, Sentence] = {}
    for language, words in draft.fact.items():
        if len(words) > LONGEST_FACT:
            errors[field_in("fact", language)] = Sentence(FACT_TOO_LONG, {"most": LONGEST_FACT})
        elif not is_printable(words):
            errors[field_in("fact", language)] = Sentence(NOT_PRINTABLE)
    if len(draft.contact) > LONGEST_CONTACT or not is_one_line(draft.contact):
        errors["contact"] = Sentence(ODD_CONTACT, {"most": LONGEST_CONTACT})
    if draft.evidence_url and not is_link(draft.evidence_url):
        errors["evidence_url"] = Sentence(NOT_A_LINK)
    if draft.evidence_url and draft.evidence is not None:
        errors["evidence_url"] = Sentence(LINK_OR_FILE)
    if draft.status is RowStatus.NO_CHANGE and not is_agreed:
        errors["status"] = Sentence(ONLY_OF_AGREED)
    if errors:
        raise InvalidInput(errors)


def missing(draft: RowDraft, *, is_agreed: bool) -> dict[str, Sentence]:
    """Returns by field what a row lacks before it is sent.

    Of what was agreed, "no change" is complete by itself. A regulatory development needs the kind
    of instrument and its date (R15).
    """
    if draft.status is None:
        return {"status": Sentence(NO_STATUS)}
    errors: dict[str, Sentence] = {}
    if draft.status is not RowStatus.NO_CHANGE and not draft.fact:
        errors[field_in("fact")] = Sentence(NO_FACT)
    if not is_agreed and not draft.section:
        errors["section"] = Sentence(NO_SECTION)
    is_told = draft.is_practice and draft.status is not RowStatus.NO_CHANGE
    if not draft.contact and (is_told or not is_agreed):
        errors["contact"] = Sentence(NO_CONTACT)
    if draft.kind is RowKind.REGULATORY:
        if draft.instrument_type is None:
            errors["instrument_type"] = Sentence(NO_INSTRUMENT)
        if draft.instrument_date is None:
            errors["instrument_date"] = Sentence(NO_INSTRUMENT_DATE)
    return errors


def require_complete(draft: RowDraft, *, is_agreed: bool) -> None:
    errors = missing(draft, is_agreed=is_agreed)
    if errors:
        raise InvalidInput(errors)


def require_sendable(matrix: CountryMatrix) -> None:
    """Raises MatrixUnanswered, or RowIncomplete with the first words of the row that lacks
    something.
    """
    unanswered = len(matrix.unanswered)
    if unanswered:
        raise MatrixUnanswered(count=unanswered)
    for row in (*matrix.agreed, *matrix.new):
        errors = missing(row.as_draft(), is_agreed=row.agreement_id is not None)
        if errors and row.state is RowState.DRAFT:
            raise RowIncomplete(fact=row.fact or "…")


def held_in(draft: RowDraft) -> frozenset[Held]:
    """Returns what the texts of a row seem to hold of a person (R16). A span of years or a sum is
    nothing of the kind.
    """
    texts = [*draft.fact.values(), draft.contact, draft.evidence.name if draft.evidence else ""]
    return frozenset().union(*map(_held, texts))


def _held(text: str) -> frozenset[Held]:
    reasons = set()
    if holds_personal_number(text):
        reasons.add(Held.DOCUMENT if DOCUMENT.search(text) else Held.TELEPHONE)
    if CASE_NAME.search(text):
        reasons.add(Held.CASE_NAME)
    return frozenset(reasons)


def is_alike(first: RowView, second: RowView) -> bool:
    """Returns True for rows of two countries on the same section and of the same kind, or of the
    same phase (R17). A row without a word, such as "no change", is like no other.
    """
    if first.country == second.country or not (first.fact and second.fact):
        return False
    same_subject = bool(first.section) and (first.section, first.kind) == (
        second.section,
        second.kind,
    )
    return same_subject or (first.phase is not None and first.phase is second.phase)


def also_in(rows: Sequence[RowView]) -> dict[int, tuple[str, ...]]:
    """Returns by row the codes of the other countries with something alike, in order.

    Sorted into bins first, because a region's matrix has hundreds of rows.
    """
    bins: dict[tuple[str, RowKind] | MigrationPhase, set[str]] = {}
    for row in rows:
        for key in _keys(row):
            bins.setdefault(key, set()).add(row.country)
    return {
        row.id: tuple(sorted(set().union(*(bins[key] for key in _keys(row))) - {row.country}))
        for row in rows
    }


def _keys(row: RowView) -> Iterable[tuple[str, RowKind] | MigrationPhase]:
    if row.section and row.fact:
        yield (row.section, row.kind)
    if row.phase is not None and row.fact:
        yield row.phase


def title_of_follow_up(rows: Sequence[RowView]) -> LocalizedText:
    """Returns the title of a webinar about rows: what the first says that says something, or else
    what it is about, cut to the length of a title.
    """
    longest = 180
    words = [row.fact for row in rows] + [row.agreement.text for row in rows if row.agreement]
    first = next((text for text in words if text), LocalizedText())
    first = first.map(lambda text: text[:longest].rstrip())
    return LocalizedText(
        es=f"Seguimiento: {first.in_('es')}"[:200], en=f"Follow-up: {first.in_('en')}"[:200]
    )


def row_key(keys: SecretKeys, row_id: int, pass_number: int) -> str:
    """Returns what the link to a colleague carries: it opens this one row, until it is taken back."""
    return str(keys.serializer(LINK).dumps([row_id, pass_number]))


def row_of_key(keys: SecretKeys, key: str) -> tuple[int, int] | None:
    """Returns the row and the number of its passing; None for whatever we did not sign."""
    try:
        signed = keys.serializer(LINK).loads(key)
    except BadSignature:
        return None
    match signed:
        case [int(row_id), int(number)]:
            return row_id, number
        case _:
            return None


BEGUN = frozenset({RowStatus.ADVANCED, RowStatus.DONE})


def newest_shown(rows: Iterable[RowView]) -> tuple[RowView, ...]:
    """Returns the newest row of each country, by code, of those that are published for the region.
    `rows`: oldest period first.
    """
    newest = {row.country: row for row in rows if row.is_shared}
    return tuple(newest[country] for country in sorted(newest))


def status_told(activity: AgreementView, rows: Iterable[RowView]) -> Status:
    """Returns the status of an agreement once countries have reported on it: done where every
    country that answers for it says so, under way where one has begun; what is done or no longer
    applies stays so. `rows`: the newest of each country.
    """
    if activity.status in (Status.DONE, Status.NO_LONGER_APPLICABLE):
        return activity.status
    told = {row.country: row.status for row in rows}
    if activity.countries and all(told.get(one) is RowStatus.DONE for one in activity.countries):
        return Status.DONE
    return Status.IN_PROGRESS if not BEGUN.isdisjoint(told.values()) else activity.status
