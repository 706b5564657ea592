"""What may be put forward, and that no person is named in it; pure."""

import re

from app.followup.practices.values import PracticeDraft, PracticeStatus, RepositoryFields
from app.kernel.refusal import InvalidInput, Refusal, Sentence
from app.kernel.text import N_, SEVERAL_LINES, field_in, is_one_line

LONGEST_TITLE, LONGEST_SUMMARY, LONGEST_ORGANISATION, LONGEST_URL, LONGEST_NOTE = (
    200,
    1200,
    200,
    500,
    500,
)
SHORTEST_NOTE = 15
LONGEST_FIELD = 1500
OBJECTIVES, GOALS, PRINCIPLES = range(1, 24), range(1, 18), range(1, 11)
"""Numbers of the Global Compact's objectives, of the Sustainable Development Goals, and of the
Compact's guiding principles (A/RES/73/195, paragraphs 15 and 16; A/RES/70/1)."""

NO_TITLE = N_("Write a title in at least one language.")
TITLE_TOO_LONG = N_("Write the title in at most %(most)s letters.")
NO_SUMMARY = N_("Say in a few sentences what was done and what came of it.")
SUMMARY_TOO_LONG = N_("Write at most %(most)s characters.")
NO_ORGANISATION = N_("Write the name of the organisation.")
NOT_A_LINK = N_("Write the whole address, starting with https://")
PERSONAL = N_(
    "This looks like someone's document or telephone number. Remove anything that identifies a person."
)
NOT_PRINTABLE = N_("This text holds characters that cannot be stored. Please type it again.")
FROM_THE_LISTS = N_("Choose from the list.")
NO_NOTE = N_("Say in at least %(least)s characters what should be changed.")
# A passport or identity number: letters and digits, six digits or more in a row; a telephone of the
# isthmus (four and four digits) or of anywhere else.
PERSONAL_NUMBER = re.compile(
    r"\b[A-Za-z]{1,3}-?\d{6,9}\b|\b[A-Z]{1,3} \d{7,9}\b|\b\d{4}[- .]\d{4}\b|\b\d{4}[- ]?\d{4}[- ]?\d{4,5}\b"
    r"|(?<!\w)\+?\d[\d ()-]{8,}\d(?!\w)"
)
YEARS = re.compile(r"\b(?:19|20)\d\d\s*[-–/]\s*(?:19|20)\d\d\b")


class AlreadyReviewed(Refusal):
    rule = "practice-reviewed"
    msgid = N_("This has already been reviewed. Reload the list.")


def holds_personal_number(text: str) -> bool:
    """Returns True when something in the text looks like a passport, identity card or telephone; a
    span of years does not.
    """
    return PERSONAL_NUMBER.search(YEARS.sub(" ", text)) is not None


def require_sound(draft: PracticeDraft) -> None:
    """Refuses with InvalidInput, by field."""
    errors: dict[str, Sentence] = {}
    if not draft.title:
        errors[field_in("title")] = Sentence(NO_TITLE)
    if not draft.summary:
        errors[field_in("summary")] = Sentence(NO_SUMMARY)
    texts = [
        (field_in(name, language), text, most, too_long)
        for name, texts, most, too_long in (
            ("title", draft.title, LONGEST_TITLE, TITLE_TOO_LONG),
            ("summary", draft.summary, LONGEST_SUMMARY, SUMMARY_TOO_LONG),
        )
        for language, text in texts.items()
    ]
    for field, text, most, too_long in texts:
        defect = _defect_of(text, most, too_long)
        if defect is not None:
            errors[field] = defect
        elif field.startswith("title") and not is_one_line(text):
            errors[field] = Sentence(SEVERAL_LINES)
    if (
        not draft.organisation
        or len(draft.organisation) > LONGEST_ORGANISATION
        or not draft.organisation.isprintable()
    ):
        errors["organisation"] = Sentence(NO_ORGANISATION)
    if draft.url and (
        len(draft.url) > LONGEST_URL
        or not re.fullmatch(r"https://[^\s<>\"]+\.[^\s<>\"]+", draft.url)
    ):
        errors["url"] = Sentence(NOT_A_LINK)
    if errors:
        raise InvalidInput(errors)


def _defect_of(text: str, most: int, too_long: str) -> Sentence | None:
    if len(text) > most:
        return Sentence(too_long, {"most": most})
    if not all(c.isprintable() or c in "\r\n\t" for c in text):
        return Sentence(NOT_PRINTABLE)
    return Sentence(PERSONAL) if holds_personal_number(text) else None


def require_sound_fields(fields: RepositoryFields) -> None:
    """Refuses with InvalidInput, by field. Nothing is compulsory: the form names what is missing."""
    chosen = (
        ("objectives", fields.objectives, OBJECTIVES),
        ("goals", fields.goals, GOALS),
        ("principles", fields.principles, PRINCIPLES),
    )
    errors = {
        name: Sentence(FROM_THE_LISTS)
        for name, numbers, known in chosen
        if not set(numbers) <= set(known)
    }
    written = (
        ("benefits", fields.benefits),
        ("lessons", fields.lessons),
        ("recommendations", fields.recommendations),
    )
    for name, texts in written:
        for language, text in texts.items():
            defect = _defect_of(text, LONGEST_FIELD, SUMMARY_TOO_LONG)
            if defect is not None:
                errors[field_in(name, language)] = defect
    if errors:
        raise InvalidInput(errors)


def require_reviewable(status: PracticeStatus) -> None:
    if status is not PracticeStatus.SUBMITTED:
        raise AlreadyReviewed


def require_note(note: str) -> str:
    """Returns the note without blanks at its ends. Refuses a return without a reason."""
    said = " ".join(note.split())
    if not SHORTEST_NOTE <= len(said) <= LONGEST_NOTE:
        raise InvalidInput({"note": Sentence(NO_NOTE, {"least": SHORTEST_NOTE})})
    return said
