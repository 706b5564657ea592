"""`./run update LINK`, in the folder of the new version: brings an installation to it, or back.

LINK is what the services run from, such as /srv/convoca: a link to the folder of the version at work.
Nothing is touched until a backup of today has been restored, migrated and tried out by the new version.
Then the services stop, a last backup is made, the database is migrated, and the link is switched. When
anything fails after that, database and link go back by themselves; `--back` does the same later.

Run by root, whatever touches data is a process of the owner of the data folder.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from http import HTTPStatus
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from config import Settings, SettingsInvalid, read_settings
from tooling.catalogue import compile_all

ROOT = Path(__file__).resolve().parent.parent
RECORD = "update.json"
STARTS_WITHIN = 90.0
"""Seconds that the services have to become ready."""


class UpdateFailed(Exception):
    """A step failed. The message is a sentence."""


@dataclass(frozen=True)
class UpdateRecord:
    """What leads back: the folders before and after, and the backup made in between, with its place."""

    before: str
    after: str
    backup: str
    place: str


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser("./run update", description=__doc__)
    parser.add_argument("link", type=Path, help="what the services run from, such as /srv/convoca")
    parser.add_argument("--env", type=Path, help="the settings, such as /etc/convoca.env")
    parser.add_argument("--service", action="append", default=[], help="a unit to stop and start")
    parser.add_argument("--back", action="store_true", help="go back to the version before")
    parser.add_argument("--step", choices=sorted(STEPS), help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    link: Path = given.link.absolute()
    try:
        if given.step:
            compile_all(ROOT)
            return in_application(STEPS[given.step], link)
        if given.env is not None:
            os.environ.update(settings_in(given.env))
        if not link.is_symlink():
            raise UpdateFailed(f"{link} is no link to the folder of a version: docs/deploy.md.")
        (go_back if given.back else go_on)(read_settings(), link, given.service)
    except (UpdateFailed, SettingsInvalid, OSError) as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    return 0


def go_on(settings: Settings, link: Path, services: Sequence[str]) -> None:
    """Updates to the version in this folder. Raises UpdateFailed."""
    before, record = link.resolve(), settings.data / RECORD
    if before == ROOT:
        raise UpdateFailed(f"{link} leads to this version already.")
    if record.exists() and Path(record_in(settings).before) == before:
        raise UpdateFailed(
            f"An update was interrupted. Go back to before it first: ./run update {link} --back"
        )
    say("A backup, restored and tried out by the new version")
    step("rehearse", settings, link)
    systemctl("stop", services)
    record.unlink(missing_ok=True)
    say("The last backup of the version before; migrations, reference data, zones")
    try:
        step("migrate", settings, link)
        switch(link, ROOT)
        systemctl("start", services)
        if services:
            require_ready(settings)
    except (UpdateFailed, OSError) as error:
        systemctl("stop", services, must=False)
        if record.exists():
            step("restore", settings, link)
        switch(link, before)
        systemctl("start", services)
        raise UpdateFailed(f"{error}. Database and link are as before the update.") from error
    say(f"{link} runs this version. To go back: ./run update {link} --back")


def go_back(settings: Settings, link: Path, services: Sequence[str]) -> None:
    """Goes back to the version before the last update, also one that was interrupted, with the
    database as it was then; what was written since is in a backup of its own. Where that cannot be
    done, the services run as before. Raises UpdateFailed.
    """
    record = record_in(settings)
    if link.resolve() not in {Path(record.after), Path(record.before)}:
        raise UpdateFailed(f"{link} does not lead to the version of the last update any more.")
    systemctl("stop", services)
    try:
        step("keep", settings, link)
        step("restore", settings, link)
    except UpdateFailed:
        systemctl("start", services, must=False)
        raise
    switch(link, Path(record.before))
    systemctl("start", services)
    say(f"{link} runs the version before.")


def record_in(settings: Settings) -> UpdateRecord:
    try:
        return UpdateRecord(**json.loads((settings.data / RECORD).read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise UpdateFailed("There was no update to go back from.") from None


def step(name: str, settings: Settings, link: Path) -> None:
    """Runs a step in a process of the owner of the data folder, which may not be root's."""
    owner = settings.data.stat()
    command = [sys.executable, "-m", "tooling.update", str(link), "--step", name]
    is_root = os.geteuid() == 0 and owner.st_uid != 0
    done = subprocess.run(
        command,
        cwd=ROOT,
        check=False,
        user=owner.st_uid if is_root else None,
        group=owner.st_gid if is_root else None,
        extra_groups=[] if is_root else None,
    )
    if done.returncode:
        raise UpdateFailed("Nothing was changed" if name == "rehearse" else f"Step {name} failed")


def in_application(run: Callable[[Settings, Path], None], link: Path) -> int:
    """Runs a step; says in a sentence what it failed at."""
    from app import create_app
    from app.infra.platform import platform
    from app.infra.schema import DeadRule
    from app.office.backups.tasks.making import FAILURES
    from tooling.due import AnotherVersion

    app = create_app()
    with app.app_context():
        try:
            run(platform(app).settings, link)
        except (UpdateFailed, AnotherVersion, DeadRule, *FAILURES) as error:
            print(str(error) or type(error).__name__, file=sys.stderr)
            return 1
    return 0


