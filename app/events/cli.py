"""`flask events …`"""

import click
from flask.cli import AppGroup

from app.events.services.zones import recompute_zones
from app.infra import clock
from app.infra.database import transaction

group = AppGroup("events", help="Events and their zones.")


@group.command("recompute-zones")
def recompute() -> None:
    """After an upgrade of tzdata: events keep their agreed hours, their instants follow, owners are told."""
    with transaction() as db:
        done = recompute_zones(db, now=clock.now())
    click.echo(f"{done.checked} coming events checked, {len(done.moved)} moved, {done.cases} conflict cases found.")
