"""The ways to look at the programme, as tabs; each for whoever may open it."""

from collections.abc import Callable
from typing import Any

from flask import current_app, request, url_for

from app.infra.language import translate
from app.kernel.actor import Actor
from app.kernel.text import N_
from app.planning.events import policy
from app.planning.programme.views import bp
from app.web.guards import anyone, current_actor, signed_in
from app.web.locale import reader_language

WAYS: tuple[tuple[str, str, Callable[[Actor], bool]], ...] = (
    (N_("Month"), "programme.programme", anyone),
    (N_("List"), "programme.programme_agenda", anyone),
    (N_("Lanes"), "programme.lanes", anyone),
    (N_("Load"), "programme.load", signed_in),
    (N_("Board"), "programme.board", policy.may_plan),
    (N_("Holidays"), "holidays.holidays", anyone),
    (N_("Editions"), "cycles.editions", anyone),
)
WITHOUT_GROUPS = frozenset({"programme.load", "holidays.holidays", "cycles.editions"})


@bp.app_context_processor
def _ways() -> dict[str, Any]:
    return {"ways": ways}


def ways() -> list[tuple[str, str, bool]]:
    """Label, address and whether it is this page. The groups chosen go along."""
    chosen = request.args.getlist("group")
    return [
        (
            translate(reader_language(), label),
            url_for(endpoint, group=[] if endpoint in WITHOUT_GROUPS else chosen),
            request.endpoint == endpoint,
        )
        for label, endpoint, policy_of in WAYS
        if endpoint in current_app.view_functions and policy_of(current_actor())
    ]
