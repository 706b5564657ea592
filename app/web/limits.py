"""How many costly requests one person and one network address get answered within a minute: the
classes, their numbers, and the guard that counts.

A route names its class beside its policy, `@requires(policy, costs=PDF)`; all of the API is of API.
Other pages are not counted. Whoever is signed in is counted by account, and by address apart from
strangers, so that nobody outside can use up what a ministry's people have. The numbers lie above
what people do (tests/web/test_limits.py says what that is) and far below what a program can.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import structlog
from flask import Flask, current_app, request

from app.infra import clock
from app.infra.platform import platform
from app.kernel.network import source_of
from app.kernel.refusal import Kind, Refusal
from app.kernel.text import N_
from app.web.guards import current_actor

log = structlog.get_logger()


class AskedTooOften(Refusal):
    """`seconds` is how long until the next request is answered, if no other is meanwhile."""

    kind = Kind.TOO_MANY
    rule = "asked-too-often"
    msgid = N_(
        "Very many requests of this kind came from you or from your network within a minute."
    )

    def __init__(self, seconds: int) -> None:
        super().__init__()
        self.seconds = max(2, seconds)  # what is said is in the plural


class SearchedTooOften(AskedTooOften):
    rule = "searched-too-often"
    msgid = N_("Very many searches came from you or from your network within a minute.")


class CopiedTooOften(AskedTooOften):
    rule = "copied-too-often"
    msgid = N_("Very many copies were asked for by you or from your network within a minute.")


class DrawnTooOften(AskedTooOften):
    rule = "drawn-too-often"
    msgid = N_("Very many PDF files were asked for by you or from your network within a minute.")


class LookedUpTooOften(AskedTooOften):
    rule = "certificates-looked-up-too-often"
    msgid = N_(
        "Very many certificates were looked up from your network within a minute. Try again in a "
        "minute; this says nothing about the certificate."
    )


@dataclass(frozen=True)
class Cost:
    """A class of costly requests: how many within a minute, before LIMITS_FACTOR."""

    name: str
    per_person: int
    per_address: int
    refusal: type[AskedTooOften]


API = Cost("api", 300, 900, AskedTooOften)
"""What programs ask for: the API, and calendars and lists that are subscribed to."""
SEARCH = Cost("search", 120, 600, SearchedTooOften)
EXPORT = Cost("export", 30, 150, CopiedTooOften)
"""Lists and sheets that are made when somebody takes them along."""
PDF = Cost("pdf", 30, 150, DrawnTooOften)
PICTURE = Cost("picture", 300, 1500, DrawnTooOften)
"""Pictures of certificates, of which a page shows many. Each is drawn once."""
VERIFY = Cost("verify", 300, 600, LookedUpTooOften)
"""A ministry stands behind one address: its 300 people may open the page of theirs in one minute, and
a program may check 200 codes, which are two requests each where it begins at the page. Whoever
guesses gains nothing by more: of 2^75 codes, 100,000 issued ones are hit once in some billion years.
"""
COSTS = (API, SEARCH, EXPORT, PDF, PICTURE, VERIFY)


def init_limits(app: Flask) -> None:
    app.before_request(_count)


def cost_of(view: Callable[..., Any], path: str) -> Cost | None:
    """Returns the class of a route; None where its requests are not counted."""
    cost: Cost | None = getattr(view, "costs", None)
    return cost or (API if path.startswith("/api/") else None)


def _count() -> None:
    """Counts a request of a class. Raises its refusal. What cannot be counted is answered: the
    counters spare the machine, and nothing depends on them.
    """
    if request.endpoint is None:
        return
    cost = cost_of(current_app.view_functions[request.endpoint], request.path)
    if cost is None:
        return
    actor, factor = current_actor(), platform().settings.limits_factor
    source = source_of(request.remote_addr or "")
    counted = [(f"{cost.name} {source} {actor.signed_in}", cost.per_address)]
    if actor.signed_in:
        counted.insert(0, (f"{cost.name} {actor.account_id}", cost.per_person))
    crowds, now = platform().crowds, clock.now()
    try:
        for key, most in counted:
            if not crowds.lets_in(key, most=most * factor, now=now):
                raise cost.refusal(crowds.wait(key, most=most * factor, now=now))
    except (OSError, ValueError) as error:
        log.error("requests are not counted", error=type(error).__name__)
