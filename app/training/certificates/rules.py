"""Codes, names, states and file names of certificates, and what the office may have them say: pure."""

import hmac
import re
import unicodedata
from calendar import monthrange
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit
from uuid import UUID
from zoneinfo import ZoneInfo

from app.kernel import dated
from app.kernel.reference import REFERENCE_ZONE
from app.kernel.refusal import Kind, NotFound, Refusal, Sentence
from app.kernel.text import N_, Language, LocalizedText, field_in, is_only_here
from app.people.identity.values import Limit
from app.planning.events.values import EventKind, EventStatus
from app.training.certificates.values import (
    OF_EVENTS,
    PAPER_LANGUAGES,
    CertificateFacts,
    CertificateKind,
    CertificateStatus,
    CodeMistake,
    PaperLook,
    PaperText,
    Placeholder,
    PrintedPaper,
    ProofVerdict,
    RenewalKind,
    SealRead,
    SealState,
)
from app.training.learning.values import Keeping

SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O (read as 1, 1, 0) and no U."""

RANDOM_BITS = 75
CODE_LENGTH = RANDOM_BITS // 5 + 1
LONGEST_TYPED = 80
LONGEST_LINK = 300

_VALUE = {symbol: value for value, symbol in enumerate(SYMBOLS)}
_MISREAD = str.maketrans("OIL", "011")
_SEPARATORS = re.compile(r"[\s\u00ad\u2010-\u2015\u2212_.-]+")
_GF32_POLYNOMIAL = 0b100101
"""x^5 + x^2 + 1, primitive: the powers of x run through all 31 non-zero elements."""


class CodeMalformed(Refusal):
    """The text cannot be a code of ours whatever the register holds: the register is not asked.

    `num` is how many characters are missing or too many; `shown` the character that no code has, or
    the host to which a link leads. `wording.mistake_sentence` says it.
    """

    kind = Kind.INVALID
    rule = "certificate-code-malformed"
    msgid = N_(
        "This is not a certificate code. Check it: 16 letters and digits, beside the QR image."
    )

    def __init__(self, mistake: CodeMistake, *, num: int = 0, shown: str = "") -> None:
        super().__init__()
        self.mistake, self.num, self.shown = mistake, num, shown


class NameTakenAway(Refusal):
    """It stands, and can be verified; without the name there is nothing to draw."""

    kind = Kind.GONE
    rule = "certificate-name-taken-away"
    msgid = N_(
        "The name was taken out of the register, so this certificate is not drawn any more. Its code "
        "can still be verified."
    )


class VouchesForNobody(Refusal):
    """What was signed before is out there; its status list says that it ended."""

    kind = Kind.GONE
    rule = "certificate-vouches-for-nobody"
    msgid = N_(
        "This certificate was revoked or replaced by another one, so that there is no credential of "
        "it any more."
    )


class CredentialsFail(Refusal):
    kind = Kind.UNAVAILABLE
    rule = "credentials-fail"
    msgid = N_("Credentials cannot be signed just now: please try again later.")


class NamesNotComparable(Refusal):
    """The key of names was sealed with a key of the site that is listed no more."""

    kind = Kind.UNAVAILABLE
    rule = "certificate-names-not-comparable"
    msgid = N_(
        "The certificate is genuine, but names cannot be compared here any more. Please write to the "
        "secretariat."
    )


class NameNotPrintable(Refusal):
    """The name has a character that the fonts of the certificate cannot draw, or one that nobody
    can see.
    """

    kind = Kind.INVALID
    rule = "certificate-name-not-printable"
    msgid = N_("The name “%(name)s” cannot be printed: check the character %(character)s.")


def _doubled(value: int) -> int:
    value <<= 1
    return value ^ _GF32_POLYNOMIAL if value & 0b100000 else value


def _check_value(values: Iterable[int]) -> int:
    """Returns the sum of value · x^(places before the check symbol) over GF(32), by Horner's
    scheme.

    Weights are non-zero and all different (16 < 31), so each wrong symbol and each exchange of two
    symbols, neighbours or not, changes the sum.
    """
    total = 0
    for value in values:
        total = _doubled(total ^ value)
    return total


def code_from(bits: int) -> str:
    """Returns the code for 75 random bits.

    The caller draws them from `secrets`; order of issue must not show.
    """
    if not 0 <= bits < 1 << RANDOM_BITS:
        raise ValueError("a code is made of exactly 75 bits")
    values = [bits >> shift & 31 for shift in range(RANDOM_BITS - 5, -1, -5)]
    return "".join(SYMBOLS[value] for value in (*values, _check_value(values)))


def is_code(text: str) -> bool:
    """Returns True when the text is a code in the form in which codes are stored.

    That is 16 symbols, upper case, with the right check symbol.
    """
    if len(text) != CODE_LENGTH or any(symbol not in _VALUE for symbol in text):
        return False
    *values, check = (_VALUE[symbol] for symbol in text)
    return _check_value(values) == check


def read_code(typed: str) -> str:
    """Returns a typed or scanned code in stored form.

    Forgives case, spaces, dashes, and O, I, L; refuses all else with the first mistake that whoever
    typed can mend: a character that no code has, then the length, then the check symbol.
    """
    if len(typed) > LONGEST_TYPED:
        raise CodeMalformed(CodeMistake.NO_CODE)
    code = _SEPARATORS.sub("", typed).upper().translate(_MISREAD)
    strange = next((symbol for symbol in code if symbol not in _VALUE), None)
    if strange is not None:
        shown = strange if strange.isprintable() else f"U+{ord(strange):04X}"
        raise CodeMalformed(CodeMistake.SYMBOL, shown=shown)
    if len(code) < CODE_LENGTH:
        raise CodeMalformed(CodeMistake.SHORT, num=CODE_LENGTH - len(code))
    if len(code) > CODE_LENGTH:
        raise CodeMalformed(CodeMistake.LONG, num=len(code) - CODE_LENGTH)
    if not is_code(code):
        raise CodeMalformed(CodeMistake.CHECK)
    return code


def stored_code(written: str) -> str:
    """Returns a code as `read_code` does. Raises NotFound for what can be none: in an address that
    nobody typed.
    """
    try:
        return read_code(written)
    except CodeMalformed as refusal:
        raise NotFound from refusal


def link_in(typed: str) -> SplitResult | None:
    """Returns a pasted address, with or without its scheme; None for what has no slash and is a
    code.

    Raises CodeMalformed for an address that nobody can read.
    """
    address = typed.strip()
    if "/" not in address:
        return None
    if len(address) > LONGEST_LINK:
        raise CodeMalformed(CodeMistake.NO_CODE)
    is_whole = "://" in address or address.startswith("/")
    try:
        return urlsplit(address if is_whole else f"//{address}")
    except ValueError as broken:
        raise CodeMalformed(CodeMistake.NO_CODE) from broken


def code_of_link(link: SplitResult) -> str:
    """Returns the code in stored form to which an address of verification leads: that of the page,
    or that of the QR image, which is in capitals.
    """
    *_before, page, last = ["", "", *link.path.rstrip("/").split("/")]
    if page.casefold() == VERIFY:
        return read_code(unquote(last))
    typed = parse_qs(link.query).get("code")
    if last.casefold() == VERIFY and typed:
        return read_code(typed[0])
    raise CodeMalformed(CodeMistake.NO_CODE)


def of_another_place(link: SplitResult) -> CodeMalformed:
    """Returns the refusal of an address that is none of ours: a forged paper leads to a page that
    looks like this one.
    """
    shown = "".join(sign for sign in link.hostname or "" if sign.isprintable())
    return CodeMalformed(CodeMistake.ELSEWHERE, shown=shown[:LONGEST_TYPED])


FEWEST_OF_CODE = 4
"""How many symbols of a code are looked up; fewer are rather the beginning of a name."""


def beginning_of_code(typed: str) -> str:
    """Returns what was typed as the beginning of a code in stored form, "" where it can be none."""
    part = _SEPARATORS.sub("", typed[:LONGEST_TYPED]).upper().translate(_MISREAD)
    is_part = FEWEST_OF_CODE <= len(part) <= CODE_LENGTH and all(one in _VALUE for one in part)
    return part if is_part else ""


def grouped(code: str) -> str:
    """Returns the code in groups of four, for eyes and telephones."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def of_enrolment(enrolment_id: UUID) -> str:
    """Returns the achievement of a course that was completed."""
    return f"enrolment:{enrolment_id}"


