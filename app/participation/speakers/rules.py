"""What a speaker's entry must say, and how long their link works; pure."""

from datetime import datetime

from app.infra.email_address import is_email
from app.kernel.refusal import InvalidInput, Kind, Refusal, Sentence
from app.kernel.text import N_, LocalizedText
from app.people.directory.rules.people import LONGEST_NAME

LONGEST_LINES = 300
PHOTO_SIDE = 320
LARGEST_PHOTO = 6 * 1024 * 1024
NO_NAME = N_("Write the name as it should appear in the programme.")
NO_EMAIL = N_("Write an e-mail address, for example name@example.org.")
TOO_LONG = N_("Shorten this to %(most)s characters.")
NOT_PRINTED = N_("This holds signs that cannot be printed. Type it anew.")
NOT_A_PICTURE = N_("Send a photo as PNG, JPEG or WebP.")
TOO_LARGE = N_("The photo is too large: at most %(most)s MB.")
NOTHING_BESIDE = N_(
    "Leave this empty: of who speaks under a chosen name we keep that name and nothing else."
)


class SpeakerLinkDead(Refusal):
    kind = Kind.GONE
    rule = "speaker-link-dead"
    msgid = N_("This link no longer works. If this surprises you, write to whoever sent it.")


class NamedAlready(Refusal):
    rule = "speaker-named-already"
    msgid = N_("Someone with this address is already a speaker at this event.")


def require_alive(ends_at: datetime | None, taken_out_at: datetime | None, now: datetime) -> None:
    """Raises SpeakerLinkDead once the event is over, wherever it moved, or the speaker was taken
    out.
    """
    if taken_out_at is not None or (ends_at is not None and ends_at <= now):
        raise SpeakerLinkDead


def require_sound(*, name: str, organisation: str, email: str, lines: LocalizedText) -> None:
    """Refuses with every mistake at its field."""
    errors: dict[str, Sentence] = {}
    if not name:
        errors["name"] = Sentence(NO_NAME)
    if not is_email(email):
        errors["email"] = Sentence(NO_EMAIL)
    for field, text in (("name", name), ("organisation", organisation)):
        if not text.isprintable():
            errors[field] = Sentence(NOT_PRINTED)
        elif len(text) > LONGEST_NAME:
            errors[field] = Sentence(TOO_LONG, {"most": LONGEST_NAME})
    errors |= defects_of_lines(lines)
    if errors:
        raise InvalidInput(errors)


def require_only_a_name(
    *, name: str, organisation: str, email: str, lines: LocalizedText, has_photo: bool
) -> None:
    """Refuses whatever could tell who speaks under a chosen name (requirement R73 of the first
    user), and a name that is none.
    """
    given = {"organisation": organisation, "email": email, "lines": lines, "photo": has_photo}
    errors = {field: Sentence(NOTHING_BESIDE) for field, value in given.items() if value}
    if not name:
        errors["name"] = Sentence(NO_NAME)
    elif not name.isprintable():
        errors["name"] = Sentence(NOT_PRINTED)
    elif len(name) > LONGEST_NAME:
        errors["name"] = Sentence(TOO_LONG, {"most": LONGEST_NAME})
    if errors:
        raise InvalidInput(errors)


def defects_of_lines(lines: LocalizedText) -> dict[str, Sentence]:
    too_long = any(len(text) > LONGEST_LINES for text in lines.values())
    return {"lines": Sentence(TOO_LONG, {"most": LONGEST_LINES})} if too_long else {}


def defect_of_size(photo: bytes | None) -> Sentence | None:
    if photo is not None and len(photo) > LARGEST_PHOTO:
        return Sentence(TOO_LARGE, {"most": LARGEST_PHOTO // 1024 // 1024})
    return None
