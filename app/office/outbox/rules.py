"""What may still be done about a letter, the keys in its links, its placeholders and texts, and
whether an invitation stands in a calendar; pure.
"""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from itsdangerous import BadSignature

from app.infra.secret_keys import SecretKeys
from app.kernel.refusal import InvalidInput, Refusal, Sentence
from app.kernel.text import N_, Language, LocalizedText, field_in, languages
from app.office.outbox.values import Letter, LetterTexts, MessageFilter
from app.training.refreshers.rules import choice_key

# Whether an invitation stands in somebody's calendar.
#
# RFC 5546 asks nothing of who wants no invitations, but a calendar keeps what it was sent: who opts
# out gets nothing new, and what stands there already is brought up to date and taken out in the end.


@dataclass(frozen=True)
class CalendarMessage:
    """A message to the attendee's calendar. `has_arrived`: it was handed over and did not come
    back, as far as is known. `is_withdrawn`: it is not to leave any more.
    """

    method: str
    has_arrived: bool
    is_withdrawn: bool = False


def stands(messages: Sequence[CalendarMessage]) -> bool:
    """Returns True when an invitation stands in a calendar, by the messages in the order of their
    writing.

    In doubt it stands: a CANCEL of what is not there is passed over, while one that is missing
    leaves a meeting that nobody holds. So an invitation counts from when it is written, and its end
    only once it has arrived. Where letters are kept no longer, none is known, and then it was sent
    once.
    """
    if not messages:
        return True
    is_there = False
    for one in messages:
        if one.method == "REQUEST" and not one.is_withdrawn:
            is_there = True
        elif one.method == "CANCEL" and one.has_arrived and not one.is_withdrawn:
            is_there = False
    return is_there


# The key in the foot of a letter that opens one person's wishes, and nothing else, for good.

SALT = "mail-wishes"


def wish_key(keys: SecretKeys, person_id: int) -> str:
    return str(keys.serializer(SALT).dumps(person_id))


def person_of_key(keys: SecretKeys, key: str) -> int | None:
    """Returns None for whatever we did not sign."""
    try:
        person_id = keys.serializer(SALT).loads(key)
    except BadSignature:
        return None
    return person_id if isinstance(person_id, int) else None


# Keys in the links of a letter: what whoever reads the stored letter could use.
#
# A link such as https://convoca.example.org/invited/<key> signs somebody in or answers for them, so
# the stored letter says https://convoca.example.org/invited/… instead. The keys of choices stand in
# every letter, for good, and are made again from their reader when it leaves.

KEYED = (
    "invited",
    "sign-in/link",
    "speaker",
    "guest",
    "invitation",
    "refreshers/by-letter",
    "new-address",
    "matrix-row",
)
"""Beginnings of paths whose next part is a key."""
CHOICES: Mapping[str, Callable[[SecretKeys, int], str]] = {
    "wishes": wish_key,
    "refreshers/choice": choice_key,
}
"""Those whose key is f(keys, person_id)."""
MARK = "…"
_BEFORE = rf"https?://[^\s/<>\"]+/(?:{'|'.join(KEYED)})/"
KEY = re.compile(rf"({_BEFORE})([^\s/?#<>\"{MARK}]*[\w-])")
MARKED = re.compile(rf"({_BEFORE}){MARK}")
_CHOICE = rf"https?://[^\s/<>\"]+/({'|'.join(CHOICES)})/"
CHOICE = re.compile(rf"({_CHOICE})[^\s/?#<>\"{MARK}]*[\w-]")
MARKED_CHOICE = re.compile(rf"({_CHOICE}){MARK}")
ANSWER_TOKEN = re.compile(r"^(rsvp\+)[^@]*@")


def without_keys(text: str) -> tuple[str, tuple[str, ...]]:
    """Returns the text with a mark in place of each key, and the keys in their order."""
    return KEY.sub(rf"\1{MARK}", text), tuple(match[2] for match in KEY.finditer(text))


def with_keys(text: str, keys: Sequence[str]) -> str:
    """Returns the text with the keys where the marks stand."""
    left = iter(keys)
    return MARKED.sub(lambda found: found[1] + next(left, MARK), text)


