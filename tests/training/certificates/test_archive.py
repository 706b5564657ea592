"""The archive: certificates are checked from files alone, when the platform is gone."""

import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import zipfile
import zlib
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, Request, expect
from pyhanko.pdf_utils.generic import StreamObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from app.infra import clock
from app.infra.archives import made_in, made_whole
from app.infra.database import transaction
from app.infra.platform import platform
from app.infra.signing_key import OWN_FILE, signing_key
from app.training.certificates import rules, tasks
from app.training.certificates.exports import render_pdf
from app.training.certificates.exports.archive import writing
from app.training.certificates.rules import code_from, grouped
from app.training.certificates.values import PaperSize
from config import Settings
from tests.support import apps, databases
from tests.support.browser import Pages, assert_no_sideways_scroll, violations
from tests.support.lifetime import close_app
from tests.training.certificates.builders import (
    EVENING,
    Finished,
    a_correction,
    an_edition,
    an_organizer,
    finished,
    focal_point,
    revoke,
    sample,
    sign_in,
)
from tests.training.certificates.test_erasing import take_away

pytestmark = pytest.mark.usefixtures("the_day")

CENTURY = 1200
"""Months: what is in force here does not end while these tests are run."""
NAME = "María José Ñáñez Güell de la O"
OTHERS = {
    "revoked": "Roberto Xqrevocado Paz",
    "replaced": "Rosa Xqreemplazada Paz",
    "erased": "Elena Xqborrada Paz",
    "expired": "Víctor Xqvencido Paz",
}


@dataclass(frozen=True)
class Left:
    """What is left when the platform is gone: an archive and the papers that people hold."""

    folder: Path
    codes: dict[str, str]
    pdf: bytes
    letter: bytes

    def asked(self, what: object, *options: str) -> subprocess.CompletedProcess[str]:
        """What the archive's own program says, in a process that knows nothing of the platform."""
        program = (sys.executable, "-I", str(self.folder / "check.py"), str(what), *options)
        return subprocess.run(
            program,
            capture_output=True,
            text=True,
            check=False,
            cwd=self.folder.parent,
            env={"PATH": os.environ["PATH"]},
        )

    def told(self, pdf: bytes, *options: str) -> subprocess.CompletedProcess[str]:
        held = self.folder.parent / "held.pdf"
        held.write_bytes(pdf)
        return self.asked(held, *options)


