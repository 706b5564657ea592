"""The commands an operator runs, as processes: they serve, work, stop when told, and refuse what is
not sound.
"""

import json
import os
import re
import shlex
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from email import message_from_bytes, policy
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, Request, build_opener

import pytest
from flask import Flask
from sqlalchemy import select

from app import create_app
from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.journal import Delivery
from app.infra.platform import platform
from app.people.identity.services.sign_in import request_sign_in_link
from config import Settings
from tests.support import forked, patience
from tests.support.actors import an_account
from tests.support.databases import SECRET, settings_for
from tests.support.lifetime import close_app
from tests.support.slow_clients import slow_clients

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 40.0
"""Seconds for one answer of a process that has just begun, on a machine that does other things as
well.
"""


def eventually(true: Callable[[], bool], process: subprocess.Popen[str], seconds: float) -> bool:
    """Gives up early when the process has ended: `running` then shows what it said."""
    limit = time.monotonic() + patience.scaled(seconds)
    while not true():
        if time.monotonic() > limit or process.poll() is not None:
            return False
        time.sleep(0.02)
    return True


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(app: Flask, **given: str) -> dict[str, str]:
    settings = platform(app).settings
    kept = {
        name: value
        for name, value in os.environ.items()
        if name.lower() not in Settings.model_fields
    }
    return {
        **kept,
        "FLASK_APP": "app",
        "DATABASE_URL": settings.database,
        "CONVOCA_DATA": str(settings.data),
        "SECRET_KEY": SECRET,
        "BASE_URL": settings.base_url,
        "MAIL_TO_FILES": str(settings.mail_to_files),
        "PYTHONUNBUFFERED": "1",
        **given,
    }


