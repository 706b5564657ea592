"""`flask events …`"""

import click
from flask.cli import AppGroup

from app.infra import clock
from app.infra.database import transaction
from app.planning.arranging import tasks
from app.planning.arranging.services.zones import recompute_zones

group = AppGroup("events", help="Events and their zones.")


@group.command("recompute-zones")
def recompute() -> None:
    """Computes the instants of events anew after an upgrade of tzdata: their agreed hours stay, and
    owners are told.
    """
    with transaction() as db:
        done = recompute_zones(db, now=clock.now())
    click.echo(
        f"{done.checked} coming events checked, {len(done.moved)} moved, {done.cases} conflict cases found."
    )


@group.command("tell-time")
def tell_time() -> None:
    """Tells which events have started and ended, each once; the server does so by itself every
    minute.
    """
    told = tasks.tell_all()
    click.echo(f"{told.started} events have started, {told.ended} have ended.")