@pytest.fixture(scope="module")
def key_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key that is valid on the day of these tests."""
    folder = tmp_path_factory.mktemp("key")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "now", lambda: EVENING)
        signing_key(Settings(environment="development", convoca_data=folder))
    return folder / OWN_FILE


@pytest.fixture
def sealing(app: Flask, key_file: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    settings = platform(app).settings.model_copy(update={"seal_file": key_file})
    monkeypatch.setattr(platform(app), "settings", settings)
    return settings


@pytest.fixture(scope="module")
def gone(tmp_path_factory: pytest.TempPathFactory, key_file: Path) -> Left:
    """An archive of one certificate in each state, and nothing else: the data are deleted."""
    data, somebody = tmp_path_factory.mktemp("platform"), dict[str, Finished]()
    url = databases.sqlite_copy(databases.migrated_sqlite(), data / "convoca.sqlite3")
    app = apps.made(databases.settings_for(url, data, seal_file=key_file))
    with pytest.MonkeyPatch.context() as patch, app.app_context():
        patch.setattr(clock, "now", lambda: EVENING)
        patch.setattr(clock, "today", lambda *_zone: date(2026, 11, 24))
        with transaction() as db:
            lasting = an_edition(db, validity_months=CENTURY)
            somebody["valid"] = finished(db, edition_id=lasting)
            for state, name in OTHERS.items():
                is_over = state == "expired"
                somebody[state] = finished(
                    db,
                    name=name,
                    edition_id=None if is_over else lasting,
                    decided_at=EVENING - timedelta(days=3 * 366 if is_over else 0),
                )
            codes = {state: one.certificate(db) for state, one in somebody.items()}
            codes["correction"] = a_correction(db, codes["replaced"], name="Rosa Corregida Paz")
        pdf = tasks.stored_pdf(codes["valid"], now=EVENING)
        letter = tasks.stored_pdf(codes["valid"], now=EVENING, size=PaperSize.LETTER)
        revoke(app, codes["revoked"])
        take_away(app, somebody["erased"].person_id)
        made = tasks.make_archive(now=EVENING)
    folder = tmp_path_factory.mktemp("kept elsewhere") / made.name
    shutil.copytree(made, folder)
    close_app(app)
    shutil.rmtree(data)
    return Left(folder, codes, pdf, letter)


@pytest.fixture
def left(gone: Left, tmp_path: Path) -> Left:
    """A copy of it for one test, which may damage it."""
    folder = tmp_path / "somewhere else" / gone.folder.name
    shutil.copytree(gone.folder, folder)
    return replace(gone, folder=folder)


def everything_in(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


# ---- from files alone -------------------------------------------------------------------------


def test_r87_pdf_is_proved_from_files_alone(left: Left) -> None:
    """Given the archive and a PDF, when the platform is gone, then the seal, the state as of the
    archive's day and the facts are checked.
    """
    for pdf, kind in ((left.pdf, "PDF on A4"), (left.letter, "PDF on Letter")):
        done = left.told(pdf, "--name", NAME)
        assert done.returncode == 0, done.stdout + done.stderr
        for said in (
            "The archive is whole and signed by Convoca: seal of a development machine",
            f"It is, byte for byte, a file that was issued ({kind})",
            "The seal is whole and the issuer's",
            "On 24 November 2026, by the register: Valid.",
            "Institution: Migration Directorate",
            "Country: Costa Rica",
            "Course: Guidelines at work",
            f"Code: {grouped(left.codes['valid'])}",
            "The name matches.",
        ):
            assert said in done.stdout, said
    spanish = left.told(left.pdf, "--lang", "es")
    assert "Institución: Dirección de Migración" in spanish.stdout
    assert "Vigente" in spanish.stdout


STATES = {
    "valid": (0, "Valid"),
    "revoked": (3, "Revoked"),
    "replaced": (3, "Replaced"),
    "correction": (0, "Valid"),
    "erased": (0, "Valid"),
    "expired": (3, "Expired"),
}


@pytest.mark.parametrize("state", list(STATES))
def test_r87_each_state_is_told_by_its_code(left: Left, state: str) -> None:
    code = left.codes[state]
    number, word = STATES[state]
    done = left.asked(grouped(code).lower().replace("0", "o"))
    assert (done.returncode, done.stderr) == (number, "")
    assert f"by the register: {word}." in done.stdout
    if state == "revoked":
        assert "Reason: The name on it was wrong." in done.stdout
        assert "private words" not in done.stdout
    if state == "replaced":
        assert f"Replaced by: {grouped(left.codes['correction'])}" in done.stdout


def test_r87_documented_steps_work_with_programs_of_others(left: Left, tmp_path: Path) -> None:
    """The commands of README.txt, one by one, in a shell."""
    (fingerprint,) = [path.stem for path in (left.folder / "keys").iterdir()]
    steps = (left.folder / "README.txt").read_text()
    commands = re.findall(r"^     ((?:sha256sum|openssl) .*?)(?:   .*)?$", steps, re.M)
    assert len(commands) == 4
    for command in commands:
        done = subprocess.run(
            command.replace("<fingerprint>", fingerprint),
            shell=True,
            cwd=left.folder,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
    assert fingerprint.upper() in done.stdout.replace(":", "")
    held = tmp_path / "held.pdf"
    held.write_bytes(left.pdf)
    said = subprocess.run(
        ["pdfsig", "-nssdir", str(tmp_path), str(held)], capture_output=True, text=True, check=True
    )
    assert "Signature is Valid" in said.stdout
    assert "Total document signed" in said.stdout


def assert_accessible(page: Page) -> None:
    assert violations(page) == []


def note(asked: list[str], request: Request) -> None:
    asked.append(request.url)


def test_r87_page_answers_from_a_folder_without_network(
    left: Left, browser: Browser, tmp_path: Path
) -> None:
    """Given the archive in a folder, when a PDF is chosen or a code typed, then the page says the
    state, the facts and whether the name matches, and asks no machine for anything.
    """
    held = tmp_path / "held.pdf"
    held.write_bytes(left.pdf)
    pages = Pages(browser, left.folder.as_uri())
    for width in (1360, 390):
        page = pages.open(f"{left.folder.as_uri()}/en.html", width=width, lang="en")
        asked: list[str] = []
        page.on("request", partial(note, asked))
        expect(page.get_by_text("The archive is whole and signed by")).to_be_visible()
        assert_accessible(page)
        page.locator("#file").set_input_files(held)
        answer = page.locator("#answer")
        expect(answer).to_contain_text("This is the file that was issued: PDF on A4.")
        expect(answer.get_by_role("heading", name="Valid")).to_be_visible()
        expect(answer).to_contain_text("Migration Directorate")
        assert_accessible(page)
        assert_no_sideways_scroll(page)
        for typed, said in (
            (NAME.upper(), "It matches."),
            ("María José Ñáñez", "It does not match."),
        ):
            page.get_by_label("Name as it stands on the paper").fill(typed)
            page.get_by_role("button", name="Compare the name").click()
            expect(answer).to_contain_text(said)
        for state, (_number, word) in STATES.items():
            page.get_by_label("Code or link").fill(f"https://x.example/verify/{left.codes[state]}")
            page.get_by_role("button", name="Verify").click()
            expect(answer.get_by_role("heading", name=word, exact=True)).to_be_visible()
        assert_accessible(page)
        page.get_by_label("Code or link").fill(code_from(5))
        page.get_by_role("button", name="Verify").click()
        expect(answer).to_contain_text("Up to 24 November 2026 no certificate with this code")
        page.get_by_label("Code or link").fill(left.codes["valid"][:-1] + "!")
        page.get_by_role("button", name="Verify").click()
        expect(answer).to_contain_text("This is not a certificate code")
        held.write_bytes(left.pdf + b" ")
        page.locator("#file").set_input_files(held)
        expect(answer).to_contain_text("The archive does not know this file.")
        expect(answer).to_contain_text("no verdict on whoever gave it to you")
        held.write_bytes(left.pdf)
        assert all(one.startswith(("file:", "blob:")) for one in asked), asked
    page = pages.open(f"{left.folder.as_uri()}/index.html#{left.codes['revoked']}", lang="es")
    expect(page.get_by_role("heading", name="Revocado")).to_be_visible()
    assert_accessible(page)
    pages.close()


def test_page_says_that_a_last_valid_day_has_passed_since(left: Left, browser: Browser) -> None:
    pages = Pages(browser, left.folder.as_uri())
    page = pages.open(f"{left.folder.as_uri()}/en.html", lang="en")
    page.clock.set_fixed_time(datetime(2131, 1, 1, tzinfo=UTC))
    page.get_by_label("Code or link").fill(left.codes["valid"])
    page.get_by_role("button", name="Verify").click()
    expect(page.locator("#answer").get_by_role("heading", name="Expired")).to_be_visible()
    expect(page.locator("#answer")).to_contain_text("It held on 24 November 2026.")
    pages.close()


def test_page_and_platform_read_the_same_name_out_of_each_letter(
    left: Left, browser: Browser
) -> None:
    """Whatever can be printed in a name is compared alike by Python and by the browser."""
    letters = "".join(
        chr(number)
        for block in (range(0x20, 0x7F), *rules.ACCENTED)
        for number in block
        if rules.is_printable(f"a{chr(number)}")
    )
    names = [f"{one}a {one.upper()}B  ’{one}" for one in letters]
    pages = Pages(browser, left.folder.as_uri())
    page = pages.open(f"{left.folder.as_uri()}/en.html", lang="en")
    source = (left.folder / "check.js").read_text()
    plain = re.search(r"const plainName = ([^;]*);", source)
    assert plain is not None
    read = page.evaluate(f"names => names.map({plain[1]})", names)
    assert read == [rules.plain_name(name) for name in names]
    pages.close()


# ---- what is in it ----------------------------------------------------------------------------


def test_archive_names_nobody_and_lists_nothing(left: Left) -> None:
    """Neither names nor codes nor hashes stand in it, so that whoever has it learns how many there
    are and nothing else.
    """
    content = everything_in(left.folder)
    for name in (NAME, *OTHERS.values(), "Rosa Corregida Paz"):
        assert name.encode() not in content
        assert name.split()[1].encode() not in content
    for code in left.codes.values():
        assert code.encode() not in content
        assert grouped(code).encode() not in content
    assert hashlib.sha256(left.pdf).hexdigest().encode() not in content
    assert b"Migration Directorate" not in content


def opened(left: Left, secret: str, rounds: int) -> dict[str, object]:
    about = json.loads((left.folder / "about.js").read_text().split("`")[1])
    salt = bytes.fromhex(about["salt"])
    name, key = writing.keys_of(secret, salt=salt, rounds=rounds)
    part = (left.folder / "data" / f"x{name[: about['width']]}.js").read_text()
    (line,) = [one for one in part.split("`")[1].splitlines() if one.startswith(name)]
    done = subprocess.run(
        ["openssl", "enc", "-d", "-aes-256-ctr", "-base64", "-A", "-K", key.hex(), "-iv", "0" * 32],
        input=line.split(" ")[1].encode(),
        capture_output=True,
        check=True,
    )
    content: dict[str, object] = json.loads(zlib.decompress(done.stdout))
    return content


def test_name_that_was_taken_away_leaves_no_trace(left: Left) -> None:
    for state in ("erased", "replaced"):
        content = opened(left, left.codes[state], writing.ROUNDS_OF_CODE)
        assert content["name_gone"] is True
        assert "name_check" not in content
    whole = json.dumps(opened(left, left.codes["valid"], writing.ROUNDS_OF_CODE))
    assert NAME not in whole


# ---- attacks ----------------------------------------------------------------------------------


def covered(pdf: bytes) -> bytes:
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    box = writer.add_object(StreamObject(stream_data=b"q 1 g 100 300 600 100 re f Q"))
    writer.add_stream_to_page(0, box)
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def test_r87_white_box_over_the_text_is_found(left: Left) -> None:
    done = left.told(covered(left.pdf))
    assert done.returncode == 5
    assert "something was added behind it" in done.stdout
    assert "does not know these bytes" in done.stdout


def test_r87_one_flipped_byte_is_found(left: Left) -> None:
    at = left.pdf.index(b"/CreationDate") + 25
    flipped = left.pdf[:at] + bytes([left.pdf[at] ^ 1]) + left.pdf[at + 1 :]
    done = left.told(flipped)
    assert done.returncode == 5
    assert "The seal is broken" in done.stdout


def test_r87_swapped_institution_is_found(left: Left, key_file: Path, tmp_path: Path) -> None:
    """A forger draws the paper anew with another institution: the file is unknown, with or without
    a seal of their own, and the code shows what was issued.
    """
    from app.training.certificates.exports import seal

    facts = sample(code=left.codes["valid"], holder_name=NAME)
    unsealed = render_pdf(facts)
    done = left.told(unsealed)
    assert done.returncode == 4
    assert "The PDF has no seal." in done.stdout
    theirs = signing_key(Settings(environment="development", convoca_data=tmp_path / "theirs"))
    assert theirs is not None
    own = seal.sealed(render_pdf(facts, to_seal=True), theirs, now=datetime.now(UTC))
    done = left.told(own)
    assert done.returncode == 5
    assert "not the issuer's" in done.stdout
    assert "Institution: Migration Directorate" in left.asked(left.codes["valid"]).stdout


def test_r87_forged_and_tried_codes_find_nothing(left: Left) -> None:
    for number in range(4):
        done = left.asked(code_from(number))
        assert done.returncode == 4
        assert "no certificate with this code was issued" in done.stdout
    assert left.asked("ABCD").returncode == 4
    swapped = left.codes["valid"][:-1] + ("0" if left.codes["valid"][-1] != "0" else "1")
    assert "not a certificate code" in left.asked(swapped).stdout


def state_forged(folder: Path, codes: dict[str, str], *, sums: bool) -> None:
    """Puts the line of a valid certificate in the place of the revoked one's."""
    about = json.loads((folder / "about.js").read_text().split("`")[1])
    salt, width = bytes.fromhex(about["salt"]), about["width"]
    name, key = writing.keys_of(codes["revoked"], salt=salt, rounds=writing.ROUNDS_OF_CODE)
    part = folder / "data" / f"x{name[:width]}.js"
    text = part.read_text().split("`")[1]
    entry = writing.ArchiveLine(codes["revoked"], writing.ROUNDS_OF_CODE, {"holds": True})
    (forged,) = lines_of(entry, salt, folder)
    kept = [line for line in text.splitlines() if not line.startswith(name)]
    part.write_bytes(writing.wrapped(f"x{name[:width]}", "\n".join(sorted([*kept, forged])) + "\n"))
    assert key
    if sums:
        told = (folder / "SHA256SUMS").read_text().splitlines()
        path = f"data/{part.name}"
        fresh = [
            f"{hashlib.sha256(part.read_bytes()).hexdigest()}  {path}"
            if line.endswith(f"  {path}")
            else line
            for line in told
        ]
        (folder / "SHA256SUMS").write_text("\n".join(fresh) + "\n")
        script = json.loads((folder / "sums.js").read_text().split("`")[1])
        script["sums"] = "\n".join(fresh) + "\n"
        (folder / "sums.js").write_bytes(writing.wrapped("sums", json.dumps(script)))