@contextmanager
def running(*words: str, env: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", *words]
    with subprocess.Popen(
        command, cwd=ROOT, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        try:
            yield process
        except BaseException:
            process.kill()
            _, log = process.communicate()
            print(f"{' '.join(words)} said:\n{log}")  # shown by pytest beside the failure
            raise


ONE_AFTER_ANOTHER = """
import contextlib, io, json, sys
from flask.cli import main
answers = []
for words in json.loads(sys.argv[1]):
    sys.argv, out, err = ["flask", *words], io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            main()
        except SystemExit as end:
            answers.append((end.code, out.getvalue(), err.getvalue()))
print(json.dumps(answers))
"""


def said_by(*commands: Sequence[str], env: dict[str, str]) -> list[tuple[int, str, str]]:
    """Status, output and complaint of each command, all in one process."""
    status, told = forked.run("-c", ONE_AFTER_ANOTHER, json.dumps(commands), env=env)
    assert status == 0, told
    answers: list[tuple[int, str, str]] = json.loads(told.splitlines()[-1])
    assert len(answers) == len(commands), answers
    return answers


def fetch(browser: OpenerDirector, request: str | Request) -> str:
    with browser.open(request, timeout=PATIENCE) as answer:
        text: str = answer.read().decode()
    return text


def answers(url: str) -> bool:
    try:
        return "ok" in fetch(build_opener(), f"{url}/healthz")
    except (URLError, ConnectionError):  # a server that is going down resets what it had not read
        return False


def ask_for_a_link(url: str, email: str) -> None:
    browser = build_opener(HTTPCookieProcessor(CookieJar()))
    found = re.search(
        r'name="csrf_token"[^>]*value="([^"]+)"', fetch(browser, f"{url}/sign-in?lang=en")
    )
    assert found
    form = urlencode({"csrf_token": found[1], "link_email": email}).encode()
    fetch(browser, Request(f"{url}/sign-in/link", form, headers={"Origin": url}))


def test_one_process_serves_and_sends_mail_within_three_seconds(app: Flask) -> None:
    an_account(app, "someone@example.org")
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    mail = platform(app).settings.data / "mail"
    env = environment(app, PORT=str(port), TRUSTED_PROXIES="1", BASE_URL=url)
    with running("flask", "serve", env=env) as server:
        assert eventually(lambda: answers(url), server, seconds=30)
        ask_for_a_link(url, "someone@example.org")
        assert eventually(lambda: any(mail.glob("*.eml")), server, seconds=3)
        # What the proxy says of the client reaches the application.
        secure = Request(
            f"{url}/healthz", headers={"X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.1"}
        )
        with build_opener().open(secure, timeout=PATIENCE) as answer:
            assert answer.headers["Strict-Transport-Security"]
        server.send_signal(signal.SIGTERM)
        said, _ = server.communicate(timeout=patience.scaled(20))
        assert server.returncode == 0
    assert url in said
    [file] = mail.glob("*.eml")
    letter = message_from_bytes(file.read_bytes(), policy=policy.default)
    assert letter["To"] == "someone@example.org"
    assert f"{url}/sign-in/link/" in letter.get_body().get_content()  # type: ignore[union-attr]


def test_nothing_is_served_over_a_database_whose_rule_is_dead(app: Flask) -> None:
    file = platform(app).settings.database.removeprefix("sqlite:///")
    connection = sqlite3.connect(file)
    connection.execute("DROP TRIGGER claim_no_overlap_insert")
    connection.close()
    env = environment(app, PORT=str(free_port()))
    for command in ("serve", "check"):
        with running("flask", command, env=env) as process:
            said, complaint = process.communicate(timeout=patience.scaled(60))
        assert (process.returncode, said) == (1, "")
        assert complaint.startswith("Error: Convoca will not start: claim_no_overlap on sqlite")
        assert "flask db upgrade" in complaint
        assert "Traceback" not in complaint


@pytest.mark.parametrize("damage", ["no database at all", "a page in the middle"])
def test_damaged_database_is_refused_in_a_sentence(app: Flask, damage: str) -> None:
    file = Path(platform(app).settings.database.removeprefix("sqlite:///"))
    content = file.read_bytes()
    if damage == "no database at all":
        file.write_bytes(b"this is not a database" * 1000)
    else:
        file.write_bytes(content[:8192] + b"\xff" * 40960 + content[49152:])
    env = environment(app, PORT=str(free_port()))
    for status, said, complaint in said_by(["serve"], ["check"], ["db", "upgrade"], env=env):
        assert (status, said) == (1, ""), complaint
        assert "Convoca will not start: the database" in complaint
        assert "is damaged" in complaint
        assert "Backup" in complaint
        assert "Traceback" not in complaint


def test_what_is_created_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    """Whatever the mask of the shell: folder, database, key and queue."""
    data = tmp_path / "data"
    kept = {
        name: value
        for name, value in os.environ.items()
        if name.lower() not in Settings.model_fields
    }
    env = {**kept, "FLASK_APP": "app", "CONVOCA_DATA": str(data)}
    program = "import os; from flask.cli import main; os.umask(0o022); main()"
    for command in ("db upgrade", "jobs drain"):
        status, said = forked.run("-c", program, *command.split(), env=env)
        assert status == 0, said
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (data, *data.iterdir())}
    assert {"convoca.sqlite3", "secret.key"} <= set(modes)
    assert modes.pop("data") == 0o700
    assert {mode & 0o077 for mode in modes.values()} == {0}, modes


@pytest.mark.both_databases
def test_a_consumer_of_its_own_works_and_stops_when_told(
    app: Flask, database_url: str, tmp_path: Path
) -> None:
    """The link is asked for here, in the part of a web worker; the consumer makes the letter and
    sends it.
    """
    worker = create_app(settings_for(database_url, tmp_path / "var", jobs="external"))
    an_account(worker, "someone@example.org")
    mail = platform(worker).settings.data / "mail"
    with running("flask", "jobs", "work", env=environment(app, JOBS="external")) as consumer:
        with worker.app_context(), transaction() as db:
            request_sign_in_link(db, email="someone@example.org", now=clock.now())
        assert eventually(lambda: any(mail.glob("*.eml")), consumer, seconds=30)
        consumer.send_signal(signal.SIGTERM)
        consumer.communicate(timeout=20)
        assert consumer.returncode == 0
    with worker.app_context(), reading() as db:
        assert set(db.scalars(select(Delivery.state))) == {"done"}
    close_app(worker)


@pytest.mark.both_databases
def test_several_workers_share_one_database(app: Flask) -> None:
    """The line of docs/deploy.md: two processes of gunicorn answer, and both can write."""
    an_account(app, "someone@example.org")
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    env = environment(app, JOBS="external", BASE_URL=url)
    with running(*gunicorn_line(port), env=env) as server:
        assert eventually(lambda: answers(url), server, seconds=40)
        for _ in range(3):
            ask_for_a_link(url, "someone@example.org")
        server.send_signal(signal.SIGTERM)
        _, log = server.communicate(timeout=30)
        assert server.returncode == 0
    assert log.count("Booting worker") == 2
    with app.app_context(), reading() as db:
        assert len(db.scalars(select(Delivery.id)).all()) == 3


def gunicorn_line(port: int) -> tuple[str, ...]:
    """The command of deploy/convoca-web.service, on another port."""
    unit = (ROOT / "deploy" / "convoca-web.service").read_text(encoding="utf-8")
    [command] = re.findall(r"^ExecStart=\S+ -m (.+)$", unit, re.MULTILINE)
    return tuple(shlex.split(command.replace("127.0.0.1:8000", f"127.0.0.1:{port}")))


@pytest.mark.parametrize("way", ["one process", "several workers"])
def test_three_hundred_slow_connections_do_not_stop_the_site(app: Flask, way: str) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    env = environment(app, PORT=str(port), JOBS="off", BASE_URL=url)
    line = ("flask", "serve") if way == "one process" else gunicorn_line(port)
    with running(*line, env=env) as server:
        assert eventually(lambda: answers(url), server, seconds=PATIENCE)
        with slow_clients(port, 300):
            for _ in range(6):
                assert answers(url)
        if way == "one process":  # a proxy that TRUSTED_PROXIES does not declare is told
            fetch(build_opener(), Request(f"{url}/sign-in", headers={"X-Forwarded-For": "8.8.8.8"}))
            told = json.loads(fetch(build_opener(), f"{url}/readyz"))
            assert told["checks"]["proxy"] == {"state": "degraded", "undeclared": 1}
        server.send_signal(signal.SIGTERM)
        _, log = server.communicate(timeout=30)
        assert server.returncode == 0, log