def of_module(enrolment_id: UUID, number: int) -> str:
    """Returns the achievement of one module of a course."""
    return f"enrolment:{enrolment_id}:module:{number}"


def of_event(event_id: UUID, kind: CertificateKind, person_id: int) -> str:
    """Returns the achievement of somebody at an event: one for each kind."""
    return f"event:{event_id}:{kind}:{person_id}"


def in_place_of(code: str) -> str:
    """Returns the achievement of a certificate that corrects another one: one for each."""
    return f"certificate:{code}"


def over_on(last_valid_on: date | None, revoked_on: date | None = None) -> date | None:
    """Returns the first day on which a certificate no longer counts, None for one that counts for
    ever.
    """
    over = None if last_valid_on is None else last_valid_on + dated.ONE_DAY
    return min((day for day in (over, revoked_on) if day is not None), default=None)


def status_of(
    facts: CertificateFacts | None,
    *,
    revoked_on: date | None,
    superseded_on: date | None,
    today: date,
    is_replaced: bool = False,
) -> CertificateStatus:
    """Returns the state on a day; the stronger word wins: revoked, then replaced, then expired, then
    superseded.

    Superseded means earned and true, but about a Guidelines version that has since been followed by
    a later one. Replaced means that another certificate of the same holder says the same with the
    name or the institution corrected.
    """
    if facts is None:
        return CertificateStatus.UNKNOWN
    if revoked_on is not None and revoked_on <= today:
        return CertificateStatus.REVOKED
    if is_replaced:
        return CertificateStatus.REPLACED
    if not dated.not_over(over_on(facts.last_valid_on), today):
        return CertificateStatus.EXPIRED
    if superseded_on is not None and superseded_on <= today:
        return CertificateStatus.SUPERSEDED
    return CertificateStatus.VALID


