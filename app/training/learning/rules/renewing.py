"""What somebody who completed an earlier edition still has to take: pure."""

from collections.abc import Collection, Iterable

from app.training.learning.values.outline import ModulePart


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
