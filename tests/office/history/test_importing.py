"""R68 and R53: sheets of earlier years come in with every row either right or named, twice without a
difference, and out again.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.followup.agreements.models import Agreement
from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.orm import Base
from app.infra.sheets import rows_of
from app.kernel.refusal import NotAllowed, NotFound
from app.office.history import queries, services
from app.office.history.models import HistoryImport
from app.office.history.values import HistoryState, ImportKind, JudgedSheet, RowOutcome
from app.office.outbox.models import Message
from app.people.directory.models import Appointment, Person
from app.planning.events.models import Attendance, Event
from app.planning.scheduling.models import Claim
from app.training.learning.models import Course, CourseEdition
from app.training.recognised import services as services_of_training
from app.training.recognised.models import RecognisedTraining
from tests.office.history.sheets import (
    AGREEMENTS,
    ATTENDANCE,
    CERTIFICATES,
    EVENTS,
    ROSTER,
    xlsx,
)
from tests.support.actors import actor_of, csrf_token, sign_in
from tests.support.following import let_follow
from tests.training.turnover.builders import an_edition, an_institution, an_official

TOLD = {"journal_entry", "delivery", "history_import", "history_row", "search_entry"}
"""Tables that tell what was done; all others are as they were after an undo."""


@pytest.fixture
def honduras(app: Flask) -> Flask:
    """Honduras has an office in which two of one first name and surname serve."""
    actor_of(app, "organizer")
    actor_of(app, "focal-point-hn")
    with app.app_context(), transaction() as db:
        office = an_institution(db)
        for name in ("Keidy Bonilla Cruz", "Keidy Bonilla Paz"):
            an_official(db, office, name=name, since=date(2020, 1, 15))
    return app


def begin(
    app: Flask, kind: ImportKind, content: bytes, who: str = "organizer", country: str = ""
) -> int:
    actor = actor_of(app, who)
    with app.app_context(), transaction() as db:
        return services.begin_import(
            db,
            actor=actor,
            kind=kind,
            country_code=country,
            filename="Hoja de 2023.xlsx",
            sheet=rows_of(content),
            now=clock.now(),
        )


def judged(app: Flask, import_id: int) -> JudgedSheet:
    with app.app_context(), reading() as db:
        row = db.get_one(HistoryImport, import_id)
        return queries.judged(db, row, today=clock.today())


def outcomes(sheet: JudgedSheet) -> dict[int, str]:
    return {row.line.number: row.outcome.value for row in sheet.rows}


def answer(app: Flask, import_id: int, said: Mapping[int, str], who: str = "organizer") -> None:
    """Answers what is asked about rows, by their number, one after the other as a person would."""
    actor = actor_of(app, who)
    for number, value in said.items():
        row = next(one for one in judged(app, import_id).rows if one.line.number == number)
        assert row.question is not None, row
        with app.app_context(), transaction() as db:
            services.answer_rows(
                db,
                actor=actor,
                import_id=import_id,
                key=row.question.key,
                answer=value,
                now=clock.now(),
            )


def save(app: Flask, import_id: int, who: str = "organizer") -> HistoryImport:
    actor = actor_of(app, who)
    with app.app_context(), transaction() as db:
        services.ask_to_save(
            db, actor=actor, import_id=import_id, today=clock.today(), now=clock.now()
        )
    let_follow(app, "history.")
    with app.app_context(), reading() as db:
        return db.get_one(HistoryImport, import_id)


def undo(app: Flask, import_id: int, who: str = "organizer") -> int:
    actor = actor_of(app, who)
    with app.app_context(), transaction() as db:
        return services.undo_import(db, actor=actor, import_id=import_id, now=clock.now())


def everything(app: Flask) -> dict[str, list[Any]]:
    """Every row of every table but those that tell what was done."""
    with app.app_context(), reading() as db:
        return {
            table.name: sorted(map(repr, db.execute(select(table))))
            for table in Base.metadata.sorted_tables
            if table.name not in TOLD
        }


def letters(app: Flask) -> int:
    let_follow(app, "")
    with app.app_context(), reading() as db:
        return db.scalar(select(func.count(Message.id))) or 0


@pytest.mark.both_databases
def test_r53_partial_dates_come_in_as_found_and_claim_no_time(honduras: Flask) -> None:
    """Given a sheet of events with a day, several days, a month, a year and none, when it is brought
    in, then each is as exact as it was written and none is in the search for clashes.
    """
    import_id = begin(honduras, ImportKind.EVENTS, EVENTS)
    assert outcomes(judged(honduras, import_id)) == {
        **dict.fromkeys((4, 5, 6, 7, 8), "ready"),
        9: "asked",
        10: "asked",
        11: "known",
        12: "out",
    }
    answer(honduras, import_id, {9: "28/02/2022", 10: "day"})
    done = save(honduras, import_id)
    assert (done.entered, done.known, len(done.left), done.size) == (7, 1, 1, 9)
    with honduras.app_context(), reading() as db:
        rows = db.execute(
            select(Event.date_precision, Event.found_start, Event.found_end, Event.starts_at)
        )
        found = sorted((one.date_precision, one.found_start, one.found_end) for one in rows)
        assert found == [
            ("day", "2022-02-28", "2022-02-28"),
            ("day", "2022-04-03", "2022-04-03"),
            ("day", "2022-08-16", "2022-08-18"),
            ("day", "2023-03-14", "2023-03-14"),
            ("month", "2021-03", ""),
            ("unknown", "", ""),
            ("year", "2019", ""),
        ]
        partial = select(func.count(Event.id)).where(
            Event.date_precision.in_(("month", "year", "unknown")), Event.starts_at.is_not(None)
        )
        assert db.scalar(partial) == 0
        assert db.scalar(select(func.count(Claim.id))) == 0


@pytest.mark.both_databases
def test_r68_a_sheet_comes_in_once_and_out_again(honduras: Flask) -> None:
    """Given the sheet of who served, as an office has it, when it is brought in after a rehearsal,
    then each row is right or named, a second time changes nothing, and undone nothing is left.
    """
    before, written = everything(honduras), letters(honduras)
    who = "focal-point-hn"
    import_id = begin(honduras, ImportKind.ROSTER, ROSTER, who, "HN")
    sheet = judged(honduras, import_id)
    assert outcomes(sheet) == {3: "ready", 4: "ready", 5: "asked", 6: "asked", 7: "out", 8: "out"}
    assert len(sheet.ready) + len(sheet.known) + len(sheet.with_reason) == len(sheet.rows) == 6
    assert everything(honduras) == before, "a rehearsal writes nothing"

    keidy = next(one for one in sheet.rows if one.line.number == 5).question
    assert keidy is not None
    assert [words for _value, words in keidy.choices[:2]] == [
        "Keidy Bonilla Cruz",
        "Keidy Bonilla Paz",
    ]
    answer(honduras, import_id, {5: "another"}, who)
    likely = next(one for one in judged(honduras, import_id).rows if one.line.number == 5).question
    assert likely is not None
    answer(honduras, import_id, {5: likely.choices[0][0]}, who)
    answer(honduras, import_id, {6: "new"}, who)
    answer(honduras, import_id, {6: "yes"}, who)
    done = save(honduras, import_id, who)
    assert (done.entered, done.known, done.size) == (4, 0, 6)
    assert [number for number, _cells, _reason in done.left] == [7, 8]
    with honduras.app_context(), reading() as db:
        query = (
            select(Person.full_name, Appointment.valid_from, Appointment.valid_until)
            .join(Appointment, Appointment.person_id == Person.id)
            .where(Appointment.confirmed_on.is_(None))
        )
        assert sorted(map(tuple, db.execute(query)), key=repr) == [
            ("Keidy Bonilla", date(2020, 1, 15), None),
            ("Raúl Turcios Ochoa", date(2021, 7, 1), None),
            ("Suyapa Zúñiga Ñáñez", date(2019, 2, 1), date(2021, 7, 1)),
            ("Óscar Madrid Fúnez", date(2018, 1, 1), None),
        ]
        assert not db.scalar(select(Person.id).where(Person.full_name.contains("Ajena")))
    after = everything(honduras)

    again = begin(honduras, ImportKind.ROSTER, ROSTER, who, "HN")
    assert not judged(honduras, again).ready
    with honduras.app_context(), pytest.raises(services.NothingReady), transaction() as db:
        services.ask_to_save(
            db,
            actor=actor_of(honduras, who),
            import_id=again,
            today=clock.today(),
            now=clock.now(),
        )
    assert everything(honduras) == after

    assert undo(honduras, import_id, who) == 0
    assert everything(honduras) == before
    assert letters(honduras) == written, "an import writes to nobody"


@dataclass(frozen=True)
class Brought:
    """A sheet, what is asked about it and answered, and how many rows enter of how many."""

    kind: ImportKind
    content: bytes
    answers: tuple[tuple[int, str], ...]
    entered: int
    size: int
    columns: Mapping[int, str] = field(default_factory=dict)


FIVE = (
    Brought(ImportKind.EVENTS, EVENTS, ((9, "28/02/2022"), (10, "day")), 7, 9),
    Brought(
        ImportKind.ROSTER,
        ROSTER,
        ((5, "another"), (5, "*"), (6, "new"), (6, "yes"), (7, "new")),
        5,
        6,
    ),
    Brought(ImportKind.ATTENDANCE, ATTENDANCE, ((6, "yes"),), 5, 7),
    Brought(ImportKind.CERTIFICATES, CERTIFICATES, ((2, "*"), (4, "yes")), 3, 5, {3: "on"}),
    Brought(ImportKind.AGREEMENTS, AGREEMENTS, ((5, "yes"),), 4, 5),
)


@pytest.mark.both_databases
def test_r68_five_sheets_as_offices_have_them_come_in_twice_and_out_again(honduras: Flask) -> None:
    """Given five sheets with merged cells, two surnames, accents, three styles of dates, totals at the
    foot and hidden columns, when they are brought in, then every row is right or named; a second
    time none enters; and undone, the last one first, the database is as before.
    """
    with honduras.app_context(), transaction() as db:
        office = an_institution(db, "GT")
        an_official(db, office, name="Ana de Guatemala López")
        an_edition(db)
    before, written = everything(honduras), letters(honduras)
    saved = []
    for sheet in FIVE:
        import_id = begin(honduras, sheet.kind, sheet.content)
        with honduras.app_context(), transaction() as db:
            for place, meaning in sheet.columns.items():
                services.say_column(
                    db,
                    actor=actor_of(honduras, "organizer"),
                    import_id=import_id,
                    place=place,
                    meaning=meaning,
                )
        for number, value in sheet.answers:
            row = next(one for one in judged(honduras, import_id).rows if one.line.number == number)
            assert row.question, (sheet.kind, row)
            first = row.question.choices[0][0] if value == "*" else value
            answer(honduras, import_id, {number: first})
        rows = judged(honduras, import_id)
        assert not rows.of(RowOutcome.ASKED), [
            (one.line.number, one.reason, one.question) for one in rows.of(RowOutcome.ASKED)
        ]
        assert len(rows.ready) + len(rows.known) + len(rows.with_reason) == sheet.size
        done = save(honduras, import_id)
        assert (done.entered, done.size) == (sheet.entered, sheet.size), sheet.kind
        assert done.entered + done.known + len(done.left) == sheet.size
        assert all(reason["es"] and reason["en"] for _number, _cells, reason in done.left)
        saved.append(import_id)
    after = everything(honduras)
    with honduras.app_context(), reading() as db:
        was_there = select(Person.full_name, Attendance.minutes).join(
            Attendance, Attendance.person_id == Person.id
        )
        assert sorted(map(tuple, db.execute(was_there))) == [
            ("Ana de Guatemala López", 480),
            ("Keidy Bonilla", 90),
            ("Raúl Turcios Ochoa", 150),
            ("Suyapa Zúñiga Ñáñez", 150),
            ("Óscar Madrid Fúnez", 60),
        ]
        certified = select(Person.full_name, RecognisedTraining.completed_on).join(
            RecognisedTraining, RecognisedTraining.person_id == Person.id
        )
        assert sorted(map(tuple, db.execute(certified))) == [
            ("Fátima Ucles Ortega", date(2022, 1, 1)),
            ("Raúl Turcios Ochoa", date(2023, 7, 15)),
            ("Suyapa Zúñiga Ñáñez", date(2023, 6, 30)),
        ]
        agreed = select(Agreement.number, Agreement.letter, Agreement.status, Agreement.due)
        assert sorted(map(tuple, db.execute(agreed)), key=repr) == [
            (1, "", "done", date(2019, 12, 31)),
            (1, "", "open", None),
            (2, "a", "in-progress", date(2020, 12, 31)),
            (3, "", "open", None),
        ]
    for sheet in FIVE:
        again = begin(honduras, sheet.kind, sheet.content)
        assert not judged(honduras, again).ready, sheet.kind
    assert everything(honduras) == after
    for import_id in reversed(saved):
        assert undo(honduras, import_id) == 0
    assert everything(honduras) == before
    assert letters(honduras) == written, "an import writes to nobody"


def test_r68_what_was_changed_or_used_since_stays_and_is_counted_before(honduras: Flask) -> None:
    """Given an import of which one person's name was put right by hand, when it is undone, then that
    person and what leans on them stay, and the page had said how many.
    """
    who = "focal-point-hn"
    content = xlsx(
        [
            ["Nombre", "Institución", "Puesto", "Desde"],
            ["Ana Lucía Ejemplo", "Dirección de Migración", "Oficial nueva", "2021-02-01"],
            ["Berta Ejemplo Ñáñez", "Dirección de Migración", "Oficial de frontera", "2021-02-01"],
        ]
    )
    import_id = begin(honduras, ImportKind.ROSTER, content, who, "HN")
    assert save(honduras, import_id, who).entered == 2
    with honduras.app_context(), transaction() as db:
        person = db.scalars(select(Person).where(Person.full_name == "Ana Lucía Ejemplo")).one()
        person.full_name = "Ana Lucía Ejemplo de Paz"
    with honduras.app_context(), reading() as db:
        assert queries.number_staying(db, import_id) == 1
    assert undo(honduras, import_id, who) == 1
    with honduras.app_context(), reading() as db:
        named = db.scalars(select(Person.full_name).where(Person.full_name.contains("Ejemplo")))
        assert list(named) == ["Ana Lucía Ejemplo de Paz"]
        assert db.get_one(HistoryImport, import_id).kept == 1
    with (
        honduras.app_context(),
        pytest.raises(services.HistoryOver),
        transaction() as db,
    ):
        services.undo_import(
            db, actor=actor_of(honduras, who), import_id=import_id, now=clock.now()
        )


def test_r66_certificates_of_a_sheet_count_once_the_focal_point_accepts_them(
    honduras: Flask,
) -> None:
    """Given certificates of earlier years in a sheet, when the secretariat brings them in, then they wait
    for each country; the focal point accepts those of theirs at once, but for the own; what a focal
    point brings in of others counts, and what was declined is not brought in again.
    """
    focal = actor_of(honduras, "focal-point-hn")
    with honduras.app_context(), transaction() as db:
        edition = an_edition(db)
        title = db.get_one(Course, db.get_one(CourseEdition, edition).course_id).title["es"]
        own = db.get_one(Person, focal.person_id).own_name
    head = ["Nombre", "País", "Curso", "Fecha", "Horas"]
    rows = [
        ["Keidy Bonilla Cruz", "Honduras", title, "2023-06-30", 12],
        [own, "Honduras", title, "2023-06-30", 12],
        ["Xtzunun Ejemplo", "Guatemala", title, "2023-06-30", 12],
    ]

    def standing() -> dict[str, bool]:
        query = select(Person.full_name, RecognisedTraining.accepted_at).join(
            RecognisedTraining, RecognisedTraining.person_id == Person.id
        )
        with honduras.app_context(), reading() as db:
            return {name: at is not None for name, at in db.execute(query)}

    first = save(honduras, begin(honduras, ImportKind.CERTIFICATES, xlsx([head, *rows])))
    assert first.entered == 3
    assert standing() == {"Keidy Bonilla Cruz": False, own: False, "Xtzunun Ejemplo": False}
    client = honduras.test_client()
    sign_in(client, "organizer")
    assert "Aceptar" not in client.get("/countries/HN/recognised?lang=es").text
    sign_in(client, "focal-point-hn")
    page = client.get("/countries/HN/recognised?lang=es").text
    assert "Aceptar 1 certificado<" in page, "one of two is the reader's own"
    assert "Xtzunun" not in page
    [act] = set(re.findall(r"/countries/HN/recognised/sheets/[0-9a-f-]+/acceptance", page))
    elsewhere = client.post(act.replace("HN", "GT"), data={"csrf_token": csrf_token(client)})
    assert elsewhere.status_code == 404
    assert client.post(act, data={"csrf_token": csrf_token(client)}).status_code == 303
    assert standing() == {"Keidy Bonilla Cruz": True, own: False, "Xtzunun Ejemplo": False}
    with honduras.app_context(), transaction() as db:
        [waiting] = db.scalars(
            select(RecognisedTraining).where(RecognisedTraining.person_id == focal.person_id)
        )
        organizer = actor_of(honduras, "organizer")
        services_of_training.decline_training(
            db, actor=organizer, training_id=waiting.id, reason="No consta", now=clock.now()
        )
    again = begin(
        honduras, ImportKind.CERTIFICATES, xlsx([head, *rows[:2]]), "focal-point-hn", "HN"
    )
    assert outcomes(judged(honduras, again)) == {2: "known", 3: "out"}
    rows = [["Keidy Bonilla Paz", "", title, "2023-06-30", 12], [own, "", title, "2022-06-30", 12]]
    last = begin(honduras, ImportKind.CERTIFICATES, xlsx([head, *rows]), "focal-point-hn", "HN")
    save(honduras, last, "focal-point-hn")
    with honduras.app_context(), reading() as db:
        of_last = select(RecognisedTraining).order_by(RecognisedTraining.id.desc()).limit(2)
        assert {
            one.person_id == focal.person_id: bool(one.accepted_at) for one in db.scalars(of_last)
        } == {
            True: False,
            False: True,
        }
    assert letters(honduras) == 0, "nobody who brought nothing is written to"


def killed(part: dict[str, Any]) -> None:
    with transaction() as db:
        services.save_part(db, **part)
        raise KeyboardInterrupt


def test_r68_a_killed_worker_is_followed_by_another(honduras: Flask) -> None:
    """Given a long sheet whose saving stopped after a part, when the work is woken again, then every
    row is there once.
    """
    rows = [[f"Evento {number:03d} de la red", 2019] for number in range(services.A_PART + 50)]
    import_id = begin(honduras, ImportKind.EVENTS, xlsx([["Evento", "Fecha"], *rows]))
    with honduras.app_context(), transaction() as db:
        services.ask_to_save(
            db,
            actor=actor_of(honduras, "organizer"),
            import_id=import_id,
            today=clock.today(),
            now=clock.now(),
        )
    part: dict[str, Any] = {"import_id": import_id, "today": clock.today(), "now": clock.now()}
    with honduras.app_context():
        with transaction() as db:
            assert services.save_part(db, **part)
        with pytest.raises(KeyboardInterrupt):
            killed(part)
        with reading() as db:
            assert db.get_one(HistoryImport, import_id).done == services.A_PART
    let_follow(honduras, "history.")
    with honduras.app_context(), reading() as db:
        row = db.get_one(HistoryImport, import_id)
        assert (row.state, row.entered) == (HistoryState.SAVED, len(rows))
        assert db.scalar(select(func.count(Event.id))) == len(rows)


def test_r68_a_focal_point_brings_in_people_of_their_country_alone(honduras: Flask) -> None:
    """Given two countries, when the focal point of one brings in a sheet, then the other neither sees
    nor undoes it, and its people are neither found nor named.
    """
    with honduras.app_context(), transaction() as db:
        office = an_institution(db, "GT")
        an_official(db, office, name="Guatemalteca Única Pérez")
    content = xlsx(
        [
            ["Nombre", "País", "Institución", "Puesto", "Desde"],
            ["Guatemalteca Única Pérez", "", "Dirección de Migración", "Oficial", "2021-02-01"],
        ]
    )
    own = begin(honduras, ImportKind.ROSTER, content, "focal-point-hn", "HN")
    [row] = judged(honduras, own).ready
    assert row.read["is_new"], "the person of the other country is not known here"
    save(honduras, own, "focal-point-hn")
    other = actor_of(honduras, "focal-point-gt")
    with honduras.app_context():
        for act in (services.undo_import, services.drop_draft):
            given = {"now": clock.now()} if act is services.undo_import else {}
            with pytest.raises(NotFound), transaction() as db:
                act(db, actor=other, import_id=own, **given)
        with reading() as db:
            assert not queries.imports_of(db, actor=other, now=clock.now())
        for kind, country in ((ImportKind.ROSTER, "HN"), (ImportKind.EVENTS, "GT")):
            with pytest.raises(NotAllowed), transaction() as db:
                services.begin_import(
                    db,
                    actor=other,
                    kind=kind,
                    country_code=country,
                    filename="x",
                    sheet=rows_of(content),
                    now=clock.now(),
                )


def test_r68_columns_are_matched_by_eye_and_remembered(honduras: Flask) -> None:
    """Given a column of which the heading is not known, when somebody says what it is and the sheet is
    saved, then the next sheet with that heading is read so. Over the pages, in both languages.
    """
    client = honduras.test_client()
    sign_in(client, "organizer")
    rows = "Cuándo;Asunto tratado;Tipo\n14/03/2021;Reunión sobre {};Reunión\nTOTAL;;\n"

    def upload(about: str) -> str:
        form = {"kind": "events", "country": "", "lines": rows.format(about)}
        sent = client.post("/history", data={**form, "csrf_token": csrf_token(client)})
        assert sent.status_code == 303, sent.text
        return str(sent.location)

    def press(page: str, act: str, **form: str) -> str:
        sent = client.post(f"{page}/{act}", data={**form, "csrf_token": csrf_token(client)})
        assert sent.status_code == 303, sent.text
        return client.get(page).text

    first = upload("fronteras")
    page = client.get(f"{first}?lang=es").text
    assert "Diga qué columna es «Título»" in page
    assert "¿Qué es?" in page
    assert "Say which column is “Title”" in client.get(f"{first}?lang=en").text
    press(first, "columns", column="1:title")
    page = press(first, "columns", column="0:on")
    assert "Guardar 1 fila<" in client.get(f"{first}?lang=es").text
    press(first, "save")
    let_follow(honduras, "history.")
    page = client.get(f"{first}?lang=es").text
    assert "Es un total, no una fila" in page
    assert "Deshacer 1 fila<" in page
    second = client.get(f"{upload('puertos')}?lang=es").text
    assert "Guardar 1 fila<" in second
    assert "¿Qué es?" not in second
    assert press(first, "undo")
    assert "deshecha el" in client.get("/history?lang=es").text
    for ending in ("xlsx", "csv"):
        example = client.get(f"/history/example/events.{ending}")
        kind = ImportKind.EVENTS
        import_id = begin(honduras, kind, example.data)
        assert set(outcomes(judged(honduras, import_id)).values()) == {"ready"}
    assert client.get("/history/guide").status_code == 200


def test_r53_year_and_month_in_columns_of_their_own_are_one_date(honduras: Flask) -> None:
    """Given columns for year and month, of which the year stands once for several rows, and a day in a
    third, when the sheet is judged, then each row has its date, and a year as above is asked once.
    """
    content = xlsx(
        [
            ["Año", "Mes", "Día", "Evento"],
            [2021, "marzo", "", "Reunión técnica"],
            ["", 4, "", "Reunión de puertos"],
            ["", "mayo", "3-5", "Taller de entrevistas"],
            [2022, "", "", "Reunión sin mes"],
            ["", "", "14/06/2022", "Reunión de junio"],
        ]
    )
    import_id = begin(honduras, ImportKind.EVENTS, content)
    sheet = judged(honduras, import_id)
    assert outcomes(sheet) == {2: "ready", 3: "asked", 4: "asked", 5: "ready", 6: "ready"}
    assert len(sheet.by_question()) == 1
    answer(honduras, import_id, {3: "yes"})
    assert {
        row.line.number: (row.read["on"].found, row.read["on"].ends)
        for row in judged(honduras, import_id).ready
    } == {
        2: ("2021-03", ""),
        3: ("2021-04", ""),
        4: ("2021-05-03", "2021-05-05"),
        5: ("2022", ""),
        6: ("2022-06-14", ""),
    }


def test_r68_two_new_people_of_one_name_are_asked_about(honduras: Flask) -> None:
    """Given a name in rows of two offices and once more, when somebody says that they are two, then two
    people are added, whichever part of the saving adds them; else one.
    """
    filler = [
        [f"Persona Número {number:03d}", "Dirección de Migración", "Oficial", "2020-01-01", ""]
        for number in range(services.A_PART)
    ]
    first = ["José Ejemplo Paz", "Dirección de Migración", "Oficial", "2020-01-01", ""]
    other = ["Ejemplo Paz, José", "Dirección de Migración", "Jefe de sección", "2021-01-01", ""]
    rows = [first, *filler, other, ["José Ejemplo Paz", *first[1:3], "2018-01-01", "2019-12-31"]]
    words = ["".join(chr(65 + int(digit)) for digit in row[0][-3:]) for row in filler]
    for row, word in zip(filler, words, strict=True):
        row[0] = f"Persona {word.title()}"
    content = xlsx([["Nombre", "Institución", "Puesto", "Desde", "Hasta"], *rows])
    import_id = begin(honduras, ImportKind.ROSTER, content, country="HN")
    [[asked]] = judged(honduras, import_id).by_question()
    assert asked.line.number == len(filler) + 3
    answer(honduras, import_id, {asked.line.number: "two"})
    assert save(honduras, import_id).entered == len(rows)
    with honduras.app_context(), reading() as db:
        count = select(Person.full_name, func.count(Appointment.id)).join(
            Appointment, Appointment.person_id == Person.id
        )
        named = count.where(Person.full_name == "José Ejemplo Paz").group_by(Person.id)
        assert sorted(number for _name, number in db.execute(named)) == [1, 2]
    assert undo(honduras, import_id) == 0


def test_r68_a_cell_is_corrected_in_the_rehearsal_and_the_row_keeps_it(honduras: Flask) -> None:
    """Given a row with a wrong name, when somebody types what it should say, then the row enters so, the
    page says what stood there and who typed it, and it can be taken back. Over the pages.
    """
    client = honduras.test_client()
    sign_in(client, "organizer")
    content = xlsx([["Fecha", "Tema"], ["31/02/2021", "Reunion de puertos"]])
    import_id = begin(honduras, ImportKind.EVENTS, content)
    page = f"/history/{import_id}"

    def correct(field: str, says: str) -> str:
        form = {"answer": f"cell:2:{field}", "typed": says, "csrf_token": csrf_token(client)}
        sent = client.post(f"{page}/answers", data=form)
        assert sent.status_code in (303, 404, 422), sent.text
        return client.get(f"{page}?lang=es").text

    assert "Qué debe decir" in client.get(f"{page}?row=2&lang=es").text
    assert "Guardar 1 fila<" not in correct("title", "Reunión de puertos")
    shown = correct("on", "28/02/2021")
    assert "Guardar 1 fila<" in shown
    assert "Título de la fila 2: «Reunión de puertos»" in shown
    assert "La hoja dice «Reunion de puertos»." in shown
    assert "Guardar 1 fila<" not in correct("on", "31/02/2021"), "it is taken back"
    assert "Guardar 1 fila<" in correct("on", "28/02/2021")
    assert "Reunión de puertos" in correct("title", "x" * (services.LONGEST_CELL + 1))
    with honduras.app_context(), pytest.raises(NotFound), transaction() as db:
        services.answer_rows(
            db,
            actor=actor_of(honduras, "organizer"),
            import_id=import_id,
            key="cell:7:title",
            answer="x",
            now=clock.now(),
        )
    assert save(honduras, import_id).entered == 1
    with honduras.app_context(), reading() as db:
        [event] = db.scalars(select(Event))
        assert (event.title["es"], event.found_start) == ("Reunión de puertos", "2021-02-28")
    assert "La hoja dice «31/02/2021»." in client.get(f"{page}?lang=es").text


def test_drafts_forget_people_and_go_once_all_is_on_record(honduras: Flask) -> None:
    """A sheet of several countries keeps rows of people not known yet: whoever is erased goes from it,
    with shorter spellings and what was typed; their copy has the rows with their address; and what is on
    record altogether is dropped.
    """
    with honduras.app_context(), transaction() as db:
        office = an_institution(db, "GT")
        _appointment, person_id = an_official(db, office, name="Ana Lucía López Paz")
        db.get_one(Person, person_id).email = "ana@example.org"
    rows = [
        ["Fecha", "Evento", "Nombre", "Apellidos", "País", "Correo"],
        ["14/03/2023", "Un evento", "Ana", "López", "Guatemala", ""],
        ["14/03/2023", "Un evento", "A.", "López", "Guatemala", "Ana@example.org"],
        ["14/03/2023", "Un evento", "Berta", "Ejemplo Ruiz", "Guatemala", ""],
        ["14/03/2023", "Un evento", "Carla", "Ejemplo Ruiz", "Honduras", ""],
    ]
    import_id = begin(honduras, ImportKind.ATTENDANCE, xlsx(rows))
    organizer = actor_of(honduras, "organizer")

    def kept() -> list[str]:
        with honduras.app_context(), reading() as db:
            row = db.get_one(HistoryImport, import_id)
            return [*(cells[2] for cells in row.rows if cells), *map(str, row.corrections)]

    with honduras.app_context(), transaction() as db:
        services.answer_rows(
            db,
            actor=organizer,
            import_id=import_id,
            key="cell:4:name",
            answer="Ana Lucía López",
            now=clock.now(),
        )
        copy = queries.personal_data(db, person_id)["history_not_entered"]
        assert [one["row"] for one in copy] == [3]
        services.erase_person(db, person_id=person_id, now=clock.now())
    assert kept() == ["Nombre", "Carla"]
    with honduras.app_context(), transaction() as db:
        services.forget_country(db, country_code="HN", names=["Carla Ejemplo Ruiz"])
    assert kept() == ["Nombre"]

    events = xlsx([["Fecha", "Tema"], ["14/03/2021", "Reunión de puertos"]])
    first, same, later = (begin(honduras, ImportKind.EVENTS, events) for _time in range(3))
    other = begin(honduras, ImportKind.EVENTS, xlsx([["Fecha", "Tema"], ["2020", "Otra"]]))
    with honduras.app_context(), transaction() as db:
        db.get_one(HistoryImport, later).rows = [["Tema"], ["Reunión de puertos", "14/03/2021"]]
        db.get_one(HistoryImport, later).meanings = {"1": "on"}
    save(honduras, first)
    with honduras.app_context(), transaction() as db:
        assert db.get(HistoryImport, same) is None, "the same sheet is not kept a second time"
        day_after = clock.now() + services.DAY + services.DAY
        assert services.let_sheets_go(db, today=clock.today(), now=day_after) == 1
        assert db.get(HistoryImport, later) is None
        assert db.get(HistoryImport, other) is not None
