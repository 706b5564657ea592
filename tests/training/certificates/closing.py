"""A large event that is closed while two workers issue, draw and seal its certificates, of which one
is killed again and again.

`python -m tests.training.certificates.closing` makes the application once; for each line that it
reads it forks a worker, which does what `flask jobs work --workers 1` does, and prints its process.
"""

import hashlib
import os
import random
import re
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from flask import Flask
from sqlalchemy import func, insert, select

from app import create_app
from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.files import files, key_of
from app.infra.journal import Delivery
from app.infra.platform import platform
from app.infra.signing_key import OWN_FILE, signing_key
from app.office.outbox.models import Message
from app.people.directory.models import Person
from app.people.identity.models import Account
from app.planning.events.models import Attendance
from app.training.certificates import tasks
from app.training.certificates.models import Certificate, CertificateFile, CertificateFileBegun
from config import Settings
from tests.infra.test_processes import environment
from tests.planning.events.rows import add_event
from tests.support import apps, forked, patience
from tests.support.actors import account_id_of, csrf_token, sign_in
from tests.support.databases import settings_for
from tests.support.issuer import lay_keys
from tests.support.lifetime import close_app
from tests.training.certificates.builders import a_country

LEASE_OVER = timedelta(minutes=20)
ABANDONED = timedelta(hours=3)
ATTENDED = 85
"""Minutes of 90."""


def _in_letters(number: int) -> str:
    """A surname, because a name with digits is not printed."""
    return "".join(chr(ord("a") + int(digit)) for digit in str(number)).capitalize()


@contextmanager
def sealing_app(database_url: str, folder: Path) -> Iterator[Flask]:
    """An application with keys to seal and to sign credentials with, which its workers share."""
    signing_key(Settings(environment="development", convoca_data=folder / "key"))
    sealing = settings_for(
        database_url,
        folder / "var",
        jobs="external",
        seal_file=folder / "key" / OWN_FILE,
        credential_file=folder / "key" / "credentials.pem",
    )
    app = apps.made(sealing)
    with app.app_context(), transaction() as db:
        lay_keys(db, folder / "key" / "credentials.pem", begins_at=clock.now())
    try:
        yield app
    finally:
        close_app(app)


def event_of_many(app: Flask, people: int) -> UUID:
    """An event held yesterday, at which so many people with an account were for long enough."""
    account_id_of(app, "organizer")
    yesterday = clock.now() - timedelta(days=1)
    with app.app_context(), transaction() as db:
        a_country(db, "HN")
        event_id = add_event(db, groups=["protection"], starts_at=yesterday)
        ids = db.scalars(
            insert(Person).returning(Person.id, sort_by_parameter_order=True),
            [
                {
                    "full_name": f"Persona Ñáñez {_in_letters(number)}",
                    "sort_key": f"{number:05}",
                    "email": f"persona-{number}@example.org",
                    "country_code": "HN",
                    "language": "es",
                    "timezone": "America/Tegucigalpa",
                }
                for number in range(people)
            ],
        ).all()
        db.execute(
            insert(Account),
            [
                {
                    "email": f"persona-{number}@example.org",
                    "person_id": person_id,
                    "fs_uniquifier": f"p{number}",
                    "created_at": yesterday,
                }
                for number, person_id in enumerate(ids)
            ],
        )
        db.execute(
            insert(Attendance),
            [
                {
                    "event_id": event_id,
                    "person_id": person_id,
                    "minutes": ATTENDED,
                    "source": "manual",
                    "recorded_at": yesterday,
                }
                for person_id in ids
            ],
        )
    return event_id


def close_by_page(app: Flask, event_id: UUID) -> float:
    """Presses the button that closes the event; returns how many seconds its answer took."""
    client = app.test_client()
    sign_in(client, "organizer")
    page = client.get(f"/events/{event_id}/close").text
    seen = page.partition('name="seen_open" type="hidden" value="')[2].partition('"')[0]
    given = {"csrf_token": csrf_token(client), "seen_open": seen}
    begin = time.perf_counter()
    answer = client.post(f"/events/{event_id}/close", data=given)
    spent = time.perf_counter() - begin
    assert answer.status_code == 303, answer.text
    return spent


@dataclass
class Run:
    """What came of it. `memory` are MiB of the worker that lived, with what it draws by, each time
    the other one was killed.
    """

    kills: int = 0
    seconds: float = 0
    cpu: float = 0
    memory: list[float] = field(default_factory=list)


def worked(app: Flask, *, expected: int, kills: int) -> Run:
    """Lets two workers work until nothing is due; one of them is killed so many times meanwhile,
    whenever another part of the files is there.
    """
    run, chance, began = Run(), random.Random(2026), time.perf_counter()
    limit = time.monotonic() + patience.scaled(120 + expected * 2)
    with _workers(app) as begun:
        lives, killed = begun(), begun()
        while not _is_done(app, expected):
            assert time.monotonic() < limit
            assert _is_alive(lives)
            if run.kills < kills and _drawn(app) > expected * run.kills // (kills + 1):
                time.sleep(chance.uniform(0, 0.15))
                run.cpu += cpu_of(killed)
                os.kill(killed, signal.SIGKILL)
                run.kills += 1
                run.memory.append(memory_of(lives))
                killed = begun()
            time.sleep(0.05)
        run.memory.append(memory_of(lives))
        run.cpu += cpu_of(lives) + cpu_of(killed)
    run.seconds = time.perf_counter() - began
    return run