def lines_of(entry: writing.ArchiveLine, salt: bytes, folder: Path) -> list[str]:
    apart = folder.parent / "apart"
    shutil.rmtree(apart, ignore_errors=True)
    apart.mkdir()
    writing.write_archive(
        apart, entries=[entry], expected=1, about={"signer": ""}, salt=salt, pages={}, key=None
    )
    (part,) = (apart / "data").iterdir()
    return part.read_text().split("`")[1].splitlines()


@pytest.mark.parametrize("sums", [False, True], ids=["part", "part-and-sums"])
def test_r87_archive_that_was_touched_answers_nothing(
    left: Left, browser: Browser, *, sums: bool
) -> None:
    """A revoked certificate is made valid in the archive: by its part alone, and with the sums of
    it; without the key nobody signs those.
    """
    state_forged(left.folder, left.codes, sums=sums)
    done = left.asked(left.codes["revoked"])
    assert done.returncode == 6
    assert "damaged or was changed" in done.stdout
    pages = Pages(browser, left.folder.as_uri())
    page = pages.open(f"{left.folder.as_uri()}/en.html", lang="en")
    if sums:
        expect(page.get_by_text("This archive is damaged or was changed.")).to_be_visible()
        expect(page.get_by_label("Code or link")).to_be_hidden()
    else:
        page.get_by_label("Code or link").fill(left.codes["revoked"])
        page.get_by_role("button", name="Verify").click()
        expect(page.get_by_text("This archive is damaged or was changed.")).to_be_visible()
    pages.close()


