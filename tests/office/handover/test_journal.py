"""R59: overrides, attendance edits and lists taken out stand on the page, each fact as a sentence
in both languages.
"""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from dataclasses import fields
from datetime import date, datetime, timedelta
from enum import StrEnum
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
from app.infra.record import Head
from app.infra.sheets import rows_of
from app.kernel.actor import SYSTEM, Actor, EndedGrant, Role
from app.kernel.fact import Fact
from app.kernel.numbers import LARGEST_ID
from app.office.handover import policy
from app.office.handover.queries.journal import LOOKUPS, JournalFilters, journal_page
from app.office.handover.services import tell_verified
from app.office.handover.wording import DAYS, FIRST_DAY_WITHOUT, SENTENCES, WORDS
from app.office.privacy.facts import PersonalRecordRead
from app.people.directory.facts import AddressesRead, ExportMade, InstitutionChanged
from app.people.directory.models import Membership, WorkingGroup
from app.people.identity.facts import RoleEnded, RoleGranted, SignedIn
from app.people.identity.values import SignInWay
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
                RuleOverridden(event_id, "group-month", "event:other"),
                AttendanceRecorded(event_id, (1, 2, 3), "manual", (60, 60, 60), (None, None, None)),
                ExportMade("attendance", str(event_id), 3),
                RoleGranted(1, 1, Role.CONVENOR, "protection", clock.today(), None),
                RoleEnded(1, 1, date(2027, 1, 1)),
                AddressesRead("mechanisms-DO", 4),
                PersonalRecordRead(organizer.person_id or 0),
                PersonalRecordRead(LARGEST_ID),
                SignedIn(1, SignInWay.PASSWORD),
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
    assert "se mantiene pese a la regla «" in page
    assert "de 3 personas (a mano)" in page
    assert "Se descargó una lista de Convoca: lista de asistencia (" in page
    assert "Laura Quesada Umaña" in page
    assert "obtuvo la función" in page


def test_r59_journal_speaks_words_and_names_instead_of_slugs_and_numbers(demo: Flask) -> None:
    _status, page = page_of(demo, "organizer", "?kind=all")
    said = re.findall(r'data-label="Qué">(.*?)</td>', page)
    text = " ".join(said)
    for words in (
        "Los mecanismos de República Dominicana, 4 filas",
        "Se abrió el registro personal de Laura Quesada Umaña.",
        "Se abrió el registro personal de alguien que ya no consta.",
        "ingresó (con contraseña)",
        "su último día es el 31 de diciembre de 2026",
    ):
        assert words in text
    for slug in ("group-month", "mechanisms", "protection", "La persona", "La cuenta 1", "manual"):
        assert slug not in text
    assert not [one for one in said if one[:1].islower()]


FREE = {"client", "code", "decision_ref", "label", "replaces", "version", "section_code", "status"}
"""What people or programs wrote, told as it is; `status` of a letter that came back is one too."""
COUNTED = {"rows", "changed", "kept", "people", "posts", "entries", "failures", "planned", "year"}
COUNTED |= {"serving", "trained", "appointments", "places", "findings"}
COUNTED |= {"pages", "capacity", "number", "days", "moved", "removed", "person_ids", "event_ids"}
COUNTED |= {"entered", "sessions", "tries", "requests", "left"}
COUNTED |= {"files", "copied", "old_minutes", "took_seconds"}


def test_every_parameter_of_a_fact_has_words_or_is_looked_up() -> None:
    """A new fact with a code of its own fails here: give the code words in WORDS or a name in
    LOOKUPS.
    """
    looked_up = {key for keys, _read, _asked in LOOKUPS for key in keys}
    known = {*FREE, *COUNTED, *looked_up, *WORDS, *DAYS, FIRST_DAY_WITHOUT, "role"}
    asked = {key for text in SENTENCES.values() for key in re.findall(r"%\((\w+)\)s", text)}
    assert asked <= known


def test_every_value_of_an_enumeration_in_a_fact_has_words() -> None:
    """Those of a fact whose parameter its sentence tells."""
    lacking = [
        (fact.__name__, parameter.name, value.value)
        for fact in facts_of(Fact)
        for parameter in fields(fact)
        if f"%({parameter.name})s" in SENTENCES.get(fact.__name__, "")
        and isinstance(parameter.type, type)
        and issubclass(parameter.type, StrEnum)
        and parameter.type is not Role
        for value in parameter.type
        if value.value not in {str(word) for word in WORDS.get(parameter.name, {})}
    ]
    assert not lacking


