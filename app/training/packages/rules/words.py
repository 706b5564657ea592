"""What an author must say of a package, and the name of its address."""

import re
import unicodedata
from collections.abc import Collection

from app.kernel.refusal import InvalidInput, Kind, Refusal, Sentence
from app.kernel.text import N_, field_in
from app.training.packages.values import PackageWords

LONGEST_TITLE, LONGEST_SUMMARY, LONGEST_ORIGIN = 200, 1_000, 200
LONGEST_SLUG = 50
NO_TITLE = N_("Write a title in at least one language.")
NO_ORIGIN = N_("Write which institution made it.")
TOO_LONG = N_("Write at most %(max)d characters.")


class SamePackage(Refusal):
    rule = "same-package"
    msgid = N_("This exact file is already version %(number)s of this package.")


class BlockedPackage(Refusal):
    kind = Kind.CONFLICT
    rule = "package-blocked"
    msgid = N_("This package cannot be accepted as it is.")


class PackageIsWithdrawn(Refusal):
    kind = Kind.GONE
    rule = "package-withdrawn"
    msgid = N_(
        "This package was withdrawn: those who have begun may finish it, and nobody else can start it."
    )


class SessionIsOver(Refusal):
    """The package said goodbye, was opened in another tab, or its day is over."""

    kind = Kind.CONFLICT
    rule = "package-session-over"
    msgid = N_("This visit to the package is over. Open it again from its page.")


class StateTooLarge(Refusal):
    kind = Kind.INVALID
    rule = "package-state-too-large"
    msgid = N_(
        "The package keeps more than a package may: at most 64,000 characters of its own notes."
    )


class PartNotOpen(Refusal):
    rule = "package-item-closed"
    msgid = N_("This part opens once you have done those before it.")


class PackageFileLost(Refusal):
    """The row stands and its bytes are gone: restore the files from the backup."""

    kind = Kind.UNAVAILABLE
    rule = "file-lost"
    msgid = N_("This file is missing on our side. Please tell the secretariat.")


def require_sound(words: PackageWords) -> None:
    errors: dict[str, Sentence] = {}
    if not words.title:
        errors[field_in("title")] = Sentence(NO_TITLE)
    for name, text, most in (
        ("title", words.title, LONGEST_TITLE),
        ("summary", words.summary, LONGEST_SUMMARY),
    ):
        for language, written in text.items():
            if len(written) > most:
                errors[field_in(name, language)] = Sentence(TOO_LONG, {"max": most})
    if not words.origin:
        errors["origin"] = Sentence(NO_ORIGIN)
    elif len(words.origin) > LONGEST_ORIGIN:
        errors["origin"] = Sentence(TOO_LONG, {"max": LONGEST_ORIGIN})
    if errors:
        raise InvalidInput(errors)


def slug_for(title: str, taken: Collection[str]) -> str:
    """Returns an address from a title, unlike those that are taken and those that lead elsewhere."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:LONGEST_SLUG].strip("-") or "package"
    if slug not in taken:
        return slug
    number = 2
    while f"{slug}-{number}" in taken:
        number += 1
    return f"{slug}-{number}"
