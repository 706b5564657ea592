"""What a draft lacks before it can be an edition, what the edition changes, and when the course is reviewed."""

import re
from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from app.kernel.refusal import InvalidInput, Kind, Refusal, Sentence
from app.kernel.text import N_, LocalizedText, field_in, languages
from app.training.authoring.rules.drafting import in_order, never_written, to_translate
from app.training.authoring.values import CoursePart, CoursePartKind, Draft, NextReview, State
from app.training.learning.values import (
    ChangeClass,
    ChangeContent,
    CourseContent,
    ItemContent,
    ModuleContent,
    ObjectiveContent,
)

NOT_WRITTEN = N_("This is not written yet.")
MISSING = N_("The text in one language is missing.")
STALE = N_("One language is out of date: the other one changed after it.")
NO_OBJECTIVE = N_("Choose the objective that this question tests.")
NO_SECTION = N_("Choose the section that this question is based on.")
NO_FILE = N_("Choose a file for this picture.")
NO_FILM = N_("Choose a file for this video, or write the address where it is.")
NO_CAPTIONS = N_("A video that is played here needs captions in each language.")
NO_MODULES = N_("A course needs at least one module.")
NO_SECTIONS = N_("Name at least one section that the course is based on.")


class DraftNotReady(Refusal):
    kind = Kind.INVALID
    rule = "draft-not-ready"
    msgid = N_("The draft cannot be published yet: see what is still to do.")


@dataclass(frozen=True)
class ToMend:
    """`field` is the name of the control, "" for the part as a whole."""

    part: CoursePart
    sentence: Sentence
    field: str = ""


def problems_of(draft: Draft, refused: Mapping[str, Sentence]) -> tuple[ToMend, ...]:
    """Returns everything to mend, in the order of the outline. `refused` are the places of the
    draft's document that cannot be read; where the draft itself knows better what is missing, they
    are left out.
    """
    parts = in_order(draft)
    own = [*_own(draft, parts)]
    told: set[int | None] = {problem.part.id for problem in own}
    told |= {
        problem.part.parent_id for problem in own if problem.part.kind is CoursePartKind.SCREEN
    }
    for place, sentence in refused.items():
        part = draft.part(int(place.partition(":")[0])) or draft.course
        if part.id not in told:
            own.append(ToMend(part, sentence))
    order = {part.id: number for number, part in enumerate(parts)}
    return tuple(sorted(own, key=lambda problem: order[problem.part.id]))


def _own(draft: Draft, parts: Iterable[CoursePart]) -> Iterable[ToMend]:
    for part in parts:
        for name in never_written(part):
            yield ToMend(part, Sentence(NOT_WRITTEN), control(name))
        for one in to_translate((part,)):
            state = Sentence(MISSING if one.state is State.MISSING else STALE)
            yield ToMend(part, state, control(one.field, one.language))
        for sentence, name in _missing(draft, part):
            yield ToMend(part, Sentence(sentence), name)


def control(name: str, language: str = "") -> str:
    """Returns the name of the control of a field in a form: "option.b.text" in English is
    "option_b_text_en".
    """
    return field_in(name.replace(".", "_"), language or languages()[0])


def _missing(draft: Draft, part: CoursePart) -> Iterable[tuple[str, str]]:
    if part.kind is CoursePartKind.COURSE:
        if not draft.children(part.id, CoursePartKind.MODULE):
            yield NO_MODULES, ""
        if not draft.children(part.id, CoursePartKind.SECTION):
            yield NO_SECTIONS, ""
    elif part.kind is CoursePartKind.QUESTION:
        if draft.part(part.data.get("objective")) is None:
            yield NO_OBJECTIVE, "objective"
        if not part.data.get("section"):
            yield NO_SECTION, "section"
    elif part.kind is CoursePartKind.PICTURE and not part.data.get("files"):
        yield NO_FILE, "file"
    elif part.kind is CoursePartKind.VIDEO:
        if not part.data.get("sha256") and not part.data.get("url"):
            yield NO_FILM, "file"
        elif part.data.get("sha256") and any(
            part.text("captions").lacks(code) for code in languages()
        ):
            yield NO_CAPTIONS, control("captions")


# What an edition changes against the one before it, objective by objective.

SAY_HOW_MUCH = N_("Say how much this changes for those who learned it before.")
TELL_ALL = N_("Write it in every language, or leave it empty.")
NUMBER_AT_END = re.compile(r"(.*?)(\d+)")


@dataclass(frozen=True)
class ObjectiveDifference:
    """An objective of which something changed. Counts are of its questions; `lessons` are the
    titles of those whose text changed and to which its questions lead.
    """

    module: str
    module_title: LocalizedText
    code: str
    text: LocalizedText
    is_new: bool
    is_reworded: bool
    added: int
    changed: int
    removed: int
    lessons: tuple[LocalizedText, ...]

    @property
    def key(self) -> str:
        """Returns the name of its control: module and code."""
        return f"change-{self.module}-{self.code}"

    @property
    def told_key(self) -> str:
        """Returns the name of the control for what is told to those who learned it before."""
        return f"told-{self.module}-{self.code}"