def settled(app: Flask) -> None:
    """Does what killed workers had begun, as it is done when their lease is over."""
    real = clock.now
    try:
        clock.now = lambda: real() + LEASE_OVER
        with app.app_context():
            platform(app).jobs.drain()
        clock.now = lambda: real() + ABANDONED
        with app.app_context():
            tasks.sweep_files()
    finally:
        clock.now = real


def assert_one_each(app: Flask, event_id: UUID, people: int) -> None:
    """Each has one certificate, one whole and sealed file with its credential, and one letter;
    nothing else lies about and no work is left.
    """
    with app.app_context(), reading() as db:
        of_event = select(Certificate.id).where(Certificate.event_id == event_id)
        holders = db.scalars(
            select(Certificate.person_id).where(Certificate.event_id == event_id)
        ).all()
        named = db.scalars(
            select(CertificateFile.sha256).where(CertificateFile.certificate_id.in_(of_event))
        ).all()
        begun = db.scalar(select(func.count()).select_from(CertificateFileBegun))
        letters = db.scalars(select(Message.person_id).where(Message.person_id.in_(holders))).all()
        states = Counter(db.scalars(select(Delivery.state)))
    assert (len(holders), len(set(holders))) == (people, people)
    assert (len(named), len(set(named))) == (people, people)
    assert Counter(letters) == Counter(holders)
    assert begun == 0
    assert set(states) == {"done"}
    folder = platform(app).settings.data / "files"
    papers = {path.name for path in folder.rglob("*") if _is_sealed(path)}
    assert papers == set(named)
    with app.app_context():
        for sha256 in named:
            pdf = files().get(key_of(sha256))
            assert hashlib.sha256(pdf).hexdigest() == sha256
            assert pdf.endswith(b"%%EOF\n")
            assert b"credential.json" in pdf


def _is_sealed(path: Path) -> bool:
    return path.is_file() and b"/SubFilter /ETSI.CAdES.detached" in path.read_bytes()


@contextmanager
def _workers(app: Flask) -> Iterator[Callable[[], int]]:
    """Gives a function that begins a worker and returns its process; kills those that are left."""
    settings = platform(app).settings
    given = {
        "JOBS": "external",
        "ENVIRONMENT": "test",
        "SEAL_FILE": str(settings.seal_file),
        "CREDENTIAL_FILE": str(settings.credential_file),
    }
    with (
        open(os.devnull, "w") as complaints,
        forked.begun(
            "-m", __name__, env=environment(app, **given), stderr=complaints.fileno()
        ) as process,
    ):
        begins, says = process.stdin, process.stdout
        begun: list[int] = []

        def begin() -> int:
            print(file=begins, flush=True)
            begun.append(int(says.readline()))
            return begun[-1]

        try:
            yield begin
        finally:
            for worker in begun:
                with suppress(ProcessLookupError):
                    os.kill(worker, signal.SIGKILL)


def _is_alive(process: int) -> bool:
    return Path(f"/proc/{process}").exists()


def _drawn(app: Flask) -> int:
    with app.app_context(), reading() as db:
        return db.scalar(select(func.count()).select_from(CertificateFile)) or 0


def _is_done(app: Flask, expected: int) -> bool:
    """Returns True when the certificates are issued and nothing is due but what a killed worker has
    on lease.
    """
    with app.app_context(), reading() as db:
        issued = db.scalar(select(func.count()).select_from(Certificate)) or 0
        due = db.scalar(
            select(func.count())
            .select_from(Delivery)
            .where(Delivery.state == "pending", Delivery.next_at <= clock.now())
        )
    return issued >= expected and due == 0


def _family(process: int) -> list[int]:
    told = Path(f"/proc/{process}/task/{process}/children")
    try:
        children = [int(child) for child in told.read_text().split()]
    except OSError:
        return []
    threads = Path(f"/proc/{process}/task")
    for thread in threads.iterdir():
        if int(thread.name) != process:
            children += [int(child) for child in (thread / "children").read_text().split()]
    return [process, *children]


def memory_of(process: int) -> float:
    """Resident MiB of a worker and of the process that draws for it."""
    sizes = []
    for one in _family(process):
        found = re.search(r"^VmRSS:\s+(\d+) kB", Path(f"/proc/{one}/status").read_text(), re.M)
        sizes.append(int(found[1]) / 1024 if found else 0.0)
    return round(sum(sizes), 1)


def cpu_of(process: int) -> float:
    """Seconds of the processor of a worker and of the process that draws for it."""
    spent = 0
    for one in _family(process):
        fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
        spent += int(fields[11]) + int(fields[12])
    return spent / os.sysconf("SC_CLK_TCK")


def main() -> None:
    app = create_app()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel buries who is killed
    for _line in sys.stdin:
        worker = os.fork()
        if not worker:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os.close(sys.stdin.fileno())
            with app.app_context():
                platform(app).jobs.consumer(workers=1).run()
            os._exit(0)
        print(worker, flush=True)


if __name__ == "__main__":
    main()