def test_r87_signature_that_was_taken_off_is_missed(left: Left) -> None:
    (left.folder / "SHA256SUMS.sig").unlink()
    assert left.asked(left.codes["valid"]).returncode == 6


def test_r87_archive_of_another_key_is_refused_by_whoever_knows_the_key(
    left: Left, key_file: Path, tmp_path: Path
) -> None:
    """Who makes an archive anew signs it with a key of their own: a certificate that is known from
    elsewhere tells.
    """
    trusted = tmp_path / "trusted.pem"
    shutil.copy(next((left.folder / "keys").iterdir()), trusted)
    assert left.asked(left.codes["valid"], "--key", str(trusted)).returncode == 0
    theirs = signing_key(Settings(environment="development", convoca_data=tmp_path / "theirs"))
    assert theirs is not None
    forged = tmp_path / "forged"
    forged.mkdir()
    (name,) = writing.certificates_of(theirs)
    salt = bytes(16)
    writing.write_archive(
        forged,
        entries=[],
        expected=0,
        about={
            "signer": theirs.name,
            "fingerprint": name.removesuffix(".pem"),
            "day": {"es": "x", "en": "x"},
        },
        salt=salt,
        pages={f"keys/{name}": writing.certificates_of(theirs)[name]},
        key=theirs,
    )
    done = left.asked(left.codes["valid"], "--archive", str(forged))
    assert done.returncode == 4, "it vouches for itself"
    known = ("--archive", str(forged), "--key", str(trusted))
    assert left.asked(left.codes["valid"], *known).returncode == 6


