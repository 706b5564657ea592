"""What a speaker's entry must say, and how long their link works; pure."""

import re
from collections.abc import Collection
from datetime import datetime
from functools import reduce

from app.infra.email_address import is_email
from app.kernel.refusal import InvalidInput, Kind, Refusal, Sentence
from app.kernel.text import N_, LocalizedText
from app.participation.speakers.values import SpeakerDraft
from app.people.directory.rules.people import LONGEST_NAME
from app.planning.arranging.rules.plans import TWO

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
    "Leave this empty: for somebody who speaks under a chosen name we keep that name and nothing else."
)


class SpeakerLinkDead(Refusal):
    kind = Kind.GONE
    rule = "speaker-link-dead"
    msgid = N_("This link no longer works. If this surprises you, write to whoever sent it.")


STILL_NAMED = N_(
    "The earlier name still stands in %(where)s. Change it there first, so that nothing leads to it."
)
IN_EVENT = N_("the title or summary of the event")
IN_BRIEF = N_("its concept note, objectives or contact")
IN_AGENDA = N_("its agenda")
IN_MATERIALS = N_("the titles of its materials")


class NamedAlready(Refusal):
    rule = "speaker-named-already"
    msgid = N_("Someone with this address is already a speaker at this event.")


def require_alive(ends_at: datetime | None, taken_out_at: datetime | None, now: datetime) -> None:
    """Raises SpeakerLinkDead once the event is over, wherever it moved, or the speaker was taken
    out.
    """
    if taken_out_at is not None or (ends_at is not None and ends_at <= now):
        raise SpeakerLinkDead


def require_sound(draft: SpeakerDraft) -> None:
    """Refuses with every mistake at its field. Of somebody who speaks under a chosen name, that is
    whatever could tell who they are (requirement R73 of the first user).
    """
    errors = _defects_of_line("name", draft.name)
    if not draft.name:
        errors["name"] = Sentence(NO_NAME)
    if draft.is_protected:
        beside = {
            "organisation": draft.organisation,
            "email": draft.email,
            "lines": draft.lines,
            "photo": draft.photo,
        }
        errors |= {field: Sentence(NOTHING_BESIDE) for field, value in beside.items() if value}
    else:
        errors |= _defects_of_line("organisation", draft.organisation)
        if not is_email(draft.email):
            errors["email"] = Sentence(NO_EMAIL)
        errors |= defects_of_lines(draft.lines)
    if errors:
        raise InvalidInput(errors)


def require_chosen_name(name: str, *, still_named_in: Collection[str]) -> None:
    """Refuses a chosen name that is none, and one while the earlier name stands elsewhere.
    `still_named_in`: the texts where it does, such as IN_AGENDA.
    """
    errors = _defects_of_line("name", name)
    if not name:
        errors["name"] = Sentence(NO_NAME)
    elif still_named_in:
        places = [Sentence(place) for place in still_named_in]
        where = reduce(
            lambda first, second: Sentence(TWO, {"first": first, "second": second}), places
        )
        errors["name"] = Sentence(STILL_NAMED, {"where": where})
    if errors:
        raise InvalidInput(errors)


def is_named_in(text: str, name: str) -> bool:
    """Returns True when the text holds the name as whole words."""
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE) is not None


def _defects_of_line(field: str, text: str) -> dict[str, Sentence]:
    if not text.isprintable():
        return {field: Sentence(NOT_PRINTED)}
    if len(text) > LONGEST_NAME:
        return {field: Sentence(TOO_LONG, {"most": LONGEST_NAME})}
    return {}


def defects_of_lines(lines: LocalizedText) -> dict[str, Sentence]:
    too_long = any(len(text) > LONGEST_LINES for text in lines.values())
    return {"lines": Sentence(TOO_LONG, {"most": LONGEST_LINES})} if too_long else {}


def defect_of_size(photo: bytes | None) -> Sentence | None:
    if photo is not None and len(photo) > LARGEST_PHOTO:
        return Sentence(TOO_LARGE, {"most": LARGEST_PHOTO // 1024 // 1024})
    return None
