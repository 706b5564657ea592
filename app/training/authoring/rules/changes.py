"""What an edition changes against the one before it, objective by objective."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.kernel.refusal import InvalidInput, Sentence
from app.kernel.text import N_, LocalizedText, field_in, languages
from app.training.learning.values import ChangeClass
from app.training.learning.values.content import (
    ChangeContent,
    CourseContent,
    ItemContent,
    ModuleContent,
    ObjectiveContent,
)

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
    found = [
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
        tuple(found),
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
    found = ObjectiveDifference(
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
    touched = found.is_new or found.is_reworded or found.added or found.changed or found.removed
    return found if touched or lessons else None


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
    found = NUMBER_AT_END.fullmatch(label)
    return f"{found[1]}{int(found[2]) + 1}" if found else f"{label[:17]}.2"
