"""The words of a letter: placeholders, languages, and who reads which text."""

import pytest

from app.kernel.refusal import InvalidInput
from app.kernel.text import LocalizedText
from app.office.notifications.values import Recipient
from app.office.outbox.forms import own_names
from app.office.outbox.rules import fill
from app.office.writing.rules import (
    IN_EVENT,
    IN_OFFICE,
    everybody_in,
    readers_by_language,
    require_words,
)
from app.office.writing.values import LetterAddressee, LetterWords
from app.office.writing.wording import written_letter


def somebody(number: int, language: str = "es") -> LetterAddressee:
    address = f"person-{number}@example.org"
    return LetterAddressee(
        Recipient(number, f"Person {number}", address, language, "America/Costa_Rica")
    )


def words(subject: dict[str, str], text: dict[str, str]) -> LetterWords:
    return LetterWords(LocalizedText(subject), LocalizedText(text))


def mistakes(given: LetterWords, known: tuple[str, ...] = IN_EVENT) -> dict[str, str]:
    with pytest.raises(InvalidInput) as refused:
        require_words(given, known)
    return {name: sentence.msgid for name, sentence in refused.value.errors.items()}


def test_r64_a_language_needs_both_subject_and_text() -> None:
    require_words(words({"es": "Aviso"}, {"es": "Hola"}), IN_EVENT)
    assert set(mistakes(words({"es": "Aviso"}, {"es": "Hola", "en": "Hello"}))) == {"subject_en"}
    assert set(mistakes(words({"es": "Aviso", "en": "Note"}, {"es": "Hola"}))) == {"text_en"}
    assert set(mistakes(words({}, {}))) == {"subject_es", "text_es"}


def test_r64_unknown_placeholder_is_named_at_its_field() -> None:
    assert set(mistakes(words({"es": "Aviso"}, {"es": "Hola, {nme}"}))) == {"text_es"}
    assert set(mistakes(words({"es": "{event}"}, {"es": "Hola"}), IN_OFFICE)) == {"subject_es"}


def test_r64_placeholders_are_written_in_any_language_of_the_house() -> None:
    assert fill("{nombre}, {date}: {enlace} {other}", own_names()) == (
        "{name}, {date}: {link} {other}"
    )


def test_r64_somebody_in_two_audiences_is_one_reader() -> None:
    audiences = {"registered": (somebody(1), somebody(2)), "speakers": (somebody(2),)}
    assert len(everybody_in(audiences, ["registered", "speakers"])) == 2
    with pytest.raises(InvalidInput):
        everybody_in(audiences, ["waiting"])


def test_r64_reader_of_a_missing_language_gets_the_other_with_a_notice() -> None:
    given = words({"es": "Aviso"}, {"es": "Hola, {name}.\n\nTraiga su informe."})
    reader = somebody(7, "en")
    assert readers_by_language([reader], given.text) == {"es": [reader]}
    letter = written_letter(reader.to, given, event=None, link="https://example.org")
    assert letter.body.startswith("This letter was written only in Spanish.\n\nHola, Person 7.\n\n")
