"""Order and completion. What was reached is never lost: each function only grows with what a
learner does.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

from app.kernel.refusal import Kind, Refusal
from app.kernel.text import N_, storable
from app.training.learning.values import (
    CoursePosition,
    LearnerProgress,
    ModuleOutline,
    ModulePart,
    ModuleState,
    Outline,
    Seat,
    UnitOutline,
    UnitReading,
)

RULE_VERSION = (
    "2026.2"  # stored with each completion: all texts read to the end, every quiz passed, and in it
    # every critical question right, every webinar attended that is not optional
)
UNREAD = UnitReading()


class ModuleLocked(Refusal):
    """The sentence names the last module that must be completed before; `next_one` is the first of
    them, where the learner goes on.
    """

    rule = "module-locked"
    msgid = N_("Module %(number)s opens when you have completed module %(before)s.")

    def __init__(self, module: ModuleOutline, before: Sequence[ModuleOutline]) -> None:
        super().__init__(number=module.number, before=before[-1].number)
        self.next_one = before[0]


class ModuleInPreparation(Refusal):
    rule = "module-in-preparation"
    msgid = N_("Module %(number)s is still being prepared. It will open in a later edition.")


class ScreenNotReached(Refusal):
    rule = "screen-not-reached"
    msgid = N_("This screen opens when you have read the ones before it.")


class NotEnrolled(Refusal):
    rule = "not-enrolled"
    msgid = N_("Start the course first; it takes one click and no one has to approve it.")


class NothingToRenew(Refusal):
    rule = "nothing-to-renew"
    msgid = N_("There is nothing to renew: you have not completed this course yet.")


def unit_is_done(unit: UnitOutline, standing: LearnerProgress) -> bool:
    if unit.is_quiz:
        return unit.id in standing.passed
    return standing.reading.get(unit.id, UNREAD).is_done


def module_is_complete(module: ModuleOutline, standing: LearnerProgress) -> bool:
    """Returns True for a module completed once, which stays complete.

    Otherwise every text must be read to the end, every quiz passed and every webinar attended that
    is not optional.
    """
    if module.id in standing.completed_modules:
        return True
    return (
        module.is_available
        and bool(module.units)
        and all(unit.is_optional or unit_is_done(unit, standing) for unit in module.units)
    )


def only_webinars_are_left(module: ModuleOutline, standing: LearnerProgress) -> bool:
    """Returns True when nothing but webinars is left of the module.

    The next module opens then: nobody has to wait until the next webinar is held.
    """
    return module.is_available and all(
        unit.is_webinar or unit.is_optional or unit_is_done(unit, standing) for unit in module.units
    )


def edition_is_complete(outline: Outline, standing: LearnerProgress) -> bool:
    """Returns True when the edition was completed once, or every available module is complete.

    Modules in preparation do not count.
    """
    if standing.completed_at is not None:
        return True
    return bool(outline.available) and all(
        module_is_complete(module, standing) for module in outline.available
    )


def modules_before(
    outline: Outline, module: ModuleOutline, standing: LearnerProgress
) -> tuple[ModuleOutline, ...]:
    """Returns the available modules that must be completed before this one, in order: it opens with
    the last.

    One of which only webinars are left keeps nobody waiting.
    """
    return tuple(
        other
        for other in outline.available
        if other.number < module.number
        and not module_is_complete(other, standing)
        and not only_webinars_are_left(other, standing)
    )


def require_open(outline: Outline, module: ModuleOutline, standing: LearnerProgress) -> None:
    """Raises ModuleInPreparation or ModuleLocked for a module that cannot be studied yet."""
    if not module.is_available:
        raise ModuleInPreparation(number=module.number)
    before = modules_before(outline, module, standing)
    if before and not module_is_complete(module, standing):
        raise ModuleLocked(module, before)


def module_state(outline: Outline, module: ModuleOutline, standing: LearnerProgress) -> ModuleState:
    if not module.is_available:
        return ModuleState.IN_PREPARATION
    if module_is_complete(module, standing):
        return ModuleState.DONE
    if any(unit.id in standing.reading or unit.id in standing.tried for unit in module.units):
        return ModuleState.IN_PROGRESS
    return (
        ModuleState.LOCKED if modules_before(outline, module, standing) else ModuleState.NOT_STARTED
    )


def module_percent(module: ModuleOutline, standing: LearnerProgress) -> int:
    """Returns how much of a module is done, 0–100, weighed by minutes; 100 only when it is
    complete.
    """
    if module_is_complete(module, standing):
        return 100
    total = sum(unit.minutes for unit in module.units)
    done = sum(unit.minutes * _share(unit, standing) for unit in module.units)
    return min(99, int(100 * done / total)) if total else 0


def _share(unit: UnitOutline, standing: LearnerProgress) -> float:
    if unit_is_done(unit, standing):
        return 1
    return (
        0 if not unit.is_read else (standing.reading.get(unit.id, UNREAD).screen - 1) / unit.screens
    )


def advance(unit: UnitOutline, before: UnitReading, screen: int) -> UnitReading:
    """Returns the reading after a screen was left by "continue"; refuses a screen that was not
    reached.
    """
    if not 1 <= screen <= unit.screens or (screen > before.screen and not before.is_done):
        raise ScreenNotReached
    return UnitReading(
        max(before.screen, min(screen + 1, unit.screens)), before.is_done or screen == unit.screens
    )


def _begin(module: ModuleOutline, unit: UnitOutline, screen: int = 1) -> CoursePosition:
    """Returns a screen of a unit; the one page of a quiz or a webinar."""
    return CoursePosition(
        module_slug=module.slug,
        unit_code=unit.code,
        screen=min(screen, unit.screens) if unit.is_read else 1,
        is_quiz=unit.is_quiz,
        is_webinar=unit.is_webinar,
    )


def place_after(module: ModuleOutline, unit: UnitOutline, screen: int) -> CoursePosition | None:
    """Returns the next screen, or the beginning of the next unit; nothing after the module's last
    unit.
    """
    if unit.is_read and screen < unit.screens:
        return _begin(module, unit, screen + 1)
    following = module.units[module.units.index(unit) + 1 :]
    return _begin(module, following[0]) if following else None


def place_before(module: ModuleOutline, unit: UnitOutline, screen: int) -> CoursePosition | None:
    """Returns the screen before, or the last one of the unit before; nothing before the first."""
    if screen > 1:
        return _begin(module, unit, screen - 1)
    index = module.units.index(unit)
    return (
        _begin(module, module.units[index - 1], module.units[index - 1].screens) if index else None
    )


def first_open(module: ModuleOutline, standing: LearnerProgress) -> CoursePosition | None:
    """Returns the first unit that is not done, at the screen reached; a webinar after all others,
    because it waits for its day.
    """
    for unit in sorted(module.units, key=lambda unit: (unit.is_webinar, unit.is_optional)):
        if not unit_is_done(unit, standing) and not unit.is_optional:
            return _begin(module, unit, standing.reading.get(unit.id, UNREAD).screen)
    return None


def resume_place(seat: Seat) -> CoursePosition | None:
    """Returns where "continue" leads: exactly where the learner left off if that is not done yet,
    else the first thing that is not.
    """
    waiting = [
        module for module in seat.outline.available if not module_is_complete(module, seat.standing)
    ]
    waiting.sort(key=lambda module: only_webinars_are_left(module, seat.standing))
    for module in waiting:
        unit = next((unit for unit in module.units if unit.id == seat.last_unit_id), None)
        if unit is not None and not unit_is_done(unit, seat.standing):
            return _begin(module, unit, seat.last_screen)
    return first_open(waiting[0], seat.standing) if waiting else None


def module_after(outline: Outline, module_slug: str) -> ModuleOutline | None:
    """Returns the next module that is available."""
    number = next((module.number for module in outline.modules if module.slug == module_slug), 0)
    return next((module for module in outline.available if module.number > number), None)


# When having been at a webinar counts for a course.

DAYS_BEFORE = timedelta(days=365)
"""What somebody attended up to a year before they began the course counts too."""
ENOUGH, PER_CENT, SECONDS = 80, 100, 60


def enough(minutes: int, lasted: int | None, percent: int) -> bool:
    """Returns True for so many per cent of the minutes that a webinar lasted; where nobody knows
    how long it was, for whoever is marked present.
    """
    if not lasted:
        return minutes > 0
    return minutes * PER_CENT >= lasted * percent


def minutes_between(starts_at: datetime | None, ends_at: datetime | None) -> int | None:
    """Returns whole minutes; None where the hours are not known."""
    if starts_at is None or ends_at is None:
        return None
    return int((ends_at - starts_at).total_seconds() // SECONDS)


def is_recent(held_at: datetime | None, started_at: datetime) -> bool:
    """Returns True for what was held in the year before somebody enrolled, or after."""
    return held_at is None or held_at >= started_at - DAYS_BEFORE


def parts_since(
    modules: Iterable[ModulePart], *, completed: Collection[str], material: Collection[str]
) -> tuple[tuple[ModulePart, ...], tuple[ModulePart, ...]]:
    """Returns the open modules of the newest edition as what is kept and what is to be taken, in
    order.

    `completed` and `material` are slugs: what was completed before, and where authors called the
    change of an objective material in an edition since. What nobody judged does not count as a
    material change; a module that was not open before is to be taken.
    """
    kept: list[ModulePart] = []
    to_take: list[ModulePart] = []
    for module in modules:
        stands = module.slug in completed and module.slug not in material
        (kept if stands else to_take).append(module)
    return tuple(kept), tuple(to_take)


LONGEST_NOTE = 2_000


class NoteRefused(Refusal):
    kind = Kind.INVALID
    rule = "note-refused"
    msgid = N_("Write at most %(limit)s characters, without special characters.")


def require_note(text: str) -> str:
    """Returns the line without surrounding space and with "\\n" as line end. Raises NoteRefused when
    it is too long or cannot be stored.
    """
    words = text.replace("\r\n", "\n").strip()
    if len(words) > LONGEST_NOTE or not storable(words):
        raise NoteRefused(limit=LONGEST_NOTE)
    return words
