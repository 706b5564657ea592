"""Reads Aiken as Moodle does: https://docs.moodle.org/en/Aiken_format

Unlike Moodle it lets a question run over several lines before its first option, and takes small
letters. Texts are plain.
"""

import re
from dataclasses import dataclass, field

from app.kernel.refusal import Sentence
from app.kernel.text import N_
from app.training.exchange.rules.questions import (
    MOST_ANSWERS,
    SPACE,
    defect_of,
    name_of,
    refuse_too_many,
)
from app.training.exchange.values import (
    FULL,
    NOTHING,
    Bank,
    BankQuestion,
    ChoiceQuestion,
    MarkedText,
    Place,
    Skipped,
    TextFormat,
    WeighedAnswer,
)

NOT_STARTED = N_("There is no question above this line.")
NO_ANSWER_LINE = N_("The line with the right answer is missing, such as “ANSWER: B”.")
NO_OPTIONS = N_("No options follow, such as “A) Yes”.")
NOT_AN_OPTION = N_("“%(letter)s” is named as the right answer, but there is no such option.")
OPTION = re.compile(r"([A-Z])[).][ \t]?")
SMALL_OPTION = re.compile(r"([a-z])[).][ \t]")
ANSWER = re.compile(r"ANSWER:", re.IGNORECASE)
ANSWER_LINE = re.compile(r"^[ \t]*ANSWER:[ \t]*[A-Z]\b", re.IGNORECASE | re.MULTILINE)
OPTION_LINE = re.compile(r"^[ \t]*B[).]", re.IGNORECASE | re.MULTILINE)
SHORTEST_LINE = 2


def looks_like_aiken(text: str) -> bool:
    """Returns True with a line for the right answer and one for an option B: no other format has
    both.
    """
    lines = text.replace("\r", "\n")
    return bool(ANSWER_LINE.search(lines) and OPTION_LINE.search(lines))


@dataclass
class _Open:
    """A question whose right answer is not known yet."""

    place: Place
    stem: list[str]
    options: list[str] = field(default_factory=list)
    letters: list[str] = field(default_factory=list)

    @property
    def text(self) -> MarkedText:
        return MarkedText("\n".join(self.stem), TextFormat.PLAIN)


@dataclass
class _AikenReader:
    questions: list[BankQuestion] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    open: _Open | None = None
    after_gap: bool = False

    def line(self, number: int, line: str) -> None:
        option = OPTION.match(line) or self._small_option(line)
        if option:
            self._option(number, option[1].upper(), line[option.end() :].strip(SPACE), line)
        elif ANSWER.match(line):
            self._answer(number, line.partition(":")[2].strip(SPACE)[:1].upper(), line)
        elif self.open and not self.open.options and not self.after_gap:
            self.open.stem.append(line)
        else:
            self.end()
            self.open = _Open(self._place(number), [line])
        self.after_gap = False

    def _small_option(self, line: str) -> "re.Match[str] | None":
        """Reads `a) …` where the letter is the next one; otherwise the line belongs to the
        question.
        """
        option = SMALL_OPTION.match(line)
        if option is None or self.open is None:
            return None
        return option if option[1] == chr(ord("a") + len(self.open.options)) else None

    def _place(self, number: int) -> Place:
        count = len(self.questions) + len(self.skipped) + 1
        refuse_too_many(count)
        return Place(number, count)

    def _option(self, number: int, letter: str, text: str, line: str) -> None:
        if self.open is None:
            self._skip(self._place(number), line, Sentence(NOT_STARTED))
            return
        if len(self.open.options) < MOST_ANSWERS:
            self.open.options.append(text)
            self.open.letters.append(letter)

    def _answer(self, number: int, letter: str, line: str) -> None:
        if self.open is None:
            self._skip(self._place(number), line, Sentence(NOT_STARTED))
            return
        own, self.open = self.open, None
        at = own.letters.index(letter) if letter in own.letters else -1
        if len(own.options) > 1 and at < 0:
            reason = Sentence(NOT_AN_OPTION, {"letter": letter or "—"})
            self._skip(own.place, own.stem[0], reason)
            return
        question = ChoiceQuestion(
            name=name_of(own.text),
            text=own.text,
            place=own.place,
            is_single=True,
            answers=tuple(
                WeighedAnswer(
                    MarkedText(option, TextFormat.PLAIN),
                    FULL if index == at else NOTHING,
                )
                for index, option in enumerate(own.options)
            ),
        )
        defect = defect_of(question)
        if defect is None:
            self.questions.append(question)
        else:
            self._skip(own.place, question.name, defect)

    def end(self) -> None:
        """Reports the question that has no answer yet."""
        if self.open is not None:
            reason = NO_ANSWER_LINE if self.open.options else NO_OPTIONS
            self._skip(self.open.place, self.open.stem[0], Sentence(reason))
            self.open = None

    def _skip(self, place: Place, line: str, reason: Sentence) -> None:
        self.skipped.append(Skipped(place, name_of(MarkedText(line, TextFormat.PLAIN)), reason))


def read(text: str) -> Bank:
    reader = _AikenReader()
    ends = text.replace("\r\n", "\n").replace("\r", "\n")
    for number, written in enumerate(ends.split("\n"), 1):
        line = written.strip(SPACE)
        if len(line) < SHORTEST_LINE:
            reader.after_gap = True
        else:
            reader.line(number, line)
    reader.end()
    return Bank(tuple(reader.questions), tuple(reader.skipped))
