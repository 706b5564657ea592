"""The texts of the office in place of ours; pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from app.kernel.refusal import InvalidInput, Sentence
from app.kernel.text import N_, Language, LocalizedText, field_in, languages
from app.office.outbox.rules.placeholders import (
    NONE_KNOWN,
    UNKNOWN_PLACEHOLDER,
    fill,
    placeholders_in,
    unknown_placeholders,
)
from app.office.outbox.values import Letter, LetterTexts

LONGEST_SUBJECT, LONGEST_INTRODUCTION, LONGEST_CLOSING = 200, 2000, 1000
MISSING_PLACEHOLDER = N_("Without %(missing)s the reader does not know what it is about.")
GREETING = "name"
"""The only placeholder of ours that a text may leave out: the greeting has it."""


@dataclass(frozen=True)
class OurTexts:
    """Our own subject and introduction with placeholders, which ones there are, and whether the
    subject may be replaced: that of a reminder counts the days.
    """

    subject: LocalizedText
    introduction: LocalizedText
    known: tuple[str, ...]
    has_subject: bool = True


def template_of(text: str, values: Mapping[str, str]) -> str:
    """Returns the text with each value written as its placeholder, the longest value first."""
    for name, value in sorted(values.items(), key=lambda pair: -len(pair[1])):
        if value:
            text = text.replace(value, f"{{{name}}}")
    return text


def reworded(letter: Letter, texts: LetterTexts, language: Language) -> Letter:
    """Returns the letter as the office words it; its facts and links stay where they are."""
    subject, body = texts.subject[language], letter.body
    if (introduction := texts.introduction[language]) and letter.lead:
        body = body.replace(letter.lead, fill(introduction, letter.values), 1)
    if closing := texts.closing[language]:
        paragraphs = body.rstrip("\n").split("\n\n")
        paragraphs.insert(-1, fill(closing, letter.values))
        body = "\n\n".join(paragraphs) + "\n"
    written = " ".join(fill(subject, letter.values).split())[:300] if subject else letter.subject
    return replace(letter, subject=written, body=body)


def require_texts(texts: LetterTexts, ours: OurTexts) -> None:
    """Refuses at the field a placeholder that is not known, and a text without one that ours has;
    what the subject names, the introduction need not.
    """
    errors: dict[str, Sentence] = {}
    for language in languages():
        subject = texts.subject[language] or ours.subject[language]
        written = {
            "subject": (texts.subject[language], ours.subject[language], ""),
            "introduction": (texts.introduction[language], ours.introduction[language], subject),
            "closing": (texts.closing[language], "", ""),
        }
        for name, (text, own, elsewhere) in written.items():
            sentence = _mistake(text, own, elsewhere, ours.known) if text else None
            if sentence is not None:
                errors[field_in(name, language)] = sentence
    if errors:
        raise InvalidInput(errors)


def _mistake(text: str, own: str, elsewhere: str, known: tuple[str, ...]) -> Sentence | None:
    if unknown := unknown_placeholders(text, known):
        if not known:
            return Sentence(NONE_KNOWN, {"name": unknown[0]})
        return Sentence(UNKNOWN_PLACEHOLDER, {"name": unknown[0], "known": known})
    there = {*placeholders_in(text), *placeholders_in(elsewhere), GREETING}
    missing = tuple(name for name in placeholders_in(own) if name not in there)
    return Sentence(MISSING_PLACEHOLDER, {"missing": missing}) if missing else None


def only_changed(texts: LetterTexts, ours: OurTexts) -> LetterTexts:
    """Leaves out what says the same as ours, so that it goes on following ours."""

    def changed(text: LocalizedText, own: LocalizedText) -> LocalizedText:
        return LocalizedText({code: said for code, said in text.items() if said != own[code]})

    return LetterTexts(
        changed(texts.subject, ours.subject) if ours.has_subject else LocalizedText(),
        changed(texts.introduction, ours.introduction),
        texts.closing,
    )
