"""Parts of the steps that invite people: shown before letters leave, kept until they do."""

from flask_babel import ngettext
from werkzeug.datastructures import MultiDict

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.installation import site_address
from app.office.setup.queries import draft_of
from app.office.setup.values import SetupStep
from app.office.setup.views.first import has_mail
from app.office.setup.views.frame import keep
from app.people.identity.services.inviting import hand_over_invitation
from app.web.fields import Typed
from app.web.guards import current_actor

TOKENS = ("csrf_token", "form_token", "act", "kept")


def typed_before(step: SetupStep) -> Typed | None:
    """Returns what was typed on a step and did not leave, for its form; None without."""
    with reading() as db:
        typed = draft_of(db, actor=current_actor(), step=step)
    return MultiDict(typed) if typed else None


def keep_typed(step: SetupStep, sent: Typed) -> None:
    keep(step, [pair for pair in sent.items(multi=True) if pair[0] not in TOKENS])


def letters_said(number: int) -> str:
    """Returns what happened to the invitations just written: nothing has left where no letter
    can.
    """
    if not has_mail():
        return str(
            ngettext(
                "%(num)s letter of invitation is written. It waits until letters can leave.",
                "%(num)s letters of invitation are written. They wait until letters can leave.",
                number,
            )
        )
    return str(
        ngettext(
            "%(num)s letter of invitation is on its way. Its link works for 14 days.",
            "%(num)s letters of invitation are on their way. Their links work for 14 days.",
            number,
        )
    )


def link_of(invitation_id: int) -> str:
    """Returns a new link of an invitation; an earlier one stops working."""
    with transaction() as db:
        token = hand_over_invitation(
            db, actor=current_actor(), invitation_id=invitation_id, now=clock.now()
        )
    return f"{site_address()}/invited/{token}"
