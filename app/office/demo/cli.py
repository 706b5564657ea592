"""`flask demo load` and `flask reference load`.

The services are imported by the command that needs them: a server that starts loads nothing.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

import click
from flask import current_app
from flask.cli import AppGroup

from app.infra import clock
from app.infra.body import current_body
from app.infra.database import reading, transaction

demo = AppGroup("demo", help="A believable synthetic world.")
reference = AppGroup("reference", help="What every installation starts with.")


@demo.command("load")
def load() -> None:
    """Load the demo into an empty database; do nothing when there is data."""
    from app.office.demo.services.body import RCM
    from app.office.demo.services.load import is_empty, load_demo

    if current_body() is not RCM:
        raise click.ClickException("The demo data are those of the RCM: load them without BODY.")
    with reading() as db:
        if not is_empty(db):
            click.echo("There is data already; nothing was loaded.")
            return
    settings = current_app.extensions["convoca_settings"]
    with _without_collecting(), transaction() as db:
        load_demo(
            db,
            today=clock.today(),
            now=clock.now(),
            address=settings.address,
            secret=settings.secret,
        )
    click.echo("Demo data loaded.")


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Loading makes many objects and hardly a cycle: looking for cycles took an eighth of the time
    and spared 3 MB.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


@reference.command("load")
def load_reference_data() -> None:
    """Countries, groups, limits, holidays and the course; adds only what is missing."""
    from app.office.demo.services.reference import load_reference
    from app.people.directory.services.reference import countries_of_another_body

    with transaction() as db:
        if others := countries_of_another_body(db, current_body()):
            raise click.ClickException(
                f"These countries of the database are not in the file of this body: "
                f"{', '.join(others)}. Set BODY to the body whose database it is, or start with an "
                "empty one."
            )
        load_reference(db, now=clock.now())
    click.echo("Reference data is in place.")


def greeting() -> list[str]:
    """What the terminal says before serving: the address and, in demo mode, the personas."""
    settings = current_app.extensions["convoca_settings"]
    lines = ["", f"  Convoca  →  {settings.address}", ""]
    if settings.demo:
        from app.office.demo.services.personas import PERSONAS

        lines += ["  Demo personas (one click at /sign-in):"]
        lines += [f"    {persona.email:<36} {persona.full_name}" for persona in PERSONAS] + [""]
    return lines