HOLDING = (CertificateStatus.VALID, CertificateStatus.SUPERSEDED)
"""The states in which a certificate vouches for its holder."""
AUTHENTIC = (*HOLDING, CertificateStatus.EXPIRED)
"""The states in which what it says is true: one that was revoked or replaced vouches for nobody."""
NOT_ISSUED = (CertificateStatus.UNKNOWN, CertificateStatus.UNCONFIRMED)
"""The states of what is shown to nobody, because this installation did not issue it so."""


def verdict(status: CertificateStatus, *, is_known: bool, seal: SealRead | None) -> ProofVerdict:
    """Returns what a code or a file proves. `is_known`: the very bytes are on record; True for a
    code alone, which has no bytes. `seal` is None for what can have none.

    Bytes on record prove more than a seal does: a seal that is missing or out of date takes nothing
    from them.
    """
    if not is_known and seal is not None:
        if seal.state in (SealState.ADDED, SealState.BROKEN):
            return ProofVerdict.CHANGED
        if seal.state is SealState.WHOLE and not seal.is_ours:
            return ProofVerdict.CHANGED
    is_proved = is_known or (seal is not None and seal.state is SealState.WHOLE and seal.is_ours)
    if not is_proved or status in NOT_ISSUED:
        return ProofVerdict.UNRECOGNISED
    return ProofVerdict.HOLDS if status in HOLDING else ProofVerdict.ENDED


PRINT_KEPT_FOR, BETWEEN_CODES = timedelta(days=7), ","
"""How long a file for a printer is kept, and what stands between the codes of its pages."""
RENEWABLE_DAYS = 90
"""How long before its last day a certificate may be renewed although nothing changed: from then on
its holder is reminded.
"""
NOTICE_DAYS = (RENEWABLE_DAYS, 60, 30, 7)
"""How many days before the last valid day the holder is told (R67)."""


def notice_on(
    today: date, *, last_valid_on: date, issued_on: date, told: Collection[int]
) -> int | None:
    """Returns the step of NOTICE_DAYS that the holder is told on a day: the latest whose day has
    come, unless they were told of it or of a later one. Steps that were missed are left out, and
    those whose day was past when the certificate was issued.
    """
    left = (last_valid_on - today).days
    lasted = (last_valid_on - issued_on).days
    due = [days for days in NOTICE_DAYS if 0 <= left <= days < lasted]
    if not due or any(days <= due[-1] for days in told):
        return None
    return due[-1]


