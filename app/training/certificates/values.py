"""What a certificate says. It is frozen at issue, and everything printed is read from here."""

import hashlib
import json
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

from app.kernel.text import LocalizedText


@dataclass(frozen=True)
class IssuedFrom:
    """Where certificates are verified: the site's public address, for the QR image, "" while there
    is none. `is_demo` marks those of a demonstration, on paper and in public, for good.
    """

    address: str = ""
    is_demo: bool = False


class CertificateKind(StrEnum):
    COMPLETION = "completion"
    MODULE = "module"
    ATTENDANCE = "attendance"
    SPEAKER = "speaker"
    MODERATOR = "moderator"
    HOST = "host"


class PaperSize(StrEnum):
    """A4 is the certificate as it was designed; on Letter, which most offices of the region print
    on, the same page stands smaller.
    """

    A4 = "a4"
    LETTER = "letter"


class SealLack(StrEnum):
    """What an authority did not give when a file was sealed: the time stamp that makes it PAdES B-T,
    or what shows that no certificate was revoked, which makes it B-LT.
    """

    TIME_STAMP = "time-stamp"
    VALIDATION = "validation"


PDF, PICTURE = "application/pdf", "image/webp"
MEDIA_OF = {PaperSize.A4: PDF, PaperSize.LETTER: "application/pdf; paper=letter"}
"""Each file is kept under its own hash: what was downloaded once is the same for ever."""

OF_EVENTS = frozenset(
    {
        CertificateKind.ATTENDANCE,
        CertificateKind.SPEAKER,
        CertificateKind.MODERATOR,
        CertificateKind.HOST,
    }
)
OF_PARTS = OF_EVENTS - {CertificateKind.ATTENDANCE}
"""Of what somebody did at an event, not of how long they were there: no hours are printed."""


class CertificateStatus(StrEnum):
    """The state shown to the public. Computed, never stored: nothing has to run for a certificate
    to expire. Unconfirmed: the database has a certificate with this code, and not as it was issued.
    """

    VALID = "valid"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    REPLACED = "replaced"
    REVOKED = "revoked"
    UNCONFIRMED = "unconfirmed"
    UNKNOWN = "unknown"


class CodeMistake(StrEnum):
    """Why what was typed is no code: a symbol that no code has, a wrong length, a check symbol that
    does not fit, an address of somebody else's, or nothing like a code at all.
    """

    SYMBOL = "symbol"
    SHORT = "short"
    LONG = "long"
    CHECK = "check"
    ELSEWHERE = "elsewhere"
    NO_CODE = "no-code"


class SealState(StrEnum):
    """What a seal says of the file that holds it. ADDED: the sealed bytes are whole, and something
    was written behind them, which may cover what they say.
    """

    NONE = "none"
    WHOLE = "whole"
    ADDED = "added"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class SealRead:
    """The seal of a PDF. `signer` is whom its certificate names, `sealed_at` the time in the seal
    (UTC), None without one. `is_ours` is True where the key is one of this installation's.
    """

    state: SealState
    signer: str = ""
    sealed_at: datetime | None = None
    is_ours: bool = False


class ProofVerdict(StrEnum):
    """What comes of checking a code or a file. ENDED: genuine, and it vouches for nobody any more.
    UNRECOGNISED: nothing proves it, which blames nobody. CHANGED: something in the file is other
    than it was when it was sealed, or somebody else sealed it.
    """

    HOLDS = "holds"
    ENDED = "ended"
    UNRECOGNISED = "unrecognised"
    CHANGED = "changed"


class ListedState(StrEnum):
    """The states by which a register is filtered; each certificate is in one of them. Those that
    end within `rules.RENEWABLE_DAYS` are valid and stand apart.
    """

    VALID = "valid"
    ENDS_SOON = "ends-soon"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    REPLACED = "replaced"
    REVOKED = "revoked"


class RenewalKind(StrEnum):
    """How a certificate is renewed: by the modules that changed since, by the quiz of each module,
    or by the whole course.
    """

    CHANGES = "changes"
    QUIZ = "quiz"
    WHOLE = "whole"


class RevocationReason(StrEnum):
    """Public: shown to whoever holds the code. Anything more goes into the private note."""

    ERROR = "error"
    WRONG_NAME = "wrong-name"
    FRAUD = "fraud"
    REQUEST = "request"


class HistoryKind(StrEnum):
    """What happened to a certificate, as its history tells it."""

    ISSUED = "issued"
    DRAWN = "drawn"
    REMINDED = "reminded"
    LETTER_ASKED = "letter-asked"
    LETTER = "letter"
    PROPOSED = "proposed"
    WITHDRAWN = "withdrawn"
    SUCCESSOR_PROPOSED = "successor-proposed"
    REVOKED = "revoked"
    REPLACED = "replaced"
    ERASED = "erased"


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """`who` is the name of whoever did it, "" for the platform. `detail` depends on the kind: days
    of a reminder, what a seal lacks, the other code of a correction, the address of a letter, whose `fate` is a
    LetterFate and whose number is `message_id`.
    """

    at: datetime
    kind: HistoryKind
    who: str = ""
    detail: str = ""
    reason: RevocationReason | None = None
    fate: str = ""
    message_id: int = 0


