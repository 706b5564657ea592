"""Rules of a letter before it is sent; pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from app.kernel.refusal import InvalidInput, Kind, Refusal, Sentence
from app.kernel.text import N_, Language, LocalizedText, field_in, languages
from app.office.outbox.rules import UNKNOWN_PLACEHOLDER, unknown_placeholders
from app.office.writing.values import LetterAddressee, LetterWords

LONGEST_SUBJECT = 200
LONGEST_TEXT = 5000
IN_OFFICE = ("name", "link")
IN_EVENT = ("name", "event", "date", "link")
NO_SUBJECT = N_("Write the subject.")
NO_TEXT = N_("Write the text.")
NOBODY_CHOSEN = N_("Choose who you are writing to.")


class AudienceChanged(Refusal):
    """Somebody registered, answered or left after the preview was shown."""

    kind = Kind.CONFLICT
    rule = "letter-audience-changed"
    msgid = N_(
        "Meanwhile the number of people changed: %(before)s before, %(now)s now. Nothing was sent. "
        "Look once more and send."
    )


class EventNotPublished(Refusal):
    kind = Kind.CONFLICT
    rule = "letter-event-not-published"
    msgid = N_("The event is a draft. Publish it, and then write to its people.")


def require_words(words: LetterWords, known: Sequence[str]) -> None:
    """Refuses at the field an empty letter, a subject without a text or the reverse, and an unknown
    placeholder.
    """
    errors: dict[str, Sentence] = {}
    if not words.subject and not words.text:
        errors = {
            field_in("subject"): Sentence(NO_SUBJECT),
            field_in("text"): Sentence(NO_TEXT),
        }
    for language in languages():
        errors |= _mistakes_in(words, language, known)
    if errors:
        raise InvalidInput(errors)


def _mistakes_in(
    words: LetterWords, language: Language, known: Sequence[str]
) -> dict[str, Sentence]:
    errors = {}
    subject, text = words.subject[language], words.text[language]
    if text and not subject:
        errors[field_in("subject", language)] = Sentence(NO_SUBJECT)
    if subject and not text:
        errors[field_in("text", language)] = Sentence(NO_TEXT)
    for name, written in (("subject", subject), ("text", text)):
        if unknown := unknown_placeholders(written, known):
            errors[field_in(name, language)] = Sentence(
                UNKNOWN_PLACEHOLDER, {"name": unknown[0], "known": known}
            )
    return errors


def everybody_in(
    audiences: Mapping[str, tuple[LetterAddressee, ...]], keys: Collection[str]
) -> tuple[LetterAddressee, ...]:
    """Returns everybody in the chosen audiences once, by name. Refuses (at `to`) audiences without
    anybody.
    """
    people = {one.key: one for key in keys for one in audiences.get(key, ())}
    if not people:
        raise InvalidInput({"to": Sentence(NOBODY_CHOSEN)})
    return tuple(sorted(people.values(), key=lambda one: (one.to.name.casefold(), one.key)))


def readers_by_language(
    people: Iterable[LetterAddressee], text: LocalizedText
) -> dict[Language, list[LetterAddressee]]:
    """Returns who reads which of the texts: the own language, or another one where that is missing."""
    readers: dict[Language, list[LetterAddressee]] = {
        language: [] for language in languages() if language in text
    }
    for one in people:
        readers[text.language_shown(one.to.language)].append(one)
    return readers
