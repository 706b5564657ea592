"""What somebody does who has nothing but docs/deploy.md: they deploy, make a backup, lose the machine's
data, restore it, and a certificate verifies. Its commands are run as they are written and in their
order, under a folder that stands for the machine.
"""

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tarfile
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.request import Request, build_opener

import pytest

from app import create_app
from app.infra.database import transaction
from tests.architecture.source import own_files
from tests.infra.test_processes import answers, eventually, fetch, free_port
from tests.support import patience
from tests.support.databases import ROOT, settings_for, sqlite_url
from tests.support.lifetime import close_app
from tests.training.certificates.builders import a_presidency, finished

PAGE = (ROOT / "docs" / "deploy.md").read_text("utf-8")
NOT_HERE = {
    "apt-get": "the packages of a machine; tooling/machine.py names them",
    "useradd": "makes a user of the machine: here it is whoever runs the tests",
    "chown": "gives the folders to that user",
    "systemctl": "no systemd runs here: this test does what the unit says, and systemd-analyze reads it",
}
"""Programs of the page that change the machine. Each is noted, and nothing else."""
ELSEWHERE = {
    "JOBS=external gunicorn": "tests/infra/test_processes.py",
    "JOBS=external flask jobs work": "tests/infra/test_processes.py",
    "sudo tar -xzf convoca-2.tar.gz": "an update: tests/tooling/test_update.py runs it",
    "sudo /srv/convoca-2/run": "an update: tests/tooling/test_update.py runs it",
    "sudo chown -R convoca: /srv/convoca-2": "an update: tests/tooling/test_update.py runs it",
    "docker compose": "no Docker where the tests run: tests/infra/test_deploy.py reads the file",
}
PROGRAMS = {
    "sudo": 'exec "$@"',
    # Settings from the file that systemd would read, then the command after the options.
    "systemd-run": """
for word; do case $word in
    --property=EnvironmentFile=*) file=${word#--property=EnvironmentFile=} ;;
    --working-directory=*) cd "${word#*=}" ;;
    --setenv=*) export "${word#--setenv=}" ;;
    --*) ;;
    *) break ;;
esac; shift; done
while IFS= read -r line; do export "$line"; done <"$file"
exec "$@"
""",
}
SETTING = re.compile(r"(?!JOBS=)([A-Z_]+)=([^#]*?)(?: +#.*)?")


