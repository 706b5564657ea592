"""R59: overrides, attendance edits and lists taken out stand on the page, each fact as a sentence
in both languages.
"""

import importlib
import pkgutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

import app as application
from app.infra import clock, journal
from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from app.infra.language import translate
from app.infra.sheets import rows_of
from app.kernel.actor import SYSTEM, Role
from app.kernel.fact import Fact
from app.office.handover.queries.journal import JournalFilters, journal_page
from app.office.handover.wording.facts import SENTENCES
from app.people.directory.facts import ExportMade
from app.people.identity.facts import RoleGranted
from app.planning.events.facts import AttendanceRecorded, RuleOverridden
from tests.security.world import Objects, built, copied
from tests.support.actors import actor_of, sign_in


def facts_of(kind: type[Fact]) -> Iterator[type[Fact]]:
    for one in kind.__subclasses__():
        yield one
        yield from facts_of(one)


def test_r59_every_fact_has_a_sentence_in_both_languages() -> None:
    for module in pkgutil.walk_packages(application.__path__, "app."):
        if ".facts" in module.name:
            importlib.import_module(module.name)
    told = {
        one.__name__
        for one in facts_of(Fact)
        if one.__module__.startswith("app.") and not one.__subclasses__()
    }
    assert told == set(SENTENCES)
    assert all(translate("es", sentence) != sentence for sentence in SENTENCES.values())


@pytest.fixture(scope="module")
def world() -> tuple[Path, Objects]:
    return built()


@pytest.fixture
def demo(world: tuple[Path, Objects], tmp_path: Path) -> Iterator[Flask]:
    with copied(world[0], tmp_path) as app:
        organizer = actor_of(app, "organizer")
        event_id = UUID(world[1]["event_id"])
        with app.app_context(), transaction() as db:
            for fact in (
                RuleOverridden(event_id, "pair", "event:other"),
                AttendanceRecorded(event_id, (1, 2, 3), "manual", (60, 60, 60), (None, None, None)),
                ExportMade("attendance", str(event_id), 3),
                RoleGranted(1, 1, Role.CONVENOR, "protection", clock.today(), None),
            ):
                journal.record(db, fact, actor=organizer, now=clock.now())
        yield app


def page_of(app: Flask, who: str, query: str = "") -> tuple[int, str]:
    client = app.test_client()
    sign_in(client, who)
    answer = client.get(f"/audit{query}")
    return answer.status_code, answer.get_data(as_text=True)


def test_r59_overrides_attendance_edits_and_exports_appear(demo: Flask) -> None:
    _status, page = page_of(demo, "organizer")
    assert "se mantiene pese a la regla pair" in page
    assert "de 3 personas (manual)" in page
    assert "Se descargó una lista de Convoca: attendance" in page
    assert "Laura Quesada Umaña" in page
    assert "obtuvo el rol" in page


@pytest.mark.parametrize(
    ("kind", "there", "not_there"),
    [
        ("overrides", "pese a la regla", "Se descargó"),
        ("exports", "Se descargó una lista", "pese a la regla"),
        ("attendance", "Se registró la asistencia", "Se descargó"),
        ("roles", "obtuvo el rol", "pese a la regla"),
    ],
)
def test_r59_narrowed_by_kind(demo: Flask, kind: str, there: str, not_there: str) -> None:
    _status, page = page_of(demo, "presidency", f"?kind={kind}")
    assert there in page
    assert not_there not in page


def test_r59_letters_of_every_day_do_not_bury_what_people_did(demo: Flask) -> None:
    queued = "bandeja de salida"
    assert queued not in page_of(demo, "organizer")[1]
    assert queued in page_of(demo, "organizer", "?kind=letters")[1]
    with demo.app_context(), reading() as db:
        told = {
            kind: {
                one.fact
                for one in journal_page(db, filters=JournalFilters(kind), limit=5000).entries
            }
            for kind in ("most", "all")
        }
    assert told["all"] - told["most"] == {"MessageQueued"}


def test_r59_narrowed_by_event_person_and_days(demo: Flask, world: tuple[Path, Objects]) -> None:
    event_id, who = world[1]["event_id"], actor_of(demo, "organizer").account_id
    assert (
        "pese a la regla"
        in page_of(demo, "organizer", f"?event={event_id}&who={who}&since={clock.today()}")[1]
    )
    assert "pese a la regla" not in page_of(demo, "organizer", "?until=2020-01-01")[1]
    assert (
        page_of(demo, "organizer", "?event=x&who=%2B1&since=9999-99-99&before=abc&kind=zzz")[0]
        == 200
    )


def test_paged_without_a_gap(demo: Flask) -> None:
    query, pages = "?kind=all", 0
    while pages < 3 and query:
        _status, page = page_of(demo, "organizer", query)
        query = page.partition('rel="next" href="/audit')[2].partition('"')[0].replace("&amp;", "&")
        pages += 1
    assert pages == 3
    with demo.app_context(), reading() as db:
        seen, before = list[int](), None
        while not seen or before is not None:
            entries = journal_page(db, filters=JournalFilters(), before=before, limit=400)
            seen, before = [*seen, *(one.id for one in entries.entries)], entries.before
        assert seen == list(
            db.scalars(
                select(JournalEntry.id).order_by(JournalEntry.at.desc(), JournalEntry.id.desc())
            )
        )


def test_what_is_written_down_later_stands_where_it_happened(demo: Flask) -> None:
    with demo.app_context():
        with transaction() as db:
            for days in (2000, 1, 1000):
                at = clock.now() - timedelta(days=days)
                journal.record(db, ExportMade("belated", str(days), 1), actor=SYSTEM, now=at)
        with reading() as db:
            seen, before = list[str](), None
            while len(seen) < 3:
                page = journal_page(db, filters=JournalFilters("exports"), before=before, limit=2)
                seen += [
                    str(one.payload["scope"])
                    for one in page.entries
                    if one.payload["kind"] == "belated"
                ]
                before = page.before
            assert seen == ["1", "1000", "2000"]


def test_r59_a_copy_is_itself_on_record_and_only_the_secretariats(demo: Flask) -> None:
    client = demo.test_client()
    sign_in(client, "organizer")
    answer = client.post("/audit.xlsx", data={"kind": "exports"})
    assert answer.status_code == 200
    rows = rows_of(answer.data, "journal.xlsx").rows
    assert any("Se descargó una lista" in cell for row in rows for cell in row)
    with demo.app_context(), reading() as db:
        told = db.scalars(
            select(JournalEntry).where(JournalEntry.fact == "ExportMade").order_by(JournalEntry.id)
        ).all()
    assert (told[-1].payload["kind"], told[-1].payload["scope"]) == ("journal", "exports")
    sign_in(client, "presidency")
    assert client.post("/audit.xlsx").status_code == 403