FORTNIGHT, WEEK = 14, 7
FIRST_MONDAY = date(2026, 1, 5)
"""Fortnights are counted from here."""


def digest_of(today: date) -> int | None:
    """Returns the number of the fortnight whose digest leaves on a day; None in its second week.

    It leaves on the Monday, or on a later day of that week where nobody was to be named before.
    """
    number, day = divmod((today - FIRST_MONDAY).days, FORTNIGHT)
    return number if day < WEEK else None


def ends_soon(last_valid_on: date | None, today: date) -> bool:
    """Returns True for a day within RENEWABLE_DAYS that has not passed."""
    return last_valid_on is not None and 0 <= (last_valid_on - today).days <= RENEWABLE_DAYS


def renewal_kind(
    status: CertificateStatus, last_valid_on: date | None, *, keeps: Keeping, today: date
) -> RenewalKind | None:
    """Returns how the holder of a certificate can renew it on a day; None while there is no reason
    to. `keeps`: what counts already while it holds.

    One that holds needs only the modules that changed, or the quizzes where none did. One that ended
    or was revoked vouches for nothing, so the whole course is taken again.
    """
    if status in (CertificateStatus.EXPIRED, CertificateStatus.REVOKED):
        return RenewalKind.WHOLE
    if status in (*NOT_ISSUED, CertificateStatus.REPLACED):
        return None
    if keeps is Keeping.MODULES:
        return RenewalKind.CHANGES
    if not ends_soon(last_valid_on, today):
        return None
    return RenewalKind.QUIZ if keeps is Keeping.READING else RenewalKind.WHOLE


KEPT = {
    RenewalKind.CHANGES: Keeping.MODULES,
    RenewalKind.QUIZ: Keeping.READING,
    RenewalKind.WHOLE: Keeping.NOTHING,
}
"""What counts already in each kind of renewal."""


def local_day(at: datetime, timezone: str) -> date:
    """Returns the calendar day at the holder's desk: 21:10 in Costa Rica is not yet tomorrow,
    though UTC says so.
    """
    return at.astimezone(ZoneInfo(timezone)).date()


def last_valid_day(completed_on: date, months: int) -> date | None:
    """Returns the same day of the month, so many months later, or the last day of a shorter month.

    Returns None for no months: the certificate never ends.
    """
    if months <= 0:
        return None
    year, month = divmod(completed_on.year * 12 + completed_on.month - 1 + months, 12)
    return date(year, month + 1, min(completed_on.day, monthrange(year, month + 1)[1]))


def hours_from(minutes: int) -> str:
    """Returns decimal hours to one place, as text, without a useless zero: 690 minutes are "11.5",
    120 are "2".
    """
    hours = (Decimal(minutes) / 60).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return str(max(hours, Decimal("0.1"))).removesuffix(".0")


def as_beginning(text: str) -> str:
    """Returns the text as it begins a sentence."""
    return text[:1].upper() + text[1:]


def in_both(text: LocalizedText) -> LocalizedText:
    """Returns the text with the gap of a missing translation filled from the other language.

    The paper leaves nothing blank.
    """
    return LocalizedText(es=text.in_("es"), en=text.in_("en"))


ACCENTED = (range(0xC0, 0x250), range(0x1E00, 0x1F00))
"""Latin-1 letters, Latin Extended-A and -B, Latin Extended Additional (Vietnamese)."""


def _is_drawable(character: str) -> bool:
    """Returns True for what the bundled fonts draw: Latin with all its accents, and the marks that
    names use.
    """
    if character.isascii():
        return character.isalpha() or character in " '.,-"
    return character in "’·" or (
        character not in "×÷" and any(ord(character) in block for block in ACCENTED)
    )