def keys_in(text: str) -> tuple[str, ...]:
    return without_keys(text)[1]


def lacks_keys(text: str) -> bool:
    return MARKED.search(text) is not None


def without_choices(text: str) -> str:
    """Returns the text with a mark in place of each key of CHOICES."""
    return CHOICE.sub(rf"\1{MARK}", text)


def with_choices(text: str, *, keys: SecretKeys, person_id: int) -> str:
    """Returns the text with the person's keys where the marks of CHOICES stand."""
    return MARKED_CHOICE.sub(lambda found: found[1] + CHOICES[found[2]](keys, person_id), text)


# What an organizer may still do about a message.

LONGEST_REASON = 300
SHORTEST_REASON = 5
OVERTAKEN = N_("Not sent: a newer letter says how things stand.")
NO_NEWS = N_("Not sent: it would have said what its reader was told already.")
NOT_TRUE_ANY_MORE = N_("Not sent: there was nothing to remind of any more.")
NOT_SO_ANY_MORE = N_("Not sent: what it said was no longer so.")
LINK_LAPSED = N_("Not sent: no letter could leave, and its link works for minutes only.")
DROPPED = N_("Not sent: it waited for mail to be connected, and the office let it go.")
WITHDRAWN = frozenset(
    {OVERTAKEN, NO_NEWS, NOT_TRUE_ANY_MORE, NOT_SO_ANY_MORE, LINK_LAPSED, DROPPED}
)
"""Reasons of the platform's own, in the reader's language wherever they are shown."""
UNSETTLED = frozenset({MessageFilter.UNDELIVERED, MessageFilter.BOUNCED})


class NothingToSettle(Refusal):
    """It has arrived, as far as we know, or it still waits for its turn."""

    rule = "message-nothing-to-settle"
    msgid = N_(
        "There is nothing to decide about this letter: it was sent, or is still being tried."
    )


class KeysForgotten(Refusal):
    """Its links have lapsed, and their keys are not kept longer than they work."""

    rule = "message-keys-forgotten"
    msgid = N_(
        "This letter has links that no longer work, so it is not sent again. Invite the person anew."
    )


def require_unsettled(state: MessageFilter) -> None:
    if state not in UNSETTLED:
        raise NothingToSettle


def require_reason(reason: str) -> str:
    words = " ".join(reason.split())
    if not SHORTEST_REASON <= len(words) <= LONGEST_REASON:
        raise InvalidInput({"reason": Sentence(N_("Write the reason in 5 to 300 characters."))})
    return words


def cause_of(dedupe: str) -> int | None:
    """Returns the journal's number of the fact that a letter follows from; None for what the clock
    caused.
    """
    head = dedupe.partition(".")[0]
    return int(head) if head.isascii() and head.isdigit() else None


def state_of(
    *,
    is_sent: bool,
    has_bounced: bool,
    is_given_up: bool,
    is_dead: bool,
    is_held: bool,
    is_filed: bool,
) -> MessageFilter:
    if is_given_up:
        return MessageFilter.GIVEN_UP
    if has_bounced:
        return MessageFilter.BOUNCED
    if is_sent:
        return MessageFilter.FILED if is_filed else MessageFilter.SENT
    if is_held:
        return MessageFilter.WAITING
    return MessageFilter.UNDELIVERED if is_dead else MessageFilter.ON_THE_WAY


# Placeholders in texts that people write: {name}, {event}.

PLACEHOLDER = re.compile(r"\{([^{}\n]{0,40})\}")
UNKNOWN_PLACEHOLDER = N_("{%(name)s} means nothing here. Use only %(known)s.")
NONE_KNOWN = N_("{%(name)s} stands for nothing here: this text has no placeholders.")


def fill(text: str, values: Mapping[str, str]) -> str:
    """Returns the text with each known placeholder replaced."""
    return PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), text)


def placeholders_in(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(PLACEHOLDER.findall(text)))


def unknown_placeholders(text: str, known: Collection[str]) -> tuple[str, ...]:
    return tuple(name for name in placeholders_in(text) if name not in known)


# The texts of the office in place of ours.

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
