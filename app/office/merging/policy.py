"""Who may merge two records of one person."""

from app.kernel.actor import Actor
from app.kernel.refusal import NotAllowed, NotFound
from app.office.merging.rules import HoldsAnOffice
from app.people.directory.policy import may_answer_for
from app.people.identity.policy import may_manage, may_manage_accounts
from app.people.identity.values import AccountReach


def may_open_merges(actor: Actor) -> bool:
    """Returns True for the secretariat, and for a focal point, for records of their country."""
    return may_manage_accounts(actor) or bool(actor.countries_named())


def countries_seen(actor: Actor) -> frozenset[str] | None:
    """Returns the countries whose records the actor sees; None for all."""
    return None if may_manage_accounts(actor) else actor.countries_named()


def may_merge_offices(actor: Actor) -> bool:
    """Returns True for the secretariat, which alone merges records of people who hold an office, or
    will.
    """
    return may_manage_accounts(actor)


def require_may_merge(
    actor: Actor,
    countries: tuple[str, ...],
    reaches: tuple[AccountReach, ...],
    *,
    has_office: bool,
) -> None:
    """Refuses a merge that is not the actor's to make.

    `countries` are those of the two records, `reaches` their accounts'. A focal point merges
    officials of their country; whoever has another role, or holds or will hold an office (one of
    them: `has_office`), is for the secretariat. Otherwise a focal point could choose their own
    successor by merging the one designated into somebody else.
    """
    if may_manage_accounts(actor):
        return
    if not all(may_answer_for(actor, code) for code in countries):
        raise NotFound
    if has_office:
        raise HoldsAnOffice
    if not all(may_manage(actor, reach) for reach in reaches):
        raise NotAllowed