def printable_name(name: str) -> str:
    """Returns the name as it will be printed: composed (NFC) and with single spaces; refuses what
    the paper cannot show.

    Controls and bidirectional marks pass every PDF validator and change what a reader sees; the
    Vietnamese letters need NFC to be found in the fonts.
    """
    composed = re.sub(r" {2,}", " ", unicodedata.normalize("NFC", name)).strip(" ")
    for character in composed:
        if not _is_drawable(character):
            shown = character if character.isprintable() else ""
            raise NameNotPrintable(name=name, character=f"{shown} U+{ord(character):04X}".strip())
    if not any(character.isalpha() for character in composed):
        raise NameNotPrintable(name=name, character="U+0020")
    return composed


LONGEST_NAME = 200
NAMES_OF_CODE = Limit(10, timedelta(hours=1))
"""How many names may be tried at one certificate whose name was taken away, from all addresses
together. Somebody with the paper in the hand needs one or two; a list of 500 officials takes more
than two days.
"""


def name_hash(code: str, name: str, *, secret: str) -> str:
    """Returns the hash, in hexadecimal, that stands for the name of a certificate.

    It is keyed with a secret of the installation and bound to the code, so that neither whoever
    has the database nor whoever knows another certificate of the same person can try names.
    """
    text = f"certificate name\n{code}\n{plain_name(name)}"
    return hmac.digest(secret.encode(), text.encode(), "sha256").hex()


def is_name_of(kept: str, code: str, typed: str, *, secret: str) -> bool:
    """Returns True for the name whose hash was kept, however its capitals and spaces are typed."""
    return hmac.compare_digest(kept, name_hash(code, typed[:LONGEST_NAME], secret=secret))


def plain_name(name: str) -> str:
    """Returns the name without what a typist may do otherwise: capitals, spaces, the apostrophe."""
    folded = unicodedata.normalize("NFKC", name.replace("’", "'")).casefold()
    return " ".join(unicodedata.normalize("NFKC", folded).split())


def is_printable(name: str) -> bool:
    """Returns True for a name that `printable_name` does not refuse."""
    try:
        printable_name(name)
    except NameNotPrintable:
        return False
    return True


ATTESTED_KINDS = frozenset(
    {EventKind.WEBINAR, EventKind.WORKSHOP, EventKind.TRAINING, EventKind.CONGRESS}
)
"""Of what people learn at or speak at. Meetings of a group or of governments are duty: their minutes
say who was there.
"""


class NothingToAttest(Refusal):
    rule = "event-not-attested"
    msgid = N_(
        "No certificates are issued for this event: only for a webinar, workshop, training or "
        "congress that was held and is not confidential."
    )


def is_attested(
    kind: EventKind,
    status: EventStatus,
    ends_at: datetime | None,
    now: datetime,
    *,
    is_confidential: bool,
) -> bool:
    """Returns True for an event that was held and of which certificates are issued. Not of a
    confidential one: the public page of a certificate says its title.
    """
    return (
        kind in ATTESTED_KINDS
        and status is EventStatus.PUBLISHED
        and ends_at is not None
        and ends_at <= now
        and not is_confidential
    )


def _slug(text: str, longest: int) -> str:
    """Returns lower-case words joined by dashes, cut at a word where possible; accents and ñ stay."""
    words = re.findall(r"[^\W_]+", unicodedata.normalize("NFC", text).lower())
    kept = ""
    for word in words:
        longer = f"{kept}-{word}" if kept else word[:longest]
        if len(longer) > longest:
            break
        kept = longer
    return kept or "x"


def file_name(holder_name: str, course_title: str, code: str) -> str:
    """Returns `nombre-apellido_curso_code.pdf`: the name as printed, in signs that every file
    system takes.
    """
    return f"{_slug(holder_name, 60)}_{_slug(course_title, 40)}_{grouped(code)}.pdf"


STATUS_BITS = 18
STATUS_PLACES = 1 << STATUS_BITS
"""How many certificates one status list is of; the fewest that the standard wants is half of it."""
_HALF = STATUS_BITS // 2
_ROUNDS = 8


def status_list_of(certificate_id: int) -> int:
    """Returns the number of the status list of a certificate, from 1 on."""
    return certificate_id // STATUS_PLACES + 1