# ---- made whole, kept, told -------------------------------------------------------------------


def test_archive_is_made_whole_or_not_at_all(tmp_path: Path) -> None:
    def half() -> None:
        with made_whole(tmp_path, now=EVENING, keep=2) as folder:
            (folder / "a").write_text("half")
            raise OSError("full")

    with pytest.raises(OSError, match="full"):
        half()
    assert made_in(tmp_path) == []
    for day in range(4):
        with made_whole(tmp_path, now=EVENING + timedelta(days=day), keep=2) as folder:
            (folder / "a").write_text(str(day))
    assert [at for _path, at in made_in(tmp_path)] == [
        EVENING + timedelta(days=3),
        EVENING + timedelta(days=2),
    ]
    assert (tmp_path / "latest" / "a").read_text() == "3"
    assert sorted(path.name for path in tmp_path.iterdir() if not path.name.startswith("2")) == [
        ".lock",
        "latest",
    ]


KILLED = """
import sys, time
from datetime import datetime, UTC
from pathlib import Path
from app.infra import clock
from app.infra.archives import made_whole
with made_whole(Path(sys.argv[1]), now=datetime(2026, 11, 24, tzinfo=UTC), keep=2) as folder:
    (folder / "a").write_text("half")
    print("begun", flush=True)
    time.sleep(60)
"""


