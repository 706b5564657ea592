"""Who reads how the platform is: the office that runs it."""

from app.kernel.actor import Actor, Role


def may_see_status(actor: Actor) -> bool:
    return actor.holds(Role.ORGANIZER)


def may_check(actor: Actor) -> bool:
    return actor.acts_as(Role.ORGANIZER)