@dataclass(frozen=True)
class Differences:
    """`modules` are the titles of modules that are new or gone, or whose texts changed elsewhere."""

    objectives: tuple[ObjectiveDifference, ...]
    modules_added: tuple[LocalizedText, ...] = ()
    modules_removed: tuple[LocalizedText, ...] = ()
    objectives_removed: tuple[LocalizedText, ...] = ()


def differences(before: CourseContent | None, after: CourseContent) -> Differences:
    """Returns what an edition changes. Without one before it, everything is new, and nothing has to be
    said about it.
    """
    if before is None:
        return Differences(())
    old = {module.slug: module for module in before.modules}
    new = {module.slug: module for module in after.modules}
    changed = [
        difference
        for module in after.modules
        for objective in module.objectives
        if (difference := _difference(old.get(module.slug), module, objective))
    ]
    gone = [
        objective.text
        for module in before.modules
        for objective in module.objectives
        if objective.code
        not in {one.code for one in (new[module.slug].objectives if module.slug in new else ())}
    ]
    return Differences(
        tuple(changed),
        tuple(module.title for module in after.modules if module.slug not in old),
        tuple(module.title for module in before.modules if module.slug not in new),
        tuple(gone),
    )


def _difference(
    before: ModuleContent | None, after: ModuleContent, objective: ObjectiveContent
) -> ObjectiveDifference | None:
    standing = next(
        (one for one in (before.objectives if before else ()) if one.code == objective.code), None
    )
    old = _items(before, objective.code)
    new = _items(after, objective.code)
    lessons = _lessons(before, after, (*old.values(), *new.values()))
    difference = ObjectiveDifference(
        module=after.slug,
        module_title=after.title,
        code=objective.code,
        text=objective.text,
        is_new=standing is None,
        is_reworded=standing is not None and standing != objective,
        added=len(new.keys() - old.keys()),
        changed=sum(new[code] != old[code] for code in new.keys() & old.keys()),
        removed=len(old.keys() - new.keys()),
        lessons=lessons,
    )
    touched = (
        difference.is_new
        or difference.is_reworded
        or difference.added
        or difference.changed
        or difference.removed
    )
    return difference if touched or lessons else None


def _items(module: ModuleContent | None, objective: str) -> dict[str, ItemContent]:
    items = module.items if module else ()
    return {item.code: item for item in items if item.objective == objective}


def _lessons(
    before: ModuleContent | None, after: ModuleContent, items: Iterable[ItemContent]
) -> tuple[LocalizedText, ...]:
    named = {item.screen.partition("#")[0] for item in items}
    old = {unit.code: unit.screens for unit in (before.units if before else ())}
    return tuple(
        unit.title
        for unit in after.units
        if unit.code in named and dict(old.get(unit.code, {})) != dict(unit.screens)
    )


def judged(
    found: Differences, given: Mapping[str, str], told: Mapping[str, LocalizedText]
) -> tuple[ChangeContent, ...]:
    """Returns the changes that an edition tells: the author's word on each difference (`given`) and
    what is told of it (`told`), both by its keys. A new objective is material, and nobody learned
    it before.

    Raises InvalidInput for those about which nothing was said, and for what is told in one language
    only.
    """
    errors = {}
    changes = []
    for difference in found.objectives:
        said = given.get(difference.key, "")
        if difference.is_new:
            said = ChangeClass.MATERIAL.value
        if said not in set(ChangeClass):
            errors[difference.key] = Sentence(SAY_HOW_MUCH)
            continue
        words = told.get(difference.told_key, LocalizedText())
        if words:
            errors |= {
                field_in(difference.told_key, language): Sentence(TELL_ALL)
                for language in languages()
                if language not in words
            }
        change = ChangeClass(said)
        changes.append(ChangeContent(difference.module, difference.code, change, words))
    if errors:
        raise InvalidInput(errors)
    return tuple(changes)


def next_label(label: str) -> str:
    """Returns a label for the edition after this one: 2026.4 after 2026.3, 1 where there is none."""
    if not label:
        return "1"
    number = NUMBER_AT_END.fullmatch(label)
    return f"{number[1]}{int(number[2]) + 1}" if number else f"{label[:17]}.2"


# When a course is reviewed: the day that we propose, and when a review is due.

MONTHS_BETWEEN_REVIEWS = 24
"""Our proposal: as long as the certificate of the Guidelines is valid."""


class ReviewNotDue(Refusal):
    rule = "review-not-due"
    msgid = N_("The review of this course is not due yet.")


class ReviewIsOpen(Refusal):
    rule = "review-open"
    msgid = N_("The review is open. The next day is set when its edition is published.")


def next_review(published_on: date) -> date:
    """Returns the same day of the month, so many months later, or the last day of a shorter month."""
    months = published_on.year * 12 + published_on.month - 1 + MONTHS_BETWEEN_REVIEWS
    year, month = divmod(months, 12)
    return date(year, month + 1, min(published_on.day, monthrange(year, month + 1)[1]))


def is_due(review: NextReview, today: date) -> bool:
    """Returns True while it waits for somebody to open it. A day that is only proposed binds nobody."""
    return not review.is_proposed and review.opened_at is None and review.due_on <= today