def test_killed_archive_leaves_nothing_that_looks_like_one(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", KILLED, str(tmp_path)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "begun\n"
        process.send_signal(signal.SIGKILL)
    assert made_in(tmp_path) == []
    assert not (tmp_path / "latest").exists()
    with made_whole(tmp_path, now=EVENING, keep=2) as folder:
        (folder / "a").write_text("whole")
    assert (tmp_path / "latest" / "a").read_text() == "whole"
    assert [path.name for path in tmp_path.glob(".making*")] == []


def test_office_downloads_the_newest_archive_and_nobody_else(
    app: Flask, client: FlaskClient, code: str
) -> None:
    with app.app_context(), transaction() as db:
        organizer = an_organizer(db)
    sign_in(app, focal_point("CR"))
    assert client.get("/certificates/register/archive.zip").status_code == 403
    sign_in(app, organizer)
    none = client.get("/certificates/register/archive.zip")
    assert none.location == "/certificates/register#archive"
    assert "There is none yet." in client.get("/certificates/register?lang=en").text
    with app.app_context():
        made = tasks.make_archive(now=EVENING)
    page = client.get("/certificates/register?lang=en").text
    assert f"lies on the server in archives/{made.name}." in page
    with client.get("/certificates/register/archive.zip") as answer:
        content = answer.data
    with zipfile.ZipFile(BytesIO(content)) as packed:
        assert packed.testzip() is None
        assert f"{made.name}/check.py" in packed.namelist()
        kept = len([path for path in made.rglob("*") if path.is_file()])
        assert len(packed.namelist()) == kept


@pytest.mark.both_databases
def test_archive_is_whole_while_certificates_are_issued_beside_it(
    app: Flask, somebody: Finished, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Read in parts, on both engines; what is issued meanwhile is in it or in the next one."""
    monkeypatch.setattr(tasks, "ARCHIVED_AT_ONCE", 2)
    with app.app_context():
        with transaction() as db:
            codes = [finished(db, name=f"Ana {word}").certificate(db) for word in "ABCDE"]
        made = tasks.make_archive(now=EVENING)
        about = json.loads((made / "about.js").read_text().split("`")[1])
        lines = [
            line
            for part in (made / "data").iterdir()
            for line in part.read_text().split("`")[1].splitlines()
        ]
    assert about["certificates"] == len(codes) == len(lines)
    salt = bytes.fromhex(about["salt"])
    names = {writing.keys_of(code, salt=salt, rounds=writing.ROUNDS_OF_CODE)[0] for code in codes}
    assert {line.split(" ")[0] for line in lines} == names
    assert about["signer"] == "", "no key here: it says so"
    assert not (made / writing.SIGNATURE).exists()


def test_demonstration_says_so_in_the_archive(app: Flask, somebody: Finished) -> None:
    with app.app_context():
        with transaction() as db:
            code = somebody.certificate(db, is_demo=True)
        made = tasks.make_archive(now=EVENING)
    done = Left(made, {}, b"", b"").asked(code)
    assert "DEMO: This certificate comes from a demonstration" in done.stdout
    assert "nobody signed it" in done.stdout
