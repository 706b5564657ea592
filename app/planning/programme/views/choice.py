"""The head of each page of the programme: the ways to look at it as tabs, and its groups as chips."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import current_app, request, url_for

from app.infra import clock
from app.infra.language import translate
from app.kernel.actor import Actor
from app.kernel.text import N_
from app.planning.events import policy
from app.planning.events.values import GroupSummary
from app.planning.programme.queries.programme import ProgrammeEntry
from app.planning.programme.rules import month_of
from app.planning.programme.views import bp
from app.planning.programme.views.month import GOVERNANCE_LOOK, Mark
from app.web.guards import anyone, current_actor, signed_in
from app.web.locale import reader_language, reader_timezone

WAYS: tuple[tuple[str, str, Callable[[Actor], bool]], ...] = (
    (N_("Month"), "programme.programme", anyone),
    (N_("Lanes"), "programme.lanes", anyone),
    (N_("List"), "programme.programme_agenda", anyone),
    (N_("Load"), "programme.load", signed_in),
    (N_("Board"), "programme.board", policy.may_plan),
    (N_("Holidays"), "holidays.holidays", anyone),
    (N_("Editions"), "cycles.editions", anyone),
)
LEADING = 3
"""So many stand side by side; the rest is behind "More"."""
WITHOUT_GROUPS = frozenset({"programme.load", "holidays.holidays", "cycles.editions"})


@bp.app_context_processor
def _ways() -> dict[str, Any]:
    return {"ways": ways}


Way = tuple[str, str, bool]


def ways() -> tuple[list[Way], list[Way]]:
    """Returns the ways that lead and the others: label, address and whether it is this page. The
    groups chosen go along. The month is named in its address, so that a phone shows it and not the
    list.
    """
    shown_ways = [
        _way(label, endpoint)
        for label, endpoint, policy_of in WAYS
        if _is_open(endpoint, policy_of)
    ]
    return shown_ways[:LEADING], shown_ways[LEADING:]


def _is_open(endpoint: str, policy_of: Callable[[Actor], bool]) -> bool:
    return endpoint in current_app.view_functions and policy_of(current_actor())


def _way(label: str, endpoint: str) -> Way:
    options: dict[str, Any] = {}
    if endpoint not in WITHOUT_GROUPS:
        options["group"] = request.args.getlist("group")
    if endpoint == "programme.programme":
        asked_month = month_of(request.args.get("month", ""))
        month = asked_month or clock.today(reader_timezone())
        options["month"] = f"{month:%Y-%m}"
    return (
        translate(reader_language(), label),
        url_for(endpoint, **options),
        request.endpoint == endpoint,
    )


# The groups of the programme as chips that are links: each press adds one or leaves it out, and
# the address holds the choice. The organs share one chip, because a reader seldom wants one of them.

ALL = N_("All groups")
GOVERNANCE = N_("Governance")


@dataclass(frozen=True)
class GroupChip:
    """`url` is the page with this group chosen, or without it where it is. `count`: its events on
    the page, each once; None for the chip of everything. `on_phone`: as many as a phone shows,
    where that is another number.
    """

    url: str
    name: str
    code: str = ""
    look: str = ""
    count: int | None = None
    on_phone: int | None = None
    is_on: bool = False


def chosen_groups(groups: Iterable[GroupSummary]) -> list[str]:
    """Returns the groups asked for that there are; an unknown one is as if it had not been asked
    for.
    """
    slugs = set(request.args.getlist("group"))
    return [group.slug for group in groups if group.slug in slugs]


def of_groups(
    entries: Iterable[ProgrammeEntry], chosen: Sequence[str]
) -> tuple[ProgrammeEntry, ...]:
    """Returns those that one of the chosen groups takes part in; all where none is chosen."""
    return tuple(one for one in entries if not chosen or not set(chosen).isdisjoint(one.groups))


Counts = Callable[[Collection[str]], int]
"""How many events there are of one of the groups, each once."""


def counts_of(entries: Iterable[ProgrammeEntry]) -> Counts:
    groups = [frozenset(entry.groups) for entry in entries]
    return lambda slugs: sum(not of.isdisjoint(slugs) for of in groups)


def group_chips(
    marks: Sequence[Mark],
    chosen: Sequence[str],
    counts: Counts,
    address: Callable[[list[str]], str],
    on_phone: Counts | None = None,
) -> list[GroupChip]:
    """`address` makes the page's address of the groups chosen."""
    everything = GroupChip(address([]), translate(reader_language(), ALL), is_on=not chosen)
    language = reader_language()

    def chip(slugs: Sequence[str], name: str, code: str, look: str) -> GroupChip:
        is_on = not set(slugs).isdisjoint(chosen)
        after = (
            [slug for slug in chosen if slug not in slugs]
            if is_on
            else [mark.slug for mark in marks if mark.slug in (*chosen, *slugs)]
        )
        count = counts(slugs)
        fewer = on_phone(slugs) if on_phone else count
        return GroupChip(
            url=address(after),
            name=name,
            code=code,
            look=look,
            count=count,
            on_phone=None if fewer == count else fewer,
            is_on=is_on,
        )

    working = [mark for mark in marks if mark.look != GOVERNANCE_LOOK]
    organs = [mark for mark in marks if mark.look == GOVERNANCE_LOOK]
    chips = [chip([m.slug], m.short.in_(language), m.code, m.look) for m in working]
    if organs:
        name = translate(language, GOVERNANCE)
        codes = [mark.slug for mark in organs]
        chips.append(chip(codes, name, _code_of(organs, name), GOVERNANCE_LOOK))
    return [everything, *chips]


def _code_of(organs: Sequence[Mark], name: str) -> str:
    """Returns the organs' own code where there is one organ, else two letters of their common name."""
    return organs[0].code if len(organs) == 1 else name[:2].upper()
