"""Every route declares who may use it; a route that does not is closed to all."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, current_app, g, request
from sqlalchemy.exc import SQLAlchemyError

from app.kernel.actor import ANONYMOUS, Actor
from app.kernel.dated import last_day
from app.kernel.refusal import Kind, NotAllowed, Refusal
from app.kernel.text import N_
from app.web.site import site

if TYPE_CHECKING:  # it asks the guards who acts
    from app.web.limits import Cost

Policy = Callable[[Actor], bool]
View = TypeVar("View", bound=Callable[..., Any])
READING = ("GET", "HEAD")


class SignInNeeded(Refusal):
    kind = Kind.UNKNOWN_ACTOR
    rule = "sign-in-needed"
    msgid = N_("Please sign in first.")


class ForeignOrigin(Refusal):
    kind = Kind.FORBIDDEN
    rule = "foreign-origin"
    msgid = N_("This form was sent from another site.")


class ConfirmationNeeded(Refusal):
    """`web/errors.py` leads to the page on which the actor confirms who they are, and back."""

    kind = Kind.FORBIDDEN
    rule = "confirmation-needed"
    msgid = N_("Please confirm first that it is you.")


class TermEnded(NotAllowed):
    """Said instead of "your role does not allow this" to whoever has handed the role over and only
    reads.
    """

    rule = "term-ended"
    msgid = N_(
        "Your term ended on %(on)s. You may still read until %(until)s; changes are for your successor."
    )

    def __init__(self, actor: Actor) -> None:
        latest = max(actor.outgoing, key=lambda ended: ended.readable_until)
        super().__init__(on=latest.ended_on, until=last_day(latest.readable_until))


def anyone(actor: Actor) -> bool:
    return True


def signed_in(actor: Actor) -> bool:
    return actor.signed_in


def requires(policy: Policy, *, costs: "Cost | None" = None) -> Callable[[View], View]:
    """Declares a route's policy and, where its requests are counted, their class
    (`app/web/limits.py`). Put it directly under the route decorator.
    """

    def declare(view: View) -> View:
        view.policy = policy  # type: ignore[attr-defined]  # read by the guard and by the architecture test
        view.costs = costs  # type: ignore[attr-defined]  # read by the limits
        return view

    return declare


def works_without_actor(view: View) -> View:
    """Marks a view that must answer when the database does not: whoever cannot be looked up is a
    stranger there.
    """
    view.works_without_actor = True  # type: ignore[attr-defined]  # read by the guard
    return view


def policy_of(view: Callable[..., Any]) -> Policy | None:
    policy: Policy | None = getattr(view, "policy", None)
    return policy


def current_actor() -> Actor:
    """Returns who acts in this request; only the edge may ask."""
    actor: Actor = g.get("actor", ANONYMOUS)
    return actor


def require_confirmation() -> None:
    """Raises ConfirmationNeeded unless the actor signed in, or confirmed who they are, within the
    last half hour.

    For what cannot be undone, or gives somebody power: a session left open must not be enough.
    """
    if not site().is_confirmed():
        raise ConfirmationNeeded


def in_their_terms(refusal: Refusal) -> Refusal:
    """Returns the same refusal; to whoever has handed over a role, one that names the days of it."""
    if type(refusal) is NotAllowed and current_actor().outgoing:
        return TermEnded(current_actor())
    return refusal


def init_guards(app: Flask) -> None:
    app.before_request(_load_actor)
    app.before_request(_refuse_foreign_origin)
    app.before_request(_ask_policy)


def _load_actor() -> None:
    """Loads the actor. Whoever has handed a role over lately still reads with it: nothing is
    written by GET, by the house's rules.
    """
    if request.endpoint == "static" or g.get("without_actor"):
        return
    try:
        actor = site().load_actor()
    except SQLAlchemyError:
        view = current_app.view_functions.get(request.endpoint or "")
        if not getattr(view, "works_without_actor", False):
            raise
        actor = ANONYMOUS
    g.actor = actor.as_reader() if request.method in READING else actor


def _refuse_foreign_origin() -> None:
    """Refuses a cookie that another site's form would spend (Fetch Metadata; SameSite and the token
    come on top).
    """
    if request.method in (*READING, "OPTIONS"):
        return
    fetched_from = request.headers.get("Sec-Fetch-Site")
    if fetched_from is not None and fetched_from not in ("same-origin", "none"):
        raise ForeignOrigin
    origin = request.headers.get(
        "Origin"
    )  # older browsers send only this one; "null" is nobody's own page
    if fetched_from is None and origin is not None and _host_of(origin) != request.host:
        raise ForeignOrigin
    if _host_of(request.headers.get("Referer", "")) is None:
        raise ForeignOrigin  # the token check would stumble over it


def _host_of(url: str) -> str | None:
    """Returns the host of an address; None for what no browser sends as one, such as an open
    bracket.
    """
    try:
        return urlsplit(url).netloc
    except ValueError:
        return None


def _ask_policy() -> None:
    if request.endpoint is None or request.endpoint == "static":
        return
    policy = policy_of(current_app.view_functions[request.endpoint])
    actor = current_actor()
    if policy is not None and policy(actor):
        return
    if policy is not None and not actor.signed_in:
        raise SignInNeeded
    raise NotAllowed
