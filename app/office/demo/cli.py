"""`flask demo load` and `flask reference load`.

The services are imported by the command that needs them: a server that starts loads nothing.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

import click
from flask.cli import AppGroup

from app.infra import clock
from app.infra.body import current_body
from app.infra.database import database, reading, transaction
from app.infra.demo_mark import holds_demo, is_demonstration
from app.infra.language import translate
from app.infra.platform import platform
from app.kernel.refusal import Refusal

OF_THE_DEMO = (
    "  Esta base de datos contiene la demostración: todo en ella es inventado.",
    "  Para empezar en limpio: detenga Convoca (Ctrl+C), después ./run clean y ./run serve",
    "  This database holds the demo: everything in it is invented.",
    "  To begin clean: stop Convoca (Ctrl+C), then ./run clean and ./run serve",
)
demo = AppGroup("demo", help="A believable synthetic world.")
reference = AppGroup("reference", help="What every installation starts with.")


@demo.command("load")
def load() -> None:
    """Load the demo into an empty database; do nothing when there is data."""
    from app.office.demo.services.load import is_empty, load_demo
    from app.office.demo.services.people import RCM

    if current_body() is not RCM:
        raise click.ClickException("The demo data are those of the RCM: load them without BODY.")
    with reading() as db:
        if not is_empty(db):
            click.echo("There is data already; nothing was loaded.")
            return
    settings = platform().settings
    with _without_collecting(), transaction() as db:
        load_demo(
            db,
            today=clock.today(),
            now=clock.now(),
            address=settings.address,
        )
    click.echo("Demo data loaded.")


@demo.command("clean")
def clean() -> None:
    """Put the demo aside, whole, into a folder with today's date; the next start is empty."""
    from app.office.demo.services.clean import put_aside

    with reading() as db:
        holds = holds_demo(db)
    if not holds:
        raise click.ClickException("This database does not hold the demo; nothing was changed.")
    database.engine.dispose()
    try:
        folder = put_aside(platform().settings, on=clock.today())
    except Refusal as refusal:
        raise click.ClickException(translate("en", refusal.msgid)) from None
    click.echo(f"The demo lies in {folder}. To open it again: CONVOCA_DATA={folder} ./run")
    click.echo("Begin with your own office: ./run serve")


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Switches the collector of cycles off while the demo is loaded. Loading makes many objects and
    hardly a cycle: looking for cycles took an eighth of the time and spared 3 MB.
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
        left_out = load_reference(db, now=clock.now())
    for edition in left_out:
        click.echo(
            f"{edition} was published here with other texts, which stay as they are. What this "
            "version brings under the same label was left out."
        )
    click.echo("Reference data is in place.")


def greeting() -> list[str]:
    """Returns what the terminal says before serving: the address and, in demo mode, the personas."""
    settings = platform().settings
    lines = ["", f"  Convoca  →  {settings.address}", ""]
    if settings.demo:
        from app.office.demo.services.people import PERSONAS

        lines += ["  Demo personas (one click at /sign-in):"]
        lines += [f"    {persona.email:<36} {persona.full_name}" for persona in PERSONAS] + [""]
    elif is_demonstration():
        lines += [*OF_THE_DEMO, ""]
    return lines