def status_place(certificate_id: int, seed: str) -> int:
    """Returns the place of a certificate in its status list: one of its own for each, in an order
    that nobody without the seed of this installation knows.

    A Feistel network, which permutes all places: a random place for each would have to be kept
    beside each certificate, and two workers could draw the same one.
    """
    left, right = divmod(certificate_id % STATUS_PLACES, 1 << _HALF)
    for step in range(_ROUNDS):
        text = f"status place\n{status_list_of(certificate_id)}\n{step}\n{right}"
        digest = hmac.digest(seed.encode(), text.encode(), "sha256")
        left, right = right, left ^ int.from_bytes(digest, "big") % (1 << _HALF)
    return left << _HALF | right


def valid_until(last_valid_on: date) -> datetime:
    """Returns the last second of the last valid day, in UTC: the day as the public page counts it,
    in the reference zone.
    """
    end = datetime.combine(last_valid_on + dated.ONE_DAY, time(), ZoneInfo(REFERENCE_ZONE))
    return end.astimezone(UTC) - timedelta(seconds=1)


VERIFY = "verify"


def verify_path(code: str) -> str:
    return f"/{VERIFY}/{code}"


def has_place(facts: CertificateFacts) -> bool:
    """Returns True when the address on record can be printed.

    There was none before the office entered one, and that of the machine itself opens nowhere else.
    A sample of the demonstration may bear it.
    """
    host = urlsplit(facts.verify_url).hostname or ""
    return bool(host) and (facts.is_demo or not is_only_here(host))


# What the office has certificates say and look like.

IN_WORDS: Mapping[Placeholder, LocalizedText] = {
    Placeholder.BODY: LocalizedText(es="organismo", en="body"),
    Placeholder.COURSE: LocalizedText(es="curso", en="course"),
    Placeholder.MODULES: LocalizedText(es="módulos", en="modules"),
    Placeholder.MODULE: LocalizedText(es="módulo", en="module"),
    Placeholder.SUBJECT: LocalizedText(es="tema", en="subject"),
    Placeholder.VERSION: LocalizedText(es="versión", en="version"),
    Placeholder.EVENT: LocalizedText(es="evento", en="event"),
    Placeholder.HOURS: LocalizedText(es="horas", en="hours"),
    Placeholder.DATE: LocalizedText(es="fecha", en="date"),
}
NEEDED: Mapping[CertificateKind, tuple[Placeholder, ...]] = {
    CertificateKind.COMPLETION: (Placeholder.MODULES, Placeholder.COURSE, Placeholder.DATE),
    CertificateKind.MODULE: (Placeholder.MODULE, Placeholder.COURSE, Placeholder.DATE),
    **dict.fromkeys(OF_EVENTS, (Placeholder.EVENT, Placeholder.DATE)),
}
"""What a sentence must say, because the paper certifies nothing without it."""
ALSO: Mapping[CertificateKind, tuple[Placeholder, ...]] = {
    CertificateKind.COMPLETION: (Placeholder.VERSION, Placeholder.HOURS),
    CertificateKind.MODULE: (Placeholder.SUBJECT, Placeholder.VERSION, Placeholder.HOURS),
    CertificateKind.ATTENDANCE: (Placeholder.HOURS,),
}
LONGEST = {"title": 70, "opening": 160, "sentence": 480}
"""In characters, before the placeholders are filled in. Whether it fits the sheet is tried out."""