@dataclass
class Machine:
    """`root` stands for /; `port` for 8000, which somebody else may have."""

    root: Path
    port: int

    @property
    def env(self) -> dict[str, str]:
        own = {name: os.environ[name] for name in ("HOME", "LANG", "TMPDIR") if name in os.environ}
        return {**own, "PATH": f"{self.root / 'bin'}:{os.environ['PATH']}", "PYTHONTZPATH": ""}

    def here(self, line: str) -> str:
        """Returns the line with its folders on this machine and its user whoever runs the tests."""
        folders = set(re.findall(r"(?<![\w.:/])/\w+", line))
        assert folders <= {"/srv", "/etc", "/var", "/mnt", "/dev"}, "of the machine of the tests"
        moved = re.sub(r"(?<![\w.:/])/(?=(?:srv|etc|var|mnt)\b)", f"{self.root}/", line)
        return moved.replace("--owner=convoca", f"--owner={os.geteuid()}")

    def run(self, line: str) -> str:
        done = subprocess.run(
            ["/bin/sh", "-euc", self.here(line)],
            cwd=self.root,
            env=self.env,
            capture_output=True,
            text=True,
            check=False,
            timeout=patience.scaled(120),
        )
        assert done.returncode == 0, (line, done.stdout, done.stderr)
        return done.stdout

    def settings(self) -> dict[str, str]:
        lines = (self.root / "etc/convoca.env").read_text("utf-8").splitlines()
        return dict(line.split("=", 1) for line in lines)

    def flask(self, *lines: str) -> list[str]:
        """Runs `flask …` as the page says under "Commands", one after the other in one process: most
        of what a short command takes is the import of the application.
        """
        [wrapper] = [line for line in lines_of("Commands") if line.startswith("sudo systemd-run")]
        begin = wrapper.removesuffix("-m flask backup list")
        assert begin != wrapper
        words = [shlex.split(line)[1:] for line in lines]
        told = self.run(f"{begin} -c {shlex.quote(ONE_AFTER_ANOTHER)} {shlex.quote(repr(words))}")
        return told.split("\x1e")[:-1]

    @contextmanager
    def served(self, *, is_first: bool) -> Iterator[str]:
        """Does what `systemctl start convoca` does with the unit that was copied, its preparations the
        first time alone; gives what stands in the log.
        """
        unit = (self.root / "etc/systemd/system/convoca.service").read_text("utf-8")
        before = re.findall(r"^ExecStartPre=\S+ -m (.+)$", unit, re.MULTILINE)
        [python, serve] = re.findall(r"^ExecStart=(\S+) (-m flask serve)$", unit, re.MULTILINE)[0]
        assert before[0] == "tooling.catalogue compile"
        if is_first:
            self.run(f"cd /srv/convoca && {python} -m {before[0]}")
            self.flask(*before[1:])
        log = self.root / "log"
        with log.open("w") as output:
            server = subprocess.Popen(
                [self.here(python), *serve.split()],
                cwd=self.root / "srv/convoca",
                env={**self.env, **self.settings(), "FLASK_APP": "app", "PYTHONUNBUFFERED": "1"},
                stdout=output,
                stderr=output,
                text=True,
            )
        try:
            url = f"http://127.0.0.1:{self.port}"
            assert eventually(lambda: answers(url), server, seconds=60), log.read_text()
            yield log.read_text()
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(timeout=patience.scaled(20))

    def page(self, path: str) -> str:
        """Asks as the proxy on the machine would."""
        host = {"Host": "convoca.example.org", "X-Forwarded-Proto": "https"}
        url = f"http://127.0.0.1:{self.port}{path}"
        return fetch(build_opener(), Request(url, headers={**host, "X-Forwarded-For": "192.0.2.1"}))


ONE_AFTER_ANOTHER = """
import ast, sys
from flask.cli import main
for words in ast.literal_eval(sys.argv[1]):
    sys.argv = ["flask", *words]
    try:
        main()
    except SystemExit as end:
        if end.code:
            raise
    print(end="\\x1e")
"""


