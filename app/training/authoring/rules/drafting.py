"""What may be done with the parts of a draft (names, order, bounds), and which of its translations are out of date."""

import hashlib
import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from app.kernel.refusal import Kind, Refusal
from app.kernel.text import N_, Language, LocalizedText, languages
from app.training.authoring.values import (
    CHILDREN,
    CoursePart,
    CoursePartKind,
    Draft,
    State,
    ToTranslate,
    may_be_unsaid,
)

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
    free_slug = slug
    while free_slug in taken:
        number += 1
        free_slug = f"{slug}-{number}"
    return free_slug


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


# Which translations are out of date.
#
# The marks of a part tell, for each field that is not in step, in which language it was written last
# (`lead`) and, for each other language, the hash of the text it translates (`of`). A field without
# marks is in step. So a text that is changed and changed back asks nothing of anybody.


def hash_of(text: str) -> str:
    """Returns what is kept of a source text: the beginning of its SHA-256."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def state_of(
    text: LocalizedText, mark: Mapping[str, Any] | None, language: Language
) -> State | None:
    """Returns None for a text that is in step with the others, or is missing in all languages."""
    if text.lacks(language):
        return State.MISSING if text else None
    if not mark or mark["lead"] == language or text.lacks(mark["lead"]):
        return None
    seen = mark["of"].get(language)
    return State.STALE if seen and seen != hash_of(text[mark["lead"]]) else None


def marks_after(before: CoursePart, after: CoursePart) -> dict[str, Any]:
    """Returns the marks of a part that was written again.

    Whoever writes a text that is out of date catches up with the other language; whoever changes
    one that was in step leads, and the others become out of date. Both changed at once are in step.
    """
    marks: dict[str, Any] = {}
    for name in after.fields:
        mark = _mark_after(before.text(name), after.text(name), before.marks.get(name))
        if mark:
            marks[name] = mark
    return marks


def _mark_after(
    old: LocalizedText, new: LocalizedText, mark: Mapping[str, Any] | None
) -> dict[str, Any]:
    changed = [code for code in languages() if old[code] != new[code] and new[code]]
    kept = [code for code in languages() if code not in changed and new[code]]
    standing = dict(mark or {})
    if not changed or not old or not kept:
        return {} if changed else standing
    behind = [code for code in changed if state_of(old, mark, code)]
    if behind == changed:  # translations that catch up
        lead = standing.get("lead") or kept[0]
        seen = {**standing.get("of", {}), **{code: hash_of(new[lead]) for code in changed}}
    elif standing.get("lead") in changed:
        lead = standing["lead"]
        seen = {**standing["of"], **{code: hash_of(new[lead]) for code in changed if code != lead}}
    else:
        lead = next(code for code in changed if code not in behind)
        seen = {code: hash_of(new[lead]) for code in changed if code != lead}
        seen |= {code: hash_of(old[lead]) if old[lead] else hash_of("") for code in kept}
    seen.pop(lead, None)
    in_step = all(seen.get(code, "") == hash_of(new[lead]) for code in new if code != lead)
    return {} if in_step else {"lead": lead, "of": seen}


def marks_confirmed(part: CoursePart, name: str, language: Language) -> dict[str, Any]:
    """Returns the marks once somebody said that a translation is still right."""
    marks = {key: value for key, value in part.marks.items() if key != name}
    mark = part.marks.get(name)
    if not mark:
        return marks
    seen = {**mark["of"], language: hash_of(part.text(name)[mark["lead"]])}
    still = {**mark, "of": seen}
    others = [code for code in languages() if code != mark["lead"]]
    return (
        {**marks, name: still}
        if any(state_of(part.text(name), still, code) is State.STALE for code in others)
        else marks
    )


def to_translate(parts: Iterable[CoursePart]) -> tuple[ToTranslate, ...]:
    """Returns every text that is missing in a language or out of date, in the order of the parts."""
    return tuple(
        ToTranslate(part, name, language, state)
        for part in parts
        for name in part.fields
        for language in languages()
        if (state := state_of(part.text(name), part.marks.get(name), language))
    )


def never_written(part: CoursePart) -> tuple[str, ...]:
    """Returns the fields of a part that stand in no language and must."""
    return tuple(
        name for name in part.fields if not may_be_unsaid(part.data, name) and not part.text(name)
    )


def states_of(part: CoursePart) -> dict[tuple[str, Language], State]:
    return {(one.field, one.language): one.state for one in to_translate((part,))}


def in_order(draft: Draft) -> tuple[CoursePart, ...]:
    """Returns the parts of a draft from top to bottom, as the outline shows them."""

    def below(part: CoursePart) -> tuple[CoursePart, ...]:
        return (
            part,
            *(
                one
                for kind in CHILDREN.get(part.kind, ())
                for child in draft.children(part.id, kind)
                for one in below(child)
            ),
        )

    return below(draft.course)