@pytest.mark.parametrize(
    ("kind", "there", "not_there"),
    [
        ("overrides", "pese a la regla", "Se descargó"),
        ("exports", "Se descargó una lista", "pese a la regla"),
        ("attendance", "Se registró la asistencia", "Se descargó"),
        ("roles", "obtuvo la función", "pese a la regla"),
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


def test_pages_of_the_journal_leave_no_entry_out(demo: Flask) -> None:
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


def test_whoever_handed_over_reads_the_history_until_the_day_of_it() -> None:
    ended = EndedGrant(Role.FOCAL_POINT, "HN", date(2026, 11, 20), date(2027, 1, 19))
    outgoing = Actor(account_id=7, outgoing=frozenset({ended})).as_reader()
    assert policy.may_read_history(outgoing, "HN")
    assert not policy.may_read_history(outgoing, "GT")
    assert policy.history_until(outgoing, "HN") == date(2026, 11, 19)
    in_office = Actor(account_id=7, grants=frozenset({ended.grant}))
    assert policy.history_until(in_office, "HN") is None


def test_history_of_a_thing_is_told_to_who_may_read_it_and_to_no_other_country(
    demo: Flask, world: tuple[Path, Objects]
) -> None:
    """Institution, event, table, agreement and group of the demo: each page leads to what the
    journal says of it. The focal point of the country reads the institution's, and the names of
    those who plan alone.
    """
    objects = world[1]
    institution = int(objects["institution_id"])
    with demo.app_context(), transaction() as db:
        for actor in (actor_of(demo, "organizer"), actor_of(demo, "official-hn")):
            journal.record(db, InstitutionChanged(institution, "HN"), actor=actor, now=clock.now())
        group = db.scalars(
            select(WorkingGroup.slug)
            .join(Membership, Membership.working_group_id == WorkingGroup.id)
            .order_by(WorkingGroup.id)
        ).first()
    address = f"/history/institution/{institution}"
    for who, status in (
        ("organizer", 200),
        ("presidency", 200),
        ("focal-point-hn", 200),
        ("focal-point-gt", 404),
        ("official-hn", 404),
    ):
        client = demo.test_client()
        sign_in(client, who)
        page = client.get(address)
        assert page.status_code == status, who
        if status == 200:
            assert "Se cambiaron los datos de" in page.text
            assert "Laura Quesada Umaña" in page.text
        if who == "focal-point-hn":
            assert f'href="{address}"' in client.get(f"/institutions/{institution}").text
            assert client.get(f"/history/event/{objects['event_id']}").status_code == 404
            assert "—" in page.text
    client = demo.test_client()
    sign_in(client, "organizer")
    things = {
        "event": (objects["event_id"], f"/events/{objects['event_id']}"),
        "table": (objects["table_id"], f"/work-tables/{objects['table_id']}"),
        "agreement": (objects["agreement_id"], f"/agreements/{objects['agreement_id']}"),
        "group": (group, ""),
    }
    for kind, (key, leads_to) in things.items():
        answer = client.get(f"/history/{kind}/{key}")
        assert answer.status_code == 200, kind
        if leads_to:
            assert f'href="/history/{kind}/{key}"' in client.get(leads_to).text, kind
    for strange in ("event/x", "table/987654", "agreement/x", "group/x", "person/1", "x/1"):
        assert client.get(f"/history/{strange}").status_code == 404


def test_record_is_told_once_a_month_and_when_it_is_not_whole(app: Flask) -> None:
    def told(day: str, findings: int) -> bool:
        with app.app_context(), transaction() as db:
            now = datetime.fromisoformat(f"{day}T12:00:00+00:00")
            return tell_verified(db, head=Head(7, "mac"), findings=findings, now=now)

    days = [("2026-12-01", 0), ("2026-12-02", 0), ("2026-12-03", 2), ("2026-12-04", 5)]
    days += [("2026-12-05", 0), ("2027-01-01", 0)]
    assert [told(*day) for day in days] == [True, False, True, False, True, True]