WORDED = "worded/v1"
"""The design of every kind that is issued now: its words, colours and pictures are in the facts."""
FIRST_DESIGNS = frozenset({"completion/v1", "attendance/v1"})
NAMED_IN_THE_PAGE = FIRST_DESIGNS | {"completion/v2"}
"""Designs whose page names the Regional Conference on Migration."""
NO_TEXT = LocalizedText()
TEXTS = frozenset(
    {"institution", "country", "course_title", "issuer_role", "body_name", "certifier"}
)


PAPER_LANGUAGES = ("es", "en")
"""What a certificate speaks, whatever else the installation does."""


class Placeholder(StrEnum):
    """What the words of a certificate leave to its facts. BODY is the body with its article, as it
    begins a sentence; MODULES says which of how many, and so does MODULE of the one that is SUBJECT.
    """

    BODY = "body"
    COURSE = "course"
    MODULES = "modules"
    MODULE = "module"
    SUBJECT = "subject"
    VERSION = "version"
    EVENT = "event"
    HOURS = "hours"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class PaperText:
    """What certificates of a kind say, in PAPER_LANGUAGES. `title` has no placeholders; `opening`
    stands before the name, `sentence` after name, institution and country.
    """

    title: LocalizedText
    opening: LocalizedText
    sentence: LocalizedText


@dataclass(frozen=True, slots=True)
class PaperLook:
    """`deep` is the colour of titles and lines, `accent` that of the ornament, as `#17495a`. `logo`
    is the SHA-256 of a picture, "" for the mark of the art.
    """

    deep: str = "#17495a"
    accent: str = "#b57a1e"
    logo: str = ""


@dataclass(frozen=True, slots=True)
class PrintedPaper:
    """The words and the look of a certificate as they were on the day of issue; words hold their
    placeholders. `signature` is the SHA-256 of the signatory's, "" for none.
    """

    text: PaperText
    look: PaperLook
    signature: str = ""

    @property
    def pictures(self) -> tuple[str, ...]:
        """Returns the SHA-256 of each picture that is printed."""
        return tuple(filter(None, (self.look.logo, self.signature)))


@dataclass(frozen=True, slots=True)
class CertificateModule:
    number: int
    title: LocalizedText


@dataclass(frozen=True, slots=True)
class CertificateFacts:
    """`completed_on` is the calendar day at the holder's desk (the zone of the country), not the
    UTC day.

    `last_valid_on` is the last day on which the certificate is valid, as the paper says; None is for
    ever. `modules` are those that were taken, `modules_total` how many the edition announces;
    designs of version 1 do not say it, and it is 0 there.
    `exempted` are the numbers of those that a pre-test exempted from; a record without any does not
    hold the member. `is_demo` marks what a demonstration
    issued. `institution` and `country` may be empty, for a guest who serves nowhere. `hours` is
    decimal text ("10.5"), so that canonical JSON never meets a float, and "" for a part in an event.
    `course_title` is the title of the event where there is no course. `design` names a folder,
    "completion/v1". `body_name` is the body's, `certifier` the same with its article, as it begins
    a sentence; designs before version 3 have the words in their page. `paper` is what the office
    had printed on the day of issue; designs before WORDED have it in their page. Where nobody was in
    office to sign, `issuer_name` and `issuer_role` are empty.
    """

    code: str
    kind: CertificateKind
    holder_name: str
    institution: LocalizedText
    country: LocalizedText
    course_title: LocalizedText
    edition: str
    guideline_version: str
    hours: str
    modules: tuple[CertificateModule, ...]
    completed_on: date
    issued_at: datetime
    last_valid_on: date | None
    issuer_name: str
    issuer_role: LocalizedText
    verify_url: str
    design: str
    modules_total: int = 0
    is_demo: bool = False
    exempted: tuple[int, ...] = ()
    body_name: LocalizedText = NO_TEXT
    certifier: LocalizedText = NO_TEXT
    paper: PrintedPaper | None = None

    @property
    def is_whole(self) -> bool:
        """Says whether every module was taken that the edition announces."""
        return len(self.modules) >= self.modules_total

    def __post_init__(self) -> None:
        if self.issued_at.tzinfo is None or self.issued_at.utcoffset() != timedelta(0):
            raise ValueError("issued_at must be in UTC")
        if self.kind in OF_PARTS:
            if self.hours:
                raise ValueError("a part in an event has no hours")
        elif not Decimal(self.hours).is_finite() or Decimal(self.hours) <= 0:
            raise ValueError("hours must be a positive decimal")
        required = [self.course_title, *(module.title for module in self.modules)]
        if self.issuer_name or self.design != WORDED:
            required.append(self.issuer_role)
        if self.design not in NAMED_IN_THE_PAGE:
            required += [self.body_name, self.certifier]
        if (self.paper is None) == (self.design == WORDED):
            raise ValueError("the words are in the facts or in the design")
        if any(text.lacks("es") or text.lacks("en") for text in required):
            raise ValueError("the paper has no fallback: each text is needed in both languages")
        if any(text.lacks("es") != text.lacks("en") for text in (self.institution, self.country)):
            raise ValueError("a place is named in both languages or not at all")
        if self.modules_total and self.modules_total < len(self.modules):
            raise ValueError("nobody takes more modules than there are")
        if self.last_valid_on is not None and self.last_valid_on < self.completed_on:
            raise ValueError("a certificate is valid for at least one day")