def rehearse(settings: Settings, _link: Path) -> None:
    """Makes a backup, and tries it out with this version."""
    from app.infra import clock
    from app.infra.backups.places import places_of
    from app.infra.revisions import revisions
    from app.infra.server import MIGRATIONS
    from app.office.backups.tasks.making import make_now, tried
    from app.office.backups.values import BackupReason
    from tooling.due import engine_of, require_known, schema_revisions

    stands = schema_revisions(engine_of(settings))
    require_known(stands, revisions(MIGRATIONS).known, settings)
    name = make_now(BackupReason.BEFORE_MIGRATING).name
    proof = tried(settings, places_of(settings)[0], name, now=clock.now())
    say(
        f"  {proof.rows} rows; a certificate: {proof.certificate}; the record: {proof.record}; "
        f"a sign-in: {proof.sign_in}"
    )
    if not proof.passed:
        raise UpdateFailed(f"The trial failed: {'; '.join(proof.problems)}")


def migrate(settings: Settings, link: Path) -> None:
    """Makes the last backup of the version before, writes down what leads back, and brings the
    database to this version.
    """
    from flask import current_app
    from flask_migrate import upgrade

    from app.infra import clock
    from app.infra.backups.places import places_of
    from app.infra.database import transaction
    from app.infra.platform import platform
    from app.infra.server import check_rules
    from app.office.backups.tasks.making import make_now
    from app.office.backups.values import BackupReason
    from app.office.demo.services.reference import load_reference
    from app.planning.arranging.services.zones import recompute_zones

    name = make_now(BackupReason.BEFORE_MIGRATING).name
    place = str(places_of(settings)[0].where)
    record = UpdateRecord(str(link.resolve()), str(ROOT), name, place)
    (settings.data / RECORD).write_text(json.dumps(asdict(record), indent=1), encoding="utf-8")
    upgrade(directory=current_app.config["MIGRATIONS"])
    with transaction() as db:
        for edition in load_reference(db, now=clock.now()):
            say(f"  {edition} keeps the texts that were published here")
    with transaction() as db:
        recompute_zones(db, now=clock.now())
    check_rules(current_app._get_current_object())  # type: ignore[attr-defined]
    report = platform().health.report()
    if down := ", ".join(check.name for check in report.checks if check.state == "down"):
        raise UpdateFailed(f"People could not work: {down}")


def keep(_settings: Settings, _link: Path) -> None:
    """Makes a backup of what was written since the update."""
    from app.office.backups.tasks.making import make_now
    from app.office.backups.values import BackupReason

    say(f"What was written since the update: backup {make_now(BackupReason.BY_HAND).name}")


def restore_record(settings: Settings, _link: Path) -> None:
    """Restores the backup that the record names, and forgets the record."""
    from app.infra import clock
    from app.infra.backups.places import BackupPlace
    from app.infra.backups.restoring import restore
    from app.infra.database import database
    from app.infra.revisions import revisions
    from app.infra.server import MIGRATIONS
    from app.office.backups.tasks.making import note_restored

    record = record_in(settings)
    database.engine.dispose()
    place = BackupPlace(record.place if "://" in record.place else Path(record.place))
    known = revisions(MIGRATIONS)
    restore(settings, place, record.backup, known=known, replaces=True, now=clock.now())
    note_restored()
    (settings.data / RECORD).unlink()


STEPS: Mapping[str, Callable[[Settings, Path], None]] = {
    "rehearse": rehearse,
    "migrate": migrate,
    "keep": keep,
    "restore": restore_record,
}


def require_ready(settings: Settings) -> None:
    """Waits until the services say that people can work. Raises UpdateFailed."""
    address = f"http://127.0.0.1:{settings.port}/readyz"
    until = time.monotonic() + STARTS_WITHIN
    while not answers(address):
        if time.monotonic() > until:
            raise UpdateFailed(f"{address} did not say that people can work")
        time.sleep(1)


def answers(address: str) -> bool:
    try:
        with urlopen(address, timeout=10) as answer:  # noqa: S310 - an address of our own
            return bool(answer.status == HTTPStatus.OK)
    except (URLError, OSError):
        return False


def switch(link: Path, to: Path) -> None:
    """Makes the link lead to another folder, at once."""
    fresh = link.with_name(f".{link.name}.new")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(to)
    fresh.replace(link)


def systemctl(verb: str, services: Sequence[str], *, must: bool = True) -> None:
    if services:
        done = subprocess.run(["systemctl", verb, *services], check=False)
        if must and done.returncode:
            raise UpdateFailed(f"systemctl {verb} {' '.join(services)} failed")


def settings_in(path: Path) -> dict[str, str]:
    """Reads lines NAME=VALUE as systemd reads an EnvironmentFile."""
    found = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        name, is_set, value = line.strip().partition("=")
        if is_set and not name.startswith(("#", ";")):
            is_quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "'\""
            found[name.strip()] = value[1:-1] if is_quoted else value.strip()
    return found


def say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
