"""What may be handed out, and to whom; pure."""

import re
import unicodedata
from pathlib import PurePath

from app.kernel.first_bytes import JPEG, OLE, PDF, PNG, ZIP
from app.kernel.refusal import InvalidInput, Kind, Refusal, Sentence
from app.kernel.text import N_, field_in
from app.participation.materials.values import (
    MaterialDescription,
    MaterialDraft,
    Visibility,
)

MEGABYTE = 1024 * 1024
LARGEST = 20 * MEGABYTE
LONGEST_TITLE, LONGEST_URL, LONGEST_FILENAME, LONGEST_THEME = 200, 500, 120, 60

OFFICE = "application/vnd.openxmlformats-officedocument."
OPEN = "application/vnd.oasis.opendocument."
TYPES: dict[str, tuple[bytes, str]] = {
    ".pdf": (PDF, "application/pdf"),
    ".docx": (ZIP, OFFICE + "wordprocessingml.document"),
    ".pptx": (ZIP, OFFICE + "presentationml.presentation"),
    ".xlsx": (ZIP, OFFICE + "spreadsheetml.sheet"),
    ".odt": (ZIP, OPEN + "text"),
    ".odp": (ZIP, OPEN + "presentation"),
    ".ods": (ZIP, OPEN + "spreadsheet"),
    ".doc": (OLE, "application/msword"),
    ".ppt": (OLE, "application/vnd.ms-powerpoint"),
    ".xls": (OLE, "application/vnd.ms-excel"),
    ".png": (PNG, "image/png"),
    ".jpg": (JPEG, "image/jpeg"),
    ".jpeg": (JPEG, "image/jpeg"),
    ".txt": (b"", "text/plain; charset=utf-8"),
    ".csv": (b"", "text/csv; charset=utf-8"),
}
"""What the offices of the region open, by the end of its name, with how its bytes begin. Archives
are left out: many ministries' filters keep every one of them back. So is what a browser would run
(HTML, SVG).
"""

NOT_A_TYPE = N_(
    "Files of this type cannot be shared. Use a PDF, a document, a presentation, a spreadsheet or a picture."
)
NOT_WHAT_IT_SAYS = N_(
    "The content is not what the file's name says (%(ending)s). Export it again and upload that."
)
EMPTY = N_("The file is empty.")
TOO_LARGE = N_("The file is larger than %(most)s MB. Make it smaller, or give a link.")
ONE_OF_BOTH = N_("Choose a file, or write a link.")
NOT_BOTH = N_("Choose a file or write a link, not both.")
NO_TITLE = N_("Write a title in at least one language.")
TITLE_TOO_LONG = N_("Write the title in at most %(most)s letters.")
NOT_A_LINK = N_("Write the whole address of the material, starting with https://")
THEME_TOO_LONG = N_("Write the theme in at most %(most)s letters.")
NO_LANGUAGE = N_("Say in which language it is.")


class MembersOnly(Refusal):
    """The guest learns why, and that signing in may help; the material's title was on the page
    already.
    """

    kind = Kind.FORBIDDEN
    rule = "members-only"
    msgid = N_("This document is not public. If you have an account, sign in and open it again.")


class FileLost(Refusal):
    """The row stands and its bytes are gone: restore the files from the backup."""

    kind = Kind.UNAVAILABLE
    rule = "file-lost"
    msgid = N_("This file is missing on our side. Please tell the secretariat.")


def may_read(visibility: Visibility, *, is_signed_in: bool, belongs: bool, runs_it: bool) -> bool:
    """Returns True if the reader may open a material. `belongs`: sits in one of the event's groups,
    has a part in the event or is registered. `runs_it`: plans it.
    """
    if runs_it or visibility is Visibility.PUBLIC:
        return True
    return is_signed_in if visibility is Visibility.MEMBERS else is_signed_in and belongs


def require_sound(draft: MaterialDraft) -> None:
    """Refuses with InvalidInput, by field."""
    errors = _defects(draft)
    if draft.file is None and not draft.url:
        errors["file"] = Sentence(ONE_OF_BOTH)
    elif draft.file is not None and draft.url:
        errors["url"] = Sentence(NOT_BOTH)
    elif draft.file is not None:
        defect = file_defect(draft.file.name, draft.file.content)
        if defect:
            errors["file"] = defect
    elif (
        not re.fullmatch(r"https://[^\s<>\"]+\.[^\s<>\"]+", draft.url)
        or len(draft.url) > LONGEST_URL
    ):
        errors["url"] = Sentence(NOT_A_LINK)
    if errors:
        raise InvalidInput(errors)


def require_sound_description(said: MaterialDescription) -> None:
    """Refuses with InvalidInput, by field."""
    errors = _defects(said)
    if errors:
        raise InvalidInput(errors)


def _defects(said: MaterialDescription) -> dict[str, Sentence]:
    errors = {}
    if not said.title:
        errors[field_in("title")] = Sentence(NO_TITLE)
    for language, title in said.title.items():
        if len(title) > LONGEST_TITLE or not title.isprintable():
            errors[field_in("title", language)] = Sentence(TITLE_TOO_LONG, {"most": LONGEST_TITLE})
    if said.language not in ("es", "en", "es en"):
        errors["language"] = Sentence(NO_LANGUAGE)
    if len(said.theme) > LONGEST_THEME or not said.theme.isprintable():
        errors["theme"] = Sentence(THEME_TOO_LONG, {"most": LONGEST_THEME})
    return errors


def file_defect(name: str, content: bytes) -> Sentence | None:
    ending = PurePath(name).suffix.lower()
    if ending not in TYPES:
        return Sentence(NOT_A_TYPE)
    if not content:
        return Sentence(EMPTY)
    if len(content) > LARGEST:
        return Sentence(TOO_LARGE, {"most": LARGEST // MEGABYTE})
    begins = TYPES[ending][0]
    if not content.startswith(begins) or (not begins and b"\x00" in content):
        return Sentence(NOT_WHAT_IT_SAYS, {"ending": ending})
    return None


def media_type(name: str) -> str:
    return TYPES[PurePath(name).suffix.lower()][1]


def plain_filename(name: str) -> str:
    """Returns the last part of what the browser said, composed, without signs that some system
    forbids, at most 120 letters.
    """
    last = unicodedata.normalize("NFC", name.replace("\\", "/").rpartition("/")[2])
    ending = PurePath(name).suffix.lower()
    stem = "".join(
        c if c.isprintable() and c not in '<>:"|?*' else "_"
        for c in last[: len(last) - len(ending)]
    )
    return (stem.strip(". ") or "material")[: LONGEST_FILENAME - len(ending)] + ending
