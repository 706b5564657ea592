"""What may be done with the parts of a draft: names, order, bounds."""

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping

from app.kernel.refusal import Kind, Refusal
from app.kernel.text import N_
from app.training.authoring.values import CHILDREN, CoursePart, CoursePartKind

MOST_OF_A_KIND: Mapping[CoursePartKind, int] = {
    CoursePartKind.MODULE: 99,
    CoursePartKind.SECTION: 300,
    CoursePartKind.OBJECTIVE: 50,
    CoursePartKind.LESSON: 50,
    CoursePartKind.SCREEN: 100,
    CoursePartKind.CHECK: 20,
    CoursePartKind.QUIZ: 1,
    CoursePartKind.WEBINAR: 10,
    CoursePartKind.QUESTION: 1_000,
    CoursePartKind.CASE: 200,
    CoursePartKind.TERM: 300,
    CoursePartKind.SOURCE: 200,
    CoursePartKind.PICTURE: 200,
    CoursePartKind.VIDEO: 50,
}
"""How many parts of a kind may stand under one parent."""
SIGNS = {
    CoursePartKind.OBJECTIVE: "O",
    CoursePartKind.LESSON: "L",
    CoursePartKind.QUIZ: "Q",
    CoursePartKind.WEBINAR: "W",
    CoursePartKind.CASE: "K",
    CoursePartKind.QUESTION: "",
    CoursePartKind.PICTURE: "F",
    CoursePartKind.VIDEO: "V",
}
"""The letter in the code of a part: M2-L3 is the third lesson of the second module."""
NOT_IN_SLUGS = re.compile(r"[^a-z0-9]+")
SLUG_LENGTH = 60


class DraftIsOpen(Refusal):
    """`draft_id`: the one that is open."""

    rule = "draft-open"
    msgid = N_("Somebody is already working on this course: continue in the open draft.")

    def __init__(self, draft_id: int) -> None:
        super().__init__()
        self.draft_id = draft_id


class TooManyParts(Refusal):
    kind = Kind.INVALID
    rule = "too-many-parts"
    msgid = N_("At most %(most)s of these fit here.")


class WrongPlace(Refusal):
    kind = Kind.INVALID
    rule = "wrong-place"
    msgid = N_("A part of this kind does not belong here.")


def require_room(parent: CoursePart | None, kind: CoursePartKind, standing: int) -> None:
    """Raises WrongPlace or TooManyParts where one more part of a kind does not fit under a parent
    that has `standing` of them now.
    """
    if parent is None or kind not in CHILDREN.get(parent.kind, ()):
        raise WrongPlace
    most = MOST_OF_A_KIND[kind]
    if standing >= most:
        raise TooManyParts(most=most)


def room_for(kind: CoursePartKind, standing: int) -> int:
    """Returns how many more of the kind fit where so many stand."""
    return max(0, MOST_OF_A_KIND[kind] - standing)


def slug_of(title: str, taken: Collection[str] = ()) -> str:
    """Returns an address made of a title: small letters, digits and hyphens, and a number when taken."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    slug = NOT_IN_SLUGS.sub("-", plain).strip("-")[: SLUG_LENGTH - 3].strip("-") or "course"
    number = 1
    found = slug
    while found in taken:
        number += 1
        found = f"{slug}-{number}"
    return found


def next_code(kind: CoursePartKind, module_number: int, taken: Collection[str]) -> str:
    """Returns a code that no part of the module has: M1-O2, M1-L3, M1-004."""
    number = 1
    while (code := _code(kind, module_number, number)) in taken:
        number += 1
    return code


def _code(kind: CoursePartKind, module_number: int, number: int) -> str:
    if kind is CoursePartKind.QUESTION:
        return f"M{module_number}-{number:03d}"
    if kind is CoursePartKind.QUIZ and number == 1:
        return f"M{module_number}-Q"
    return f"M{module_number}-{SIGNS[kind]}{number}"


def check_code(lesson_code: str, taken: Collection[str]) -> str:
    """Returns the code of a check inside a lesson: M1-L2-C1."""
    number = 1
    while (code := f"{lesson_code}-C{number}"[-20:]) in taken:
        number += 1
    return code


def moved(ids: Iterable[int], part_id: int, step: int) -> list[int]:
    """Returns the order after a part changed places with the one above (-1) or below it (1)."""
    order = list(ids)
    here = order.index(part_id)
    there = min(max(here + step, 0), len(order) - 1)
    order.insert(there, order.pop(here))
    return order
