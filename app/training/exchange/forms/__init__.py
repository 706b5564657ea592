"""Reading a file of questions: which format it is, and what comes in."""

import re
from collections.abc import Iterable
from pathlib import PurePath

from app.kernel.refusal import InvalidInput, Sentence
from app.kernel.text import N_, storable, turns_around
from app.training.exchange.forms import aiken, gift, moodle_xml
from app.training.exchange.forms.encoding import MEGABYTE, MOST_BYTES, decoded
from app.training.exchange.rules.questions import bodies, marks_of, texts
from app.training.exchange.values import Bank, BankQuestion, Format, Skipped

LONGEST_QUESTION = 100_000
MOST_TEXT = 3 * MEGABYTE
"""Letters of a file of GIFT or Aiken, which hold no pictures: a thousand long questions."""
TOO_LARGE = N_("This file is larger than %(limit)s MB.")
MOST_MARKUP = 300_000
"""Marks and tags of a whole file. They are what takes time: some seven microseconds each."""
TOO_MUCH_MARKUP = N_(
    "This file holds more than %(limit)s marks and tags of markup. Divide it into several files."
)
TOO_MUCH_TEXT = N_("GIFT and Aiken are read up to %(limit)s MB. Divide the file into several.")
EMPTY = N_("There are no questions in this file.")
NO_FORMAT = N_(
    "This file is none of these: GIFT, Moodle XML, Aiken. A GIFT question has its answers in"
    " braces; an Aiken question ends with a line such as “ANSWER: B”."
)
NOT_STORABLE = N_("It holds a character that cannot be stored.")
TURNS = N_("It holds invisible signs that turn the line around.")
TOO_LONG = N_("It is longer than %(limit)s characters.")
READERS = {Format.GIFT: gift.read, Format.AIKEN: aiken.read, Format.MOODLE_XML: moodle_xml.read}
LOOKS_LIKE_GIFT = re.compile(r"^[ \t]*(?:::|\$CATEGORY:)|(?<!\\)\{", re.MULTILINE)
ENDS_OF_NAMES = {".gift": Format.GIFT, ".xml": Format.MOODLE_XML, ".aiken": Format.AIKEN}


def read(data: bytes, filename: str = "") -> Bank:
    """Returns the questions of a file, and those that could not be read with the reason of each.

    Raises InvalidInput for the field `file` where nothing of it can be read.
    """
    if len(data) > MOST_BYTES:
        raise InvalidInput({"file": Sentence(TOO_LARGE, {"limit": MOST_BYTES // MEGABYTE})})
    text = decoded(data)
    format_ = format_of(text, filename)
    if format_ is not Format.MOODLE_XML and len(text) > MOST_TEXT:
        raise InvalidInput({"file": Sentence(TOO_MUCH_TEXT, {"limit": MOST_TEXT // MEGABYTE})})
    bank = READERS[format_](text)
    if not bank.questions and not bank.skipped:
        raise InvalidInput({"file": Sentence(EMPTY)})
    questions, skipped = _sound(bank.questions)
    if sum(marks_of(text) for question in questions for text in texts(question)) > MOST_MARKUP:
        raise InvalidInput({"file": Sentence(TOO_MUCH_MARKUP, {"limit": MOST_MARKUP})})
    return Bank(
        tuple(questions),
        tuple(sorted([*bank.skipped, *skipped], key=lambda item: item.place.line)),
        bank.categories,
        format_,
    )


def format_of(text: str, filename: str = "") -> Format:
    """Returns the format by what the file holds; by how its name ends where that does not tell."""
    start = text.lstrip()[:200]
    if start.startswith(("<?xml", "<quiz", "<!")):
        return Format.MOODLE_XML
    if aiken.looks_like_aiken(text):
        return Format.AIKEN
    if LOOKS_LIKE_GIFT.search(text):
        return Format.GIFT
    by_name = ENDS_OF_NAMES.get(PurePath(filename).suffix.lower())
    if by_name is Format.MOODLE_XML and not start.startswith("<"):
        by_name = None
    if by_name is None or not start:
        raise InvalidInput({"file": Sentence(NO_FORMAT if start else EMPTY)})
    return by_name


def _sound(questions: Iterable[BankQuestion]) -> tuple[list[BankQuestion], list[Skipped]]:
    """Returns the questions that a database can hold, and the others."""
    sound, skipped = [], []
    for question in questions:
        reason = _defect(question)
        if reason is None:
            sound.append(question)
        else:
            name = question.name.encode("utf-8", "replace").decode().replace("\0", "?")
            skipped.append(Skipped(question.place, name[:80], reason))
    return sound, skipped


def _defect(question: BankQuestion) -> Sentence | None:
    length = 0
    for body in bodies(question):
        length += len(body)
        if not storable(body):
            return Sentence(NOT_STORABLE)
        if turns_around(body):
            return Sentence(TURNS)
    if length > LONGEST_QUESTION:
        return Sentence(TOO_LONG, {"limit": LONGEST_QUESTION})
    return None
