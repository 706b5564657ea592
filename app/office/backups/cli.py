"""`flask backup …`"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy import text

from app.infra import clock
from app.infra.backups import dumps
from app.infra.backups.making import problems_in
from app.infra.backups.places import NOTES, BackupPlace, places_of
from app.infra.backups.restoring import newest_of, restore
from app.infra.database import database, reading
from app.infra.platform import platform
from app.infra.revisions import revisions
from app.infra.server import MIGRATIONS
from app.office.backups.tasks.making import FAILURES, drill_now, make_now, note_restored
from app.office.backups.values import BackupReason
from app.office.privacy.tasks import GIVEN_UP, erase_again, keep_erased, noted_beside

group = AppGroup("backup", help="Backups: make, list, verify, restore, and try one out.")
FROM = click.option(
    "--from", "source", default="", help="A folder, or s3://bucket/prefix; the place set otherwise."
)
NAME = click.argument("name", default="latest")


@contextmanager
def _in_a_sentence() -> Iterator[None]:
    try:
        yield
    except FAILURES as error:
        raise click.ClickException(str(error) or type(error).__name__) from error


@group.command("make")
@click.option(
    "--before-migrating",
    is_flag=True,
    help="Only where people are in the database and migrations are due.",
)
def make_command(*, before_migrating: bool) -> None:
    """Make a backup now; print its name."""
    with _in_a_sentence():
        if before_migrating and not _is_behind():
            return
        reason = BackupReason.BEFORE_MIGRATING if before_migrating else BackupReason.BY_HAND
        made = make_now(reason)
    for place in places_of(platform().settings):
        click.echo(f"{made.name} in {place.where}", err=True)
    manifest = made.manifest
    rows = sum(manifest.counts.values())
    click.echo(
        f"{rows} rows, {len(manifest.files)} stored files ({made.copied} new)"
        f"{', encrypted' if manifest.database.is_shut else ''}.",
        err=True,
    )
    if manifest.keep_apart:
        click.echo(f"Not in it, keep them apart: {', '.join(manifest.keep_apart)}.", err=True)
    if manifest.damaged:
        click.echo(f"Damaged where they lie: {', '.join(manifest.damaged)}.", err=True)
    click.echo(made.name)


@group.command("list")
@FROM
def list_command(source: str) -> None:
    """Print the whole backups of each place, the newest first."""
    with _in_a_sentence():
        for place in _places(source):
            click.echo(place.where)
            for name in place.names():
                try:
                    manifest = place.manifest(name)
                except ValueError as error:
                    click.echo(f"  {name}  its manifest cannot be read: {error}")
                    continue
                click.echo(
                    f"  {name}  {manifest.reason}  {manifest.engine}  {', '.join(manifest.revisions)}  "
                    f"{len(manifest.files)} files{'  encrypted' if manifest.database.is_shut else ''}"
                )


@group.command("verify")
@click.argument("name", default="")
@FROM
def verify_command(name: str, source: str) -> None:
    """Read every byte of the backup NAME, or of all of them; exit 1 when anything is wrong."""
    count, problems = 0, 0
    with _in_a_sentence():
        for place in _places(source):
            for one in [name] if name else place.names():
                count += 1
                for problem in problems_in(place, one, platform().settings):
                    problems += 1
                    click.echo(f"{one}: {problem}", err=True)
    if problems or not count:
        raise click.ClickException(
            f"{problems} problems in {count} backups." if count else "There is no backup."
        )
    click.echo(f"{count} backups were read; every byte is as it was written.")


@group.command("restore")
@NAME
@FROM
@click.option(
    "--replace", is_flag=True, help="Also where there are people: what is there is put aside."
)
def restore_command(name: str, source: str, *, replace: bool) -> None:
    """Restore the backup NAME, by default the newest, to where the settings say. Stop Convoca
    first.
    """
    settings = platform().settings
    database.engine.dispose()
    with _in_a_sentence():
        place, name = _chosen(name, source)
        noted = noted_beside(place)
        done = restore(
            settings,
            place,
            name,
            known=revisions(MIGRATIONS),
            replaces=replace,
            now=clock.now(),
        )
        with reading() as db:  # of any version
            rows = db.scalars(
                text("SELECT CAST(id AS TEXT) FROM person UNION SELECT code FROM country")
            )
            again = keep_erased(noted, made_at=done.manifest.made_at, present=set(rows))
        note_restored()
    click.echo(f"{name} is restored.")
    if done.aside:
        click.echo(f"The database that was there: {done.aside}")
    if done.keys:
        click.echo(f"Keys and settings: {done.keys} (put them in place, then delete the folder)")
    elif done.manifest.keep_apart:
        click.echo(f"Put in place from where you keep them: {', '.join(done.manifest.keep_apart)}")
    if frozenset(done.manifest.revisions) != revisions(MIGRATIONS).newest:
        click.echo("It is of an earlier version: `flask db upgrade` is next, or ./run serve.")
    elif again:
        erase_again()
    if again:
        silent = sorted(code for code, names in again.items() if names == GIVEN_UP)
        people = len(again) - len(silent)
        click.echo(f"Erased since it was made, and so once more: {people} people.")
        if silent:
            click.echo(f"Gives no names since, and so again: {', '.join(silent)}.")
    for where in noted.unread:
        click.echo(f"{where} did not answer: whom only its {NOTES}/ names is not erased again.")


@group.command("drill")
@NAME
@FROM
def drill_command(name: str, source: str) -> None:
    """Restore the newest backup into a place of its own and try whether it works; exit 1 if not."""
    with _in_a_sentence():
        place, name = _chosen(name, source)
        proof = drill_now(place, name)
    click.echo(f"{name}: {proof.rows} rows, {proof.files} stored files")
    click.echo(f"a certificate: {proof.certificate}")
    click.echo(f"the record: {proof.record}")
    click.echo(f"a sign-in: {proof.sign_in}")
    click.echo(f"would have been lost (RPO): {_told(proof.age)}")
    click.echo(f"until it worked again (RTO): {_told(proof.took)}")
    if not proof.passed:
        raise click.ClickException("; ".join(proof.problems))
    click.echo("The drill passed.")


@group.command("prove", hidden=True)
def prove_command() -> None:
    """What a drill runs where it restored. Writes into the database."""
    from app.office.backups.tasks.proving import prove

    settings = platform().settings
    if not Path(settings.data).name.startswith(".drill-"):
        raise click.ClickException("This writes into the database: only a drill runs it.")
    click.echo(json.dumps(prove(current_app._get_current_object())))  # type: ignore[attr-defined]


def _places(source: str) -> tuple[BackupPlace, ...]:
    if not source:
        return places_of(platform().settings)
    return (BackupPlace(source if "://" in source else Path(source).resolve()),)


def _chosen(name: str, source: str) -> tuple[BackupPlace, str]:
    places = _places(source)
    if name == "latest":
        return newest_of(places)
    return next((place for place in places if name in place.names()), places[0]), name


def _is_behind() -> bool:
    """Returns True where migrations are due on a database with people."""
    url = platform().settings.database
    stands = frozenset(dumps.stands(url))
    if not stands or stands == revisions(MIGRATIONS).newest:
        return False
    return bool(dumps.state_of(url).counts.get("person"))


def _told(span: timedelta) -> str:
    return (
        f"{span.total_seconds():.1f} s" if span < timedelta(minutes=2) else str(span).split(".")[0]
    )
