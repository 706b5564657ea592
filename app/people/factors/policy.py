"""Who may see to the second factors of others: the secretariat."""

from app.kernel.actor import Actor
from app.kernel.refusal import NotAllowed
from app.people.identity.policy import may_manage_accounts


def require_may_see_to(actor: Actor) -> None:
    """Raises NotAllowed for everybody but organizers and commands run on the machine."""
    if not may_manage_accounts(actor):
        raise NotAllowed