OPENING = LocalizedText(es="{organismo} certifica que", en="{body} certifies that")
FIRST_TEXTS: Mapping[CertificateKind, PaperText] = {
    CertificateKind.COMPLETION: PaperText(
        LocalizedText(es="Certificado de finalización", en="Certificate of completion"),
        OPENING,
        LocalizedText(
            es="completó {módulos} del curso «{curso}» (versión {versión}), {horas} de estudio, "
            "con resultado aprobado, el {fecha}.",
            en="completed {modules} of the course “{course}” (version {version}), {hours} of study, "
            "with a passing result, on {date}.",
        ),
    ),
    CertificateKind.MODULE: PaperText(
        LocalizedText(es="Certificado de módulo", en="Certificate of module completion"),
        OPENING,
        LocalizedText(
            es="completó {módulo}, «{tema}», del curso «{curso}» (versión {versión}), {horas} de "
            "estudio, con resultado aprobado, el {fecha}.",
            en="completed {module}, “{subject}”, of the course “{course}” (version {version}), "
            "{hours} of study, with a passing result, on {date}.",
        ),
    ),
    CertificateKind.ATTENDANCE: PaperText(
        LocalizedText(es="Constancia de asistencia", en="Certificate of attendance"),
        OPENING,
        LocalizedText(
            es="asistió durante {horas} a «{evento}», el {fecha}.",
            en="attended {hours} of “{event}”, on {date}.",
        ),
    ),
    CertificateKind.SPEAKER: PaperText(
        LocalizedText(es="Constancia de ponente", en="Speaker’s certificate"),
        OPENING,
        LocalizedText(
            es="participó como ponente en «{evento}», el {fecha}.",
            en="took part as a speaker in “{event}”, on {date}.",
        ),
    ),
    CertificateKind.MODERATOR: PaperText(
        LocalizedText(es="Constancia de moderación", en="Moderator’s certificate"),
        OPENING,
        LocalizedText(
            es="tuvo a su cargo la moderación de «{evento}», el {fecha}.",
            en="moderated “{event}”, on {date}.",
        ),
    ),
    CertificateKind.HOST: PaperText(
        LocalizedText(es="Constancia de organización", en="Organizing country’s certificate"),
        OPENING,
        LocalizedText(
            es="tuvo a su cargo, por el país organizador, la realización de «{evento}», el {fecha}.",
            en="organized “{event}” on behalf of the organizing country, on {date}.",
        ),
    ),
}
"""What each kind says until the office writes its own."""
TITLE_OF_SOME = LocalizedText(
    es="Certificado de módulos completados", en="Certificate of completed modules"
)
"""Of a course whose other modules are only announced, whatever the office calls that of a whole one."""

IN_BOTH = N_("Write it in both languages: the certificate leaves nothing blank.")
CANNOT_PRINT = N_("The certificate cannot print the sign “%(sign)s”. Write it in another way.")

IN_BRACES = re.compile(r"( ?)\{([^{}]*)\}")
_DRAWN = (range(0x20, 0x7F), range(0xA0, 0x250), range(0x1E00, 0x1F00), range(0x2010, 0x2017))
_DRAWN_TOO = "\u2018\u2019\u201a\u201c\u201d\u201e\u2020\u2021\u2022\u2026\u2030\u2039\u203a\u20ac\u2122\u2212"
_NOT_DRAWN = "\u00ad\u00b2\u00b3\u00b9"
"""The hyphen that nobody sees, and raised digits, which the italic lacks."""


def offered(kind: CertificateKind) -> tuple[Placeholder, ...]:
    """Returns the placeholders that the sentence of a kind may have."""
    return (*NEEDED[kind], *ALSO.get(kind, ()), Placeholder.BODY)


def in_braces(placeholder: Placeholder, language: Language) -> str:
    return f"{{{IN_WORDS[placeholder][language]}}}"


def printed(kind: CertificateKind, paper: PrintedPaper, *, is_whole: bool) -> PrintedPaper:
    """Returns what is printed for one achievement: a course that was not taken whole is not called
    so, whatever the office calls a whole one.
    """
    if kind is not CertificateKind.COMPLETION or is_whole:
        return paper
    return replace(paper, text=replace(paper.text, title=TITLE_OF_SOME))


def placeholder_of(word: str, language: Language) -> Placeholder | None:
    """Returns what a word in braces stands for; accents and capitals do not count."""
    plain = _plain(word)
    return next((one for one, name in IN_WORDS.items() if _plain(name[language]) == plain), None)


def _plain(word: str) -> str:
    apart = unicodedata.normalize("NFD", word.strip().casefold())
    return "".join(sign for sign in apart if not unicodedata.combining(sign))


def mistakes_in_text(kind: CertificateKind, text: PaperText) -> dict[str, Sentence]:
    """Returns what is wrong with the words of a kind, by the name of the field: `sentence_es`."""
    mistakes: dict[str, Sentence] = {}
    nothing: tuple[Placeholder, ...] = ()
    for name, written, allowed, needed in (
        ("title", text.title, nothing, nothing),
        ("opening", text.opening, (Placeholder.BODY,), nothing),
        ("sentence", text.sentence, offered(kind), NEEDED[kind]),
    ):
        for language in PAPER_LANGUAGES:
            all_of_it = _mistakes(
                written[language], language, allowed=allowed, needed=needed, most=LONGEST[name]
            )
            if mistake := next(all_of_it, None):
                mistakes[field_in(name, language)] = mistake
    return mistakes


