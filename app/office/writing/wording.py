"""The words of a letter to many, as its reader gets it."""

import re
from collections.abc import Mapping
from datetime import date

from babel import Locale

from app.infra.language import translate
from app.kernel.refusal import Sentence
from app.kernel.text import N_, Language, LocalizedText, interface_language, languages
from app.office.notifications.values import EventNotice, Recipient
from app.office.notifications.wording.letters import signed, span_lines
from app.office.outbox.rules import fill
from app.office.outbox.values import Letter
from app.office.writing.values import AudienceKind, LetterWords
from app.web.render import day_text, days_text, hours_text

LABELS: Mapping[str, str] = {
    AudienceKind.REGISTERED: N_("People registered"),
    AudienceKind.WAITING: N_("People on the waiting list"),
    AudienceKind.SILENT: N_("People invited who have not registered"),
    AudienceKind.ABSENT: N_("People registered who were absent"),
    AudienceKind.SPEAKERS: N_("People in the programme"),
    AudienceKind.FOCAL_POINTS: N_("Focal points"),
    AudienceKind.UNCONFIRMED: N_("Focal points with officials to confirm or counts to declare"),
    AudienceKind.GROUP: N_("Delegates: %(of)s"),
    AudienceKind.COURSE: N_("Enrolled and not finished: %(of)s"),
    AudienceKind.MATRIX: N_("Focal point, matrix not sent: %(of)s"),
    AudienceKind.UNTRAINED: N_("Officials without a valid certificate who were never enrolled"),
    AudienceKind.UNDERWAY: N_("Officials without a valid certificate who are or were enrolled"),
    AudienceKind.LAPSING: N_("Officials whose certificate ends within 90 days"),
    AudienceKind.LEFT: N_("People who left with a certificate and were not asked for a note"),
}
SUGGESTED: Mapping[str, tuple[str, str]] = {
    AudienceKind.MATRIX: (
        N_("Your country's matrix is not sent yet"),
        N_(
            "Dear {name}:\n\nYour country's matrix is not sent yet. It can be written until "
            "%(day)s.\n\nWhat your country has open stands in it already, with your last words "
            "beside it; one press says “no change” for the rest. The home page leads to it:\n\n"
            "{link}"
        ),
    ),
    AudienceKind.UNTRAINED: (
        N_("The course on the Guidelines"),
        N_(
            "Dear {name}:\n\nYou serve in a post for which the region asks for the certificate of "
            "the course on the Guidelines. Please begin the course in these weeks; you study at "
            "your own pace, and what you have done is kept.\n\n{link}"
        ),
    ),
    AudienceKind.UNDERWAY: (
        N_("Your course on the Guidelines is open to you"),
        N_(
            "Dear {name}:\n\nYou are on the list of the course on the Guidelines, and what you have "
            "done in it is kept. Please go on where you are: with the last quiz you get the "
            "certificate. If you had one that ended, the same page renews it.\n\n{link}"
        ),
    ),
    AudienceKind.LAPSING: (
        N_("Your certificate ends soon"),
        N_(
            "Dear {name}:\n\nYour certificate of the course on the Guidelines ends within 90 days. "
            "Please renew it before then, so that our country keeps its coverage.\n\n{link}"
        ),
    ),
    AudienceKind.LEFT: (
        N_("A handover note for whoever follows you"),
        N_(
            "Dear {name}:\n\nYou left a post in which you assisted migrant women, and you know what "
            "whoever follows you needs. Please send a page to %(reply)s:\n\n"
            "1. What is under way, and until when.\n\n"
            "2. Whom to call in other offices and countries.\n\n"
            "3. Where the papers are.\n\n"
            "4. What you wish you had known on the first day.\n\n"
            "Do not name anyone you assisted. Thank you."
        ),
    ),
}
"""What the form holds at first, by audience: subject and text; `reply` is where answers go, `day`
until when the matrix can be written.
"""
ONLY_IN = N_("This letter was written only in %(tongue)s.")
BLANK_LINE = re.compile(r"\n[ \t]*\n\s*")


def label_of(key: str, names: Mapping[str, LocalizedText]) -> Sentence:
    """Returns the label of an audience. `names`: names of groups and courses, by key."""
    kind = key.partition(":")[0]
    return Sentence(LABELS[kind], {"of": names.get(key, LocalizedText())})


def suggested_words(key: str, reply: str = "", until: date | None = None) -> LetterWords | None:
    """Returns a suggested letter in every language, with its placeholders; None for other
    audiences. `reply`: the address that an answer is to go to; `until`: the last day of the period
    of the matrix that is open.
    """
    kind = key.partition(":")[0]
    if kind not in SUGGESTED:
        return None
    subject, text = (
        LocalizedText(
            {
                code: translate(
                    code, msgid, reply=reply, day=day_text(until, code) if until else ""
                )
                for code in languages()
            }
        )
        for msgid in SUGGESTED[kind]
    )
    return LetterWords(subject, text)


def written_letter(
    to: Recipient, words: LetterWords, *, event: EventNotice | None, link: str
) -> Letter:
    """Returns the letter in the reader's language. Where that is missing, in another one with a
    line that says so.
    """
    shown = words.text.language_shown(to.language)
    values = {"name": to.name, "link": link}
    if event is not None:
        values |= {"event": event.title.in_(shown), "date": _date(to, event, shown)}
    notice: tuple[str, ...] = ()
    if shown != to.language:
        name = Locale.parse(shown).get_language_name(interface_language(to.language)) or shown
        notice = (translate(to.language, ONLY_IN, tongue=name),)
    paragraphs = BLANK_LINE.split(fill(words.text[shown], values).strip())
    return signed(to.language, fill(words.subject[shown], values), *notice, *paragraphs)


def _date(to: Recipient, event: EventNotice, language: Language) -> str:
    if event.span is None:
        return translate(language, "date to be announced")
    zone = event.timezone
    reader = Recipient(
        person_id=to.person_id,
        name=to.name,
        address=to.address,
        language=language,
        timezone=to.timezone,
    )
    lines = span_lines(reader, event.span, zone, "", is_all_day=event.is_all_day)
    first, last = event.span.starts_at, event.span.ends_at
    own = to.timezone
    if len(lines) > 1 and days_text(first, last, zone, language) == days_text(
        first, last, own, language
    ):
        lines[1] = translate(language, "%(hours)s in your time", hours=hours_text(first, last, own))
    return " · ".join(lines)