SINCE_VERSION_2 = frozenset({"modules_total", "is_demo"})
SINCE_VERSION_3 = frozenset({"body_name", "certifier"})
SINCE_WORDED = frozenset({"paper"})
MEMBERS = {"last_valid_on": "valid_until"}
"""Fields that a record calls otherwise: what was hashed keeps its words."""

WHERE_EXEMPTED = frozenset({"exempted"})
"""Only in records of those who were exempted, so that the hash of every other holds."""


def _keys_of(design: str) -> frozenset[str]:
    """Returns the members of a design's record. Each design has one shape, so that a hash that was
    once written stays right.
    """
    every = frozenset(MEMBERS.get(field.name, field.name) for field in fields(CertificateFacts))
    if design == WORDED:
        return every
    if design in FIRST_DESIGNS:
        return every - SINCE_VERSION_2 - SINCE_VERSION_3 - SINCE_WORDED - WHERE_EXEMPTED
    return every - SINCE_WORDED - (SINCE_VERSION_3 if design in NAMED_IN_THE_PAGE else frozenset())


def canonical_json(facts: CertificateFacts) -> str:
    """Returns the same text for the same facts: sorted keys, no spaces, ISO dates, UTC with seconds
    and `Z`.
    """
    keys = _keys_of(facts.design) - (frozenset() if facts.exempted else WHERE_EXEMPTED)
    plain: dict[str, object] = {key: getattr(facts, key) for key in keys - {"valid_until"}}
    plain["modules"] = [{"number": one.number, "title": one.title} for one in facts.modules]
    plain["completed_on"] = facts.completed_on.isoformat()
    plain["issued_at"] = facts.issued_at.strftime("%Y-%m-%dT%H:%M:%SZ")
    plain["valid_until"] = None if facts.last_valid_on is None else facts.last_valid_on.isoformat()
    if facts.paper is not None:
        plain["paper"] = _plain_paper(facts.paper)
    return json.dumps(
        plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_in_both
    )


def _in_both(text: LocalizedText) -> dict[str, str]:
    """Returns the text in Spanish and English, whatever else the installation speaks, so that a
    hash that was once written stays right.
    """
    return {"es": text["es"], "en": text["en"]}


def _plain_paper(paper: PrintedPaper) -> dict[str, object]:
    text, look = paper.text, paper.look
    words = {"title": text.title, "opening": text.opening, "sentence": text.sentence}
    colours = {"deep": look.deep, "accent": look.accent}
    return {**words, **colours, "logo": look.logo, "signature": paper.signature}


def _paper_from(plain: dict[str, Any]) -> PrintedPaper:
    words = {name: LocalizedText(plain.pop(name)) for name in ("title", "opening", "sentence")}
    signature = plain.pop("signature")
    return PrintedPaper(PaperText(**words), PaperLook(**plain), signature)


def fingerprint_of(text: str) -> str:
    """Returns the SHA-256, in hexadecimal, of the canonical JSON in UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()


def without_name(text: str) -> str:
    """Returns the canonical JSON of the same facts without the holder's name; what is no JSON of
    facts is returned as it is.
    """
    try:
        plain = {**json.loads(text), "holder_name": ""}
    except (TypeError, ValueError):
        return text
    return json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def facts_from(text: str) -> CertificateFacts:
    """Reads facts from canonical JSON. Raises an error for a missing or unknown key, because each
    design has one shape.
    """
    plain: dict[str, Any] = json.loads(text)
    keys = _keys_of(str(plain.get("design")))
    if set(plain) not in (keys, keys - WHERE_EXEMPTED):
        raise ValueError("these are not the facts of a certificate")
    for name in TEXTS & plain.keys():
        plain[name] = LocalizedText(plain[name])
    plain["kind"] = CertificateKind(plain["kind"])
    plain["modules"] = tuple(
        CertificateModule(m["number"], LocalizedText(m["title"])) for m in plain["modules"]
    )
    plain["exempted"] = tuple(plain.get("exempted", ()))
    plain["completed_on"] = date.fromisoformat(plain["completed_on"])
    plain["issued_at"] = datetime.strptime(plain["issued_at"], "%Y-%m-%dT%H:%M:%SZ").replace(
        tzinfo=UTC
    )
    if "paper" in plain:
        plain["paper"] = _paper_from(plain["paper"])
    last = plain.pop("valid_until")
    plain["last_valid_on"] = None if last is None else date.fromisoformat(last)
    return CertificateFacts(**plain)