def _mistakes(
    text: str,
    language: Language,
    *,
    allowed: tuple[Placeholder, ...],
    needed: tuple[Placeholder, ...],
    most: int,
) -> Iterator[Sentence]:
    if not text:
        yield Sentence(IN_BOTH)
        return
    if len(text) > most:
        yield Sentence(N_("Write at most %(max)d characters."), {"max": most})
    if strange := undrawn(text):
        yield Sentence(CANNOT_PRINT, {"sign": strange})
    choice = ", ".join(in_braces(one, language) for one in allowed)
    words = [match.group(2) for match in IN_BRACES.finditer(text)]
    placeholders = [placeholder_of(word, language) for word in words]
    for word, placeholder in zip(words, placeholders, strict=True):
        if placeholder not in allowed:
            yield _unknown(f"{{{word}}}", choice)
    if any(brace in IN_BRACES.sub("", text) for brace in "{}"):
        yield Sentence(N_("A brace stands alone. A placeholder is one word between two braces."))
    for placeholder in needed:
        if placeholder not in placeholders:
            yield Sentence(
                N_("%(word)s is missing: without it the certificate does not say enough."),
                {"word": in_braces(placeholder, language)},
            )


def _unknown(word: str, choice: str) -> Sentence:
    if not choice:
        return Sentence(N_("%(word)s is not filled in here: write it out."), {"word": word})
    return Sentence(
        N_("%(word)s means nothing here. What is filled in: %(choice)s."),
        {"word": word, "choice": choice},
    )


def undrawn(text: str) -> str:
    """Returns the first character that the fonts of the paper do not draw, "" for none."""
    return next((sign for sign in text if not _is_drawn(sign)), "")


def _is_drawn(sign: str) -> bool:
    return sign not in _NOT_DRAWN and (
        sign in _DRAWN_TOO or any(ord(sign) in block for block in _DRAWN)
    )


GROUND = "#fdfaf3"
"""The colour of the paper."""
AS_DRAWN = PaperLook()
COLOUR = re.compile(r"#[0-9a-f]{6}\b")
NEARLY_BLACK, LIGHT = 0.04045, (0.2126, 0.7152, 0.0722)
"""As WCAG counts luminance of red, green and blue."""
LEAST_OF_TEXT, LEAST_OF_LINES = 4.5, 3.0
"""Contrast against the ground of the paper (WCAG 2.2, 1.4.3 and 1.4.11)."""
NOT_ACOLOUR = N_("Choose a colour, such as %(example)s.")
TOO_PALE = N_("This colour is too pale to be read on the paper. Choose a darker one.")


def mistakes_in_colours(deep: str, accent: str) -> dict[str, Sentence]:
    """Returns what is wrong with two colours, by the name of the field."""
    mistakes: dict[str, Sentence] = {}
    for name, colour, least in (
        ("deep", deep, LEAST_OF_TEXT),
        ("accent", accent, LEAST_OF_LINES),
    ):
        if not COLOUR.fullmatch(colour):
            mistakes[name] = Sentence(NOT_ACOLOUR, {"example": AS_DRAWN.deep})
        elif contrast(colour, GROUND) < least:
            mistakes[name] = Sentence(TOO_PALE)
    return mistakes


def contrast(one: str, other: str) -> float:
    """Returns the contrast of two colours, from 1 to 21, as WCAG counts it."""
    darker, lighter = sorted(map(_luminance, (one, other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    linear = [
        part / 12.92 if part <= NEARLY_BLACK else ((part + 0.055) / 1.055) ** 2.4
        for part in (channel / 255 for channel in rgb_of(colour))
    ]
    return sum(part * share for part, share in zip(linear, LIGHT, strict=True))


def rgb_of(colour: str) -> tuple[int, int, int]:
    """Returns red, green and blue of `#17495a`, from 0 to 255."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
