"""What a line of a national page must hold, and how old a page may be; pure."""

import re
from collections.abc import Iterator
from datetime import date

from app.kernel.refusal import InvalidInput, Sentence
from app.kernel.text import (
    N_,
    SEVERAL_LINES,
    LocalizedText,
    field_in,
    is_one_line,
    is_printable,
    is_web_address,
)
from app.training.national.values import Freshness, LineDraft, LineKind

LONGEST_NAME, LONGEST_ABOUT, LONGEST_ADDRESS, LONGEST_HOURS = 200, 600, 300, 120
LONGEST_TELEPHONE, LONGEST_EMAIL, LONGEST_URL, LONGEST_NOTES = 60, 254, 500, 4000
MOST_LINES = 60

NO_NAME = N_("Write the name in at least one language.")
NO_ABOUT = N_("Say what people turn to it for, in at least one language.")
NO_WAY = N_("Write at least one way to reach it: address, telephone or e-mail.")
NO_NUMBER = N_("Write the number to call.")
NOT_A_NUMBER = N_("Write a telephone number: digits, spaces, +, -, and “ext.” for an extension.")
NOT_A_MAILBOX = N_("Write an e-mail address, such as refugio@example.org.")
NOT_A_LINK = N_("Write the whole address, starting with https://")
NO_ZONE = N_("Choose the time zone of the opening hours.")
TOO_LONG = N_("Write at most %(most)s characters.")
NOT_PRINTABLE = N_("This text holds characters that cannot be stored. Please type it again.")
LOOKS_PERSONAL = N_(
    "This looks like somebody's own number or address. If it belongs to the office, tick “It belongs "
    "to the office” and save again."
)
TELEPHONE = re.compile(r"[+*#(]?[\d#*][\d+*#()./ -]*(?:(?:ext|int)\.? ?\d{1,6})?", re.IGNORECASE)
MAILBOX = re.compile(r"[^\s@<>\"]+@[^\s@<>\"]+\.[^\s@<>\".]+")
TWO_NAMES = re.compile(r"[a-zñáéíóúü]{3,}[._-][a-zñáéíóúü]{3,}\d{0,2}@.*", re.IGNORECASE)
MOBILE = {
    "BZ": ("501", "6"),
    "CR": ("506", "5678"),
    "GT": ("502", "345"),
    "HN": ("504", "3789"),
    "NI": ("505", "578"),
    "PA": ("507", "6"),
    "SV": ("503", "67"),
}
"""Calling code and first digits of mobile numbers, where numbers tell: national numbering plans,
https://www.itu.int/oth/T0202.aspx?parent=T0202. In the other countries of the body they do not.
"""


LOCAL_DIGITS = 8
"""Of a number within one of them; seven in Belize."""


def looks_personal(telephone: str, email: str, country_code: str) -> bool:
    """Returns True when a number is a mobile one, or an address is made of two names: asked, not
    refused.
    """
    if TWO_NAMES.fullmatch(email.strip()):
        return True
    if country_code not in MOBILE:
        return False
    calling, first = MOBILE[country_code]
    digits = dialled(telephone).lstrip("+").removeprefix("00")
    own = digits.removeprefix(calling) if len(digits) > LOCAL_DIGITS else digits
    return len(own) in (LOCAL_DIGITS - 1, LOCAL_DIGITS) and own[0] in first


def dialled(telephone: str) -> str:
    """Returns a number as a telephone dials it: digits with a leading +, * and #; without an
    extension.
    """
    return re.sub(r"[^\d+*#]", "", re.split(r"ext|int", telephone, flags=re.IGNORECASE)[0])


def freshness(lines: int, *, checked_on: date | None, is_changed: bool, today: date) -> Freshness:
    """Returns how far a page can be relied on. One without lines is empty; one that was checked is
    old on the day after a year. `is_changed`: after the last check.
    """
    if not lines:
        return Freshness.EMPTY
    if checked_on is None:
        return Freshness.UNCHECKED
    if is_changed:
        return Freshness.CHANGED
    try:
        year_later = checked_on.replace(year=checked_on.year + 1)
    except ValueError:  # 29 February
        year_later = checked_on.replace(year=checked_on.year + 1, day=28)
    return Freshness.OLD if today > year_later else Freshness.CURRENT


def require_sound(draft: LineDraft, *, country_code: str) -> None:
    """Raises InvalidInput, by field, for a line that cannot be kept."""
    errors: dict[str, Sentence] = {}
    _texts(errors, "name", draft.name, LONGEST_NAME, lines=False)
    _texts(errors, "about", draft.about, LONGEST_ABOUT)
    _texts(errors, "hours", draft.hours, LONGEST_HOURS, lines=False)
    _texts(errors, "spoken", draft.spoken, LONGEST_HOURS, lines=False)
    for name, text, most in (
        ("url", draft.url, LONGEST_URL),
        ("address", draft.address, LONGEST_ADDRESS),
        ("telephone", draft.telephone, LONGEST_TELEPHONE),
        ("email", draft.email, LONGEST_EMAIL),
    ):
        _text(errors, name, text, most, lines=name == "address")
    for field, sentence in (*_missing(draft), *_odd(draft, country_code)):
        errors.setdefault(field, Sentence(sentence))
    if errors:
        raise InvalidInput(errors)


def _missing(draft: LineDraft) -> Iterator[tuple[str, str]]:
    if not draft.name:
        yield field_in("name"), NO_NAME
    if draft.kind is LineKind.OFFICE:
        if not draft.about:
            yield field_in("about"), NO_ABOUT
        if not (draft.address or draft.telephone or draft.email):
            yield "telephone", NO_WAY
    if draft.kind is LineKind.NUMBER and not draft.telephone:
        yield "telephone", NO_NUMBER
    if draft.hours and not draft.timezone:
        yield "timezone", NO_ZONE


def _odd(draft: LineDraft, country_code: str) -> Iterator[tuple[str, str]]:
    if draft.telephone and not TELEPHONE.fullmatch(draft.telephone):
        yield "telephone", NOT_A_NUMBER
    if draft.email and not MAILBOX.fullmatch(draft.email):
        yield "email", NOT_A_MAILBOX
    if draft.url and not is_web_address(draft.url):
        yield "url", NOT_A_LINK
    if not draft.is_of_office:
        if looks_personal(draft.telephone, "", country_code):
            yield "telephone", LOOKS_PERSONAL
        if looks_personal("", draft.email, country_code):
            yield "email", LOOKS_PERSONAL


def require_sound_notes(notes: LocalizedText) -> None:
    errors: dict[str, Sentence] = {}
    _texts(errors, "notes", notes, LONGEST_NOTES)
    if errors:
        raise InvalidInput(errors)


def _texts(
    errors: dict[str, Sentence], name: str, texts: LocalizedText, most: int, *, lines: bool = True
) -> None:
    for language, text in texts.items():
        _text(errors, field_in(name, language), text, most, lines=lines)


def _text(errors: dict[str, Sentence], field: str, text: str, most: int, *, lines: bool) -> None:
    if len(text) > most:
        errors[field] = Sentence(TOO_LONG, {"most": most})
    elif not is_printable(text):
        errors[field] = Sentence(NOT_PRINTABLE)
    elif not lines and not is_one_line(text):
        errors[field] = Sentence(SEVERAL_LINES)
