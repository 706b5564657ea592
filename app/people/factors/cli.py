"""`flask factors …`: for whoever runs the machine, where the office has one organizer."""

import click
from flask.cli import AppGroup

from app.infra import clock
from app.infra.cli import Refused
from app.infra.database import transaction
from app.kernel.refusal import Refusal
from app.people.factors import services
from app.people.identity.cli import account_id_of

group = AppGroup("factors", help="Second factors.")


@group.command("lost")
@click.argument("who")
def lost(who: str) -> None:
    """End the second factors, password and sessions of WHO (an address): they lost every one.

    WHO gets a letter with a link to sign in. At the screen two organizers do this; use it where
    there is only one. The journal keeps that it was done from the machine.
    """
    try:
        with transaction() as db:
            services.end_lost(db, account_id=account_id_of(db, who), now=clock.now())
    except Refusal as refusal:
        raise Refused(refusal) from None
    click.echo("ended; a letter with a link follows")