def lines_of(title: str = "") -> list[str]:
    """Returns the lines of the fenced blocks under a title of the page; without one, of all of it."""
    parts = re.split(r"^## ", PAGE, flags=re.MULTILINE)
    sections = [part for part in parts if title in ("", part.partition("\n")[0])]
    assert sections, title
    blocks = re.findall(r"^```sh\n(.*?)^```", "".join(sections), re.MULTILINE | re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if line.strip()]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A bare machine with the archive of this version, whose packages are those of the tests: to
    install them needs the network.
    """
    made = Machine(tmp_path, free_port())
    for folder in ("srv", "etc/systemd/system", "etc/caddy", "var/lib/convoca", "mnt", "bin"):
        (tmp_path / folder).mkdir(parents=True)
    for name, script in {**dict.fromkeys(NOT_HERE, 'echo "$0 $*" >>"$0.log"'), **PROGRAMS}.items():
        program = tmp_path / "bin" / name
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
    with tarfile.open(tmp_path / "convoca-1.tar.gz", "w:gz", compresslevel=1) as archive:
        for path in own_files():
            inside = path.relative_to(ROOT)
            if inside.parts[0] != "tests":
                archive.add(path, f"convoca-1/{inside}")
    own = tmp_path / "srv/convoca-1/.venv"
    venv.create(own, with_pip=False, symlinks=True)
    [packages] = own.glob("lib/python*/site-packages")
    (packages / "of-the-tests.pth").write_text(
        "\n".join(one for one in sys.path if one.endswith("site-packages"))
    )
    lock = (ROOT / "requirements.lock").read_bytes()
    told = subprocess.run(["cksum"], input=lock, capture_output=True, check=True).stdout
    (own / "synced").write_text(f"serve {told.decode()}")
    return made


def write_settings(machine: Machine) -> None:
    """Writes the lines of the page into /etc/convoca.env, with what it leaves to the reader."""
    [secret] = re.findall(r"^SECRET_KEY=… +# (python3 .+)$", PAGE, re.MULTILINE)
    answered = {"SECRET_KEY": machine.run(secret).strip(), "SMTP_HOST": "127.0.0.1"}
    written = []
    for line in re.split(r"^## ", PAGE, maxsplit=1, flags=re.MULTILINE)[0].splitlines():
        setting = SETTING.fullmatch(line)
        if setting is None:
            continue
        name, value = setting.groups()
        written.append(f"{name}={answered[name] if value == '…' else machine.here(value)}")
    written.append(f"PORT={machine.port}")
    (machine.root / "etc/convoca.env").write_text("\n".join(written) + "\n", "utf-8")


def issued(machine: Machine) -> str:
    """Issues a certificate in what the service has made; returns its code."""
    data = Path(machine.settings()["CONVOCA_DATA"])
    secret = machine.settings()["SECRET_KEY"]
    app = create_app(settings_for(sqlite_url(data / "convoca.sqlite3"), data, secret_key=secret))
    with app.app_context(), transaction() as db:
        a_presidency(db)
        code = finished(db).certificate(db)
    close_app(app)
    return code


def test_newcomer_deploys_loses_the_data_and_restores_it_from_the_page_alone(
    machine: Machine,
) -> None:
    ran = lines_of("Commands")
    for line in lines_of("One machine, SQLite"):
        machine.run(line)
        ran.append(line)
        if "/etc/convoca.env" in line:
            write_settings(machine)
    assert "enable --now convoca" in (machine.root / "bin/systemctl.log").read_text()
    with machine.served(is_first=True) as log:
        address = re.search(r"https://convoca\.example\.org(/\S+)", log)
        assert address, log
        assert machine.page(address[1])
        code = issued(machine)
        told = machine.page(f"/verify/{code}?lang=en")
    assert "María José Ñáñez Güell de la O" in told
    data, env = machine.root / "var/lib/convoca", machine.root / "etc/convoca.env"
    make, restore = list[str](), list[str]()
    for line in lines_of("Backup"):
        ran.append(line)
        command = line.partition("  #")[0].partition(" # ")[0].strip()
        if SETTING.fullmatch(line):
            env.write_text(env.read_text("utf-8") + machine.here(command) + "\n", "utf-8")
        elif not command.startswith("flask"):
            machine.run(command)
        elif restore or "restore" in command:
            restore.append(command)
        else:
            make.append(command)
    made, listed, _verified, drilled = machine.flask(*make)
    name = made.split()[-1]
    assert name in listed
    for line in ("a certificate: works", "the record: works"):
        assert line in drilled
    assert "The drill passed." in drilled
    kept_apart = (data / "journal.key").read_bytes()
    shutil.rmtree(data)
    data.mkdir(mode=0o700)
    into_empty, instead, upgrade = restore
    [told_of_it] = machine.flask(into_empty)
    assert f"{name} is restored." in told_of_it
    (data / "journal.key").write_bytes(kept_apart)
    again = ("flask journal new-key --first", "flask journal verify")
    machine.flask(instead.replace(instead.split()[3], name), upgrade, *again)
    assert (data / "journal.key").read_bytes() == kept_apart
    with machine.served(is_first=False):
        assert machine.page(f"/verify/{code}?lang=en") == told
    left = [line for line in lines_of() if line not in ran and not SETTING.fullmatch(line)]
    assert [line for line in left if not line.startswith(tuple(ELSEWHERE))] == []
