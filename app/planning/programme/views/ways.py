"""The ways to look at the programme, as tabs; each for whoever may open it."""

from collections.abc import Callable
from typing import Any

from flask import current_app, request, url_for

from app.infra import clock
from app.infra.language import translate
from app.kernel.actor import Actor
from app.kernel.text import N_
from app.planning.events import policy
from app.planning.programme.rules.month import month_of
from app.planning.programme.views import bp
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
    """Those that lead and the others: label, address and whether it is this page. The groups chosen
    go along. The month is named in its address, so that a phone shows it and not the list.
    """
    found = [
        _way(label, endpoint)
        for label, endpoint, policy_of in WAYS
        if _is_open(endpoint, policy_of)
    ]
    return found[:LEADING], found[LEADING:]


def _is_open(endpoint: str, policy_of: Callable[[Actor], bool]) -> bool:
    return endpoint in current_app.view_functions and policy_of(current_actor())


def _way(label: str, endpoint: str) -> Way:
    options: dict[str, Any] = {}
    if endpoint not in WITHOUT_GROUPS:
        options["group"] = request.args.getlist("group")
    if endpoint == "programme.programme":
        asked = month_of(request.args.get("month", ""))
        month = asked or clock.today(reader_timezone())
        options["month"] = f"{month:%Y-%m}"
    return (
        translate(reader_language(), label),
        url_for(endpoint, **options),
        request.endpoint == endpoint,
    )
