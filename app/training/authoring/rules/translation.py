"""Which translations are out of date.

The marks of a part tell, for each field that is not in step, in which language it was written last
(`lead`) and, for each other language, the hash of the text it translates (`of`). A field without
marks is in step. So a text that is changed and changed back asks nothing of anybody.
"""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from app.kernel.text import Language, LocalizedText, languages
from app.training.authoring.values import (
    CHILDREN,
    CoursePart,
    Draft,
    State,
    ToTranslate,
    may_be_unsaid,
)


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
