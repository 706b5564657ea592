"""The words of a certificate with everything filled in.

A placeholder is a word in braces, in the language of the text: `{curso}` in Spanish, `{course}` in
English. Nothing else in braces means anything, so a text of the office is never a template.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from app.kernel.text import Language, LocalizedText
from app.training.certificates.exports.words import date_in_words, hours_in_words, taken_in_words
from app.training.certificates.rules import FIRST_TEXTS, IN_BRACES, placeholder_of, printed
from app.training.certificates.values import PAPER_LANGUAGES, CertificateFacts, Placeholder

GLUED = frozenset({Placeholder.VERSION, Placeholder.DATE})
"""Short words that no line begins with: the space before them does not break."""


@dataclass(frozen=True)
class PaperWords:
    """The words of a certificate with everything filled in."""

    opening: LocalizedText
    sentence: LocalizedText


def said(facts: CertificateFacts) -> PaperWords | None:
    """Returns what a certificate says; None for a design that has the words in its page."""
    if facts.paper is None:
        return None
    values = _values(facts)
    text = facts.paper.text
    return PaperWords(_filled(text.opening, values), _filled(text.sentence, values))


def own_words(facts: CertificateFacts) -> PaperWords | None:
    """Returns what a certificate says in words of the office; None where they are the first ones,
    which say nothing but the facts.
    """
    if facts.paper is None:
        return None
    first = FIRST_TEXTS[facts.kind]
    is_first = printed(facts.kind, replace(facts.paper, text=first), is_whole=facts.is_whole)
    return None if facts.paper == is_first else said(facts)


def _values(facts: CertificateFacts) -> Mapping[Placeholder, LocalizedText]:
    taken = taken_in_words(facts.modules, facts.modules_total)
    return {
        Placeholder.BODY: facts.certifier,
        Placeholder.COURSE: facts.course_title,
        Placeholder.EVENT: facts.course_title,
        Placeholder.MODULES: taken,
        Placeholder.MODULE: taken,
        Placeholder.SUBJECT: facts.modules[0].title if facts.modules else LocalizedText(),
        Placeholder.VERSION: LocalizedText(dict.fromkeys(PAPER_LANGUAGES, facts.edition)),
        Placeholder.HOURS: hours_in_words(facts.hours, facts.design),
        Placeholder.DATE: date_in_words(facts.completed_on),
    }


def _filled(text: LocalizedText, values: Mapping[Placeholder, LocalizedText]) -> LocalizedText:
    return LocalizedText(
        {language: _filled_in(text[language], language, values) for language in PAPER_LANGUAGES}
    )


def _filled_in(text: str, language: Language, values: Mapping[Placeholder, LocalizedText]) -> str:
    def value(match: re.Match[str]) -> str:
        space, word = match.groups()
        placeholder = placeholder_of(word, language)
        if placeholder is None:
            return match.group()  # never kept: `rules.mistakes_in_text` refuses it
        return ("\u00a0" if space and placeholder in GLUED else space) + values[placeholder][
            language
        ]

    return IN_BRACES.sub(value, text)
