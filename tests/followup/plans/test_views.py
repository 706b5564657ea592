"""The page of a work table: its grid, what is pasted into it, its members, the steps of its plan."""

import re
from collections.abc import Sequence
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader
from sqlalchemy import select

from app.followup.agreements.models import Agreement, AgreementParty
from app.followup.agreements.queries.agreements import AgreementChoices
from app.followup.agreements.services.events import record_finding
from app.followup.agreements.values import FindingDraft, FindingKind
from app.followup.plans.forms.table import read_table
from app.followup.plans.models import TableMember, WorkPlan
from app.followup.plans.services import add_member, remove_plan_activity, submit_plan
from app.infra.database import reading, transaction
from app.kernel.actor import Actor
from app.kernel.refusal import InvalidInput
from app.kernel.text import LocalizedText, is_printable
from tests.followup.agreements.world import NOW, RAPPORTEUR
from tests.followup.plans.test_plans import (
    DECISION,
    OF_GUATEMALA,
    an_institution,
    validated,
    world,
    written,
)
from tests.planning.events.planning_builders import (
    FOCAL_POINT,
    OFFICIAL,
    ORGANIZER,
    PRESIDENCY,
    act_as,
)
from tests.planning.events.rows import counted_statements
from tests.support.actors import csrf_token
from tests.support.two_writers import carried

pytestmark = pytest.mark.at(NOW)
TYPED = {
    "text_es": "Abrir atención dominical",
    "text_en": "",
    "countries": ["HN", "GT"],
    "due": "2027-09-30",
    "indicator": "consulados con horario de domingo",
    "target": "4",
    "gender_marker": "2",
    "section": "",
    "funding_source": "",
}
HTMX = {"HX-Request": "true", "HX-Current-URL": "http://localhost/"}
PASTED = (
    "N.º\tActividad\tResponden\tVence\tIndicador\tMeta\tGénero\n"
    "1\tAbrir los domingos\tHN, Guatemala\t30 sep 2027\tconsulados\t4\t2\n"
    "2\tGuía breve\tHonduras y GT\t31/5/2028\tpaíses\t8\ten parte\n"
)


@pytest.fixture
def table(app: Flask) -> int:
    """A table whose rapporteur reads and writes."""
    act_as(app, RAPPORTEUR)
    with app.app_context(), transaction() as db:
        return world(db)


def send(client: FlaskClient, path: str, **data: Any) -> Any:
    headers = data.pop("headers", None)
    return client.post(path, headers=headers, data={"csrf_token": csrf_token(client), **data})


def page(table: int) -> str:
    return f"/work-tables/{table}"


def activities(app: Flask) -> list[Agreement]:
    with app.app_context(), reading() as db:
        in_plans = select(Agreement).where(Agreement.plan_id.is_not(None))
        return list(db.scalars(in_plans.order_by(Agreement.plan_id, Agreement.number)))


def plan_of(app: Flask, table: int) -> WorkPlan:
    with app.app_context(), reading() as db:
        return db.scalars(select(WorkPlan).where(WorkPlan.work_table_id == table)).one()


def submitted(app: Flask, table: int, *numbers: int) -> None:
    with app.app_context(), transaction() as db:
        written(db, table, *(numbers or (1,)))
        submit_plan(db, actor=RAPPORTEUR, work_table_id=table, now=NOW)


def test_a_row_is_written_changed_and_removed_in_the_grid(
    app: Flask, client: FlaskClient, table: int
) -> None:
    assert 'name="gender_marker"' in client.get(f"{page(table)}/activities/new").text
    done = send(client, f"{page(table)}/activities", **TYPED, action="another")
    assert (done.status_code, done.location) == (303, f"{page(table)}/activities/new#new")
    [row] = activities(app)
    assert (row.text["es"], row.due, row.gender_marker) == (
        "Abrir atención dominical",
        date(2027, 9, 30),
        2,
    )
    with app.app_context(), reading() as db:
        assert set(db.scalars(select(AgreementParty.key))) == {"HN", "GT"}
    shown = client.get(page(table)).text
    assert "Abrir atención dominical" in shown
    assert "30 sept 2027" in shown
    assert 'title="Honduras">HN<' in shown
    assert "No falta nada: se puede enviar." in shown
    own = f"{page(table)}/activities/{row.id}"
    form = client.get(own).text
    assert 'value="consulados con horario de domingo"' in form
    send(client, own, **(TYPED | {"target": "6"}), seen=carried(form, "seen"))
    assert activities(app)[0].target == "6"
    send(client, f"{own}/removal")
    assert activities(app) == []


def test_what_is_wrong_stands_at_its_field_and_what_was_typed_is_kept(
    app: Flask, client: FlaskClient, table: int
) -> None:
    wrong = TYPED | {
        "text_es": "á" * 2001,
        "countries": ["XX"],
        "due": "mañana",
        "gender_marker": "7",
        "section": "99.9",
        "indicator": "i" * 201,
    }
    refused = send(client, f"{page(table)}/activities", **wrong)
    assert refused.status_code == 422
    for named in ("text_es", "countries-0", "due", "indicator", "gender_marker-0", "section"):
        assert f'href="#{named}"' in refused.text
        assert f'id="{named}"' in refused.text
    assert 'value="mañana"' in refused.text
    assert activities(app) == []
    empty = send(client, f"{page(table)}/activities", **(TYPED | {"text_es": ""}))
    assert (empty.status_code, 'href="#text_es"' in empty.text) == (422, True)


def test_of_two_in_one_row_the_second_sees_both(
    app: Flask, client: FlaskClient, table: int
) -> None:
    with app.app_context(), transaction() as db:
        [one] = written(db, table, 1)
    own = f"{page(table)}/activities/{one}"
    form = client.get(own).text
    seen = carried(form, "seen")
    send(client, own, **(TYPED | {"text_es": "De la primera"}), seen=seen)
    second = send(client, own, **(TYPED | {"text_es": "De la segunda"}), seen=seen)
    assert second.status_code == 409
    for both in ("De la primera", "De la segunda", "Lo que guardó la otra persona"):
        assert both in second.text
    assert activities(app)[0].text["es"] == "De la primera"
    again = send(
        client,
        own,
        **(TYPED | {"text_es": "De la segunda"}),
        seen=carried(second.text, "seen"),
    )
    assert again.status_code == 303
    assert activities(app)[0].text["es"] == "De la segunda"


def test_a_new_row_that_saves_itself_is_one_activity(
    app: Flask, client: FlaskClient, table: int
) -> None:
    """The first save answers with the number of the activity, which the next one carries."""
    path, nothing = f"{page(table)}/activities", TYPED | {"text_es": "", "activity": ""}
    blank = send(client, path, headers=HTMX, **nothing)
    assert (blank.status_code, blank.text) == (200, "")
    begun = send(client, path, headers=HTMX, text_es="Abrir los do", activity="")
    number, seen = carried(begun.text, "activity"), carried(begun.text, "seen")
    assert "Guardado hoy" in begun.text
    assert "Falta: quién responde, el día, el indicador y el marcador de género" in begun.text
    assert "A una le falta algo" in begun.text, "what the page says of the whole plan"
    done = send(client, path, headers=HTMX, **TYPED, activity=number, seen=seen)
    assert "Falta:" not in done.text
    assert "No falta nada: se puede enviar." in done.text
    assert "1 con «2 es su fin»" in done.text
    [row] = activities(app)
    assert (row.text["es"], row.target) == ("Abrir atención dominical", "4")
    pressed = send(
        client,
        path,
        **(TYPED | {"target": "6"}),
        activity=number,
        seen=carried(done.text, "seen"),
        action="another",
    )
    assert pressed.location == f"{page(table)}/activities/new#new"
    assert [one.target for one in activities(app)] == ["6"]


def test_a_row_that_saves_itself_says_why_it_did_not(
    app: Flask, client: FlaskClient, table: int
) -> None:
    with app.app_context(), transaction() as db:
        [one] = written(db, table, 1)
    own = f"{page(table)}/activities/{one}"
    form = client.get(own).text
    assert f'hx-post="{own}"' in form
    told = send(client, own, headers=HTMX, **(TYPED | {"indicator": "i" * 201}))
    assert (told.status_code, "200 caracteres" in told.text) == (422, True)
    assert 'name="seen"' not in told.text
    assert "Guardado" not in told.text


def test_a_row_never_replaces_by_itself_what_somebody_else_saved(
    app: Flask, client: FlaskClient, table: int
) -> None:
    with app.app_context(), transaction() as db:
        [one] = written(db, table, 1)
    own = f"{page(table)}/activities/{one}"
    seen = carried(client.get(own).text, "seen")
    send(client, own, **(TYPED | {"text_es": "De la primera"}), seen=seen)
    for letters in ("De la", "De la segunda"):
        told = send(client, own, headers=HTMX, **(TYPED | {"text_es": letters}), seen=seen)
        assert told.status_code == 409
        assert "Lo que guardó la otra persona" in told.text
        assert "De la primera" in told.text
        assert 'name="seen"' not in told.text, "with the new mark the next letter would replace it"
    assert activities(app)[0].text["es"] == "De la primera"
    pressed = send(client, own, **(TYPED | {"text_es": "De la segunda"}), seen=seen)
    assert pressed.status_code == 409
    assert "hx-post" not in pressed.text, "its writer has both before them and presses the button"


def test_a_new_row_whose_activity_was_removed_meanwhile_waits_for_its_button(
    app: Flask, client: FlaskClient, table: int
) -> None:
    with app.app_context(), transaction() as db:
        [one] = written(db, table, 1)
        remove_plan_activity(db, actor=ORGANIZER, work_table_id=table, activity_id=one, now=NOW)
    typed = TYPED | {"activity": str(one), "seen": "0" * 16}
    told = send(client, f"{page(table)}/activities", headers=HTMX, **typed)
    assert (told.status_code, "Alguien quitó esta actividad" in told.text) == (409, True)
    assert activities(app) == []
    pressed = send(client, f"{page(table)}/activities", **typed)
    assert pressed.status_code == 409
    assert 'name="activity" type="hidden" value=""' in pressed.text
    again = send(client, f"{page(table)}/activities", **(typed | {"activity": ""}))
    assert again.status_code == 303
    assert len(activities(app)) == 1


def test_marker_of_blanks_is_none(app: Flask, client: FlaskClient, table: int) -> None:
    sent = send(client, f"{page(table)}/activities", **(TYPED | {"gender_marker": " "}))
    assert sent.status_code == 303
    [row] = activities(app)
    assert row.gender_marker is None


def test_a_row_that_somebody_removed_meanwhile_is_not_lost(
    app: Flask, client: FlaskClient, table: int
) -> None:
    with app.app_context(), transaction() as db:
        [one] = written(db, table, 1)
        remove_plan_activity(db, actor=ORGANIZER, work_table_id=table, activity_id=one, now=NOW)
    answer = send(client, f"{page(table)}/activities/{one}", **TYPED, seen="0" * 16)
    assert answer.status_code == 409
    assert "Alguien quitó esta actividad" in answer.text
    assert "Abrir atención dominical" in answer.text
    assert f'action="{page(table)}/activities"' in answer.text


def test_what_was_typed_is_kept_when_the_plan_was_submitted_meanwhile(
    app: Flask, client: FlaskClient, table: int
) -> None:
    submitted(app, table)
    answer = send(client, f"{page(table)}/activities", **TYPED)
    assert answer.status_code == 409
    assert "Este plan ya se envió." in answer.text
    assert "Abrir atención dominical" in answer.text


def test_a_pasted_table_is_shown_as_understood_before_it_is_saved(
    app: Flask, client: FlaskClient, table: int
) -> None:
    path = f"{page(table)}/paste"
    shown = send(client, path, table=PASTED, action="read")
    assert shown.status_code == 200
    for understood in ("30 sept 2027", "31 may 2028", "1 en parte", "Añadir 2 actividades"):
        assert understood in shown.text
    assert activities(app) == []
    done = send(client, path, table=PASTED, action="add")
    assert (done.status_code, done.location) == (303, f"{page(table)}#activities")
    assert [(one.number, one.gender_marker, one.target) for one in activities(app)] == [
        (1, 2, "4"),
        (2, 1, "8"),
    ]
    with app.app_context(), reading() as db:
        assert len(list(db.scalars(select(AgreementParty.key)))) == 4


@pytest.mark.parametrize(
    ("days", "understood"),
    [
        (("3/4/2027", "30/5/2027"), ("3 abr 2027", "30 may 2027")),
        (("3/4/2027", "5/30/2027"), ("4 mar 2027", "30 may 2027")),
    ],
    ids=["day first", "month first"],
)
def test_pasted_days_are_read_in_the_order_that_the_column_shows(
    client: FlaskClient, table: int, days: Sequence[str], understood: Sequence[str]
) -> None:
    lines = "".join(f"Actividad {day}\t{day}\n" for day in days)
    shown = send(client, f"{page(table)}/paste", table=f"Activity\tDeadline\n{lines}").text
    assert all(f">{day}</td>" in shown for day in understood)
    assert f"«{days[0]}» se lee como {understood[0]}." in shown


def test_pasted_parties_are_known_by_every_name_that_people_use(
    client: FlaskClient, table: int
) -> None:
    table_text = (
        "ACTIVIDAD\tRESPONSABLE(S)\tAvance\n"
        "Uno\tEE. UU., Rep. Dominicana y MEX\t40 %\n"
        "Dos\tHN-GT\t\n"
        "Tres\tSecretaría Técnica / PPT\t\n"
        '"Una línea\nque sigue"\tBelize and Panama\t\n'
    )
    shown = send(client, f"{page(table)}/paste", table=table_text)
    assert shown.status_code == 200
    parties = re.findall(r'class="country-code">([^<]+)<', shown.text)
    assert parties == ["US", "DO", "MX", "HN", "GT", "Secretaría", "Presidencia", "BZ", "PA"]
    assert "Una línea que sigue" in shown.text
    assert "ninguna columna se llama así: Avance." in shown.text


@pytest.mark.both_databases
def test_signs_that_no_database_keeps_are_passed_over_in_a_paste(
    app: Flask, client: FlaskClient, table: int
) -> None:
    text = "Abrir\u200b\x0bconsulados\u2028nuevos\t\x1fHN\n"
    assert send(client, f"{page(table)}/paste", table=text, action="add").status_code == 303
    assert [one.text["es"] for one in activities(app)] == ["Abrir consulados nuevos"]


ODD = st.text(
    st.one_of(
        st.sampled_from("\t\n,;|\"'=+-@ /.-\u00a0\u200b\x00\x0b\u2028²٣áÑHNGT0123456789"),
        st.characters(),
    ),
    max_size=80,
)
WORDS = st.sampled_from(["Actividad", "Vence", "HN", "31 feb 2027", "9999-12-31", "dic 9999", "2"])


@given(st.lists(st.lists(ODD | WORDS, max_size=5), max_size=6))
@settings(max_examples=200, deadline=None)
def test_whatever_is_pasted_is_read_or_refused_in_a_sentence(rows: list[list[str]]) -> None:
    offered = AgreementChoices((), (), (), {})
    text = "\n".join("\t".join(cells) for cells in rows)
    try:
        rows_read = read_table(
            text, offered=offered, spellings={}, language="es", today=NOW.date()
        ).rows
    except InvalidInput:
        return
    assert all(row.reasons or is_printable(row.draft.text["es"]) for row in rows_read)


def test_lines_that_are_not_understood_say_why_and_nothing_is_saved(
    app: Flask, client: FlaskClient, table: int
) -> None:
    wrong = PASTED + "3\tCampaña\tMarte, HN\t31 feb 2028\tx\t1\tmucho\n"
    for action in ("read", "add"):
        answer = send(client, f"{page(table)}/paste", table=wrong, action=action)
        assert answer.status_code == 422
        for reason in ("«Marte» no es", "«31 feb 2028» no es un día", "«mucho» no es"):
            assert reason in answer.text
        assert "Campaña\tMarte, HN" in answer.text, "what was pasted is kept"
        assert 'value="add"' not in answer.text
    assert activities(app) == []
    for nothing in ("", "\n\n", "Actividad\tVence\n"):
        assert send(client, f"{page(table)}/paste", table=nothing).status_code == 422


def test_a_plan_is_seen_as_the_document_that_would_be_submitted(
    app: Flask, client: FlaskClient, table: int
) -> None:
    send(client, f"{page(table)}/activities", **TYPED)
    send(client, f"{page(table)}/activities", text_es="Guía breve")
    assert f'href="{page(table)}/plan.pdf"' in client.get(page(table)).text
    pdf = client.get(f"{page(table)}/plan.pdf")
    assert (pdf.mimetype, pdf.headers["Cache-Control"]) == ("application/pdf", "private, no-store")
    [paper] = PdfReader(BytesIO(pdf.data)).pages
    text = " ".join(paper.extract_text().split())
    for said in (
        "Borrador, sin enviar.",
        "Aún incompleta: actividad 2.",
        "Abrir atención dominical",
        "consulados con horario de domingo: 4",
        "Guatemala, Honduras",
        "30 sept 2027",
    ):
        assert said in text
    act_as(app, FOCAL_POINT)
    assert client.get(f"{page(table)}/plan.pdf").status_code == 404


def test_the_document_of_a_validated_plan_names_its_decision(
    app: Flask, client: FlaskClient, table: int
) -> None:
    with app.app_context(), transaction() as db:
        validated(db, table, 1)
    act_as(app, OFFICIAL)
    pdf = client.get(f"{page(table)}/plan.pdf?lang=en")
    text = " ".join(one.extract_text() for one in PdfReader(BytesIO(pdf.data)).pages)
    assert f"by {DECISION}." in " ".join(text.split())
    assert "Draft" not in text


def test_findings_become_activities_by_one_tick(
    app: Flask, client: FlaskClient, table: int
) -> None:
    text = LocalizedText(es="Faltan intérpretes de lenguas indígenas")
    with app.app_context(), transaction() as db:
        draft = FindingDraft(FindingKind.FINDING, text)
        finding = record_finding(db, actor=ORGANIZER, work_table_id=table, draft=draft, now=NOW)
    assert f'id="finding-{finding}"' in client.get(page(table)).text
    done = send(client, f"{page(table)}/findings", finding=[str(finding)])
    assert done.status_code == 303
    [row] = activities(app)
    assert (row.text, row.finding_id, row.is_draft) == (text, finding, True)
    shown = client.get(page(table)).text
    assert "De un hallazgo de la mesa" in shown
    assert f'id="finding-{finding}"' not in shown


def test_no_finding_ticked_is_said_and_changes_nothing(
    app: Flask, client: FlaskClient, table: int
) -> None:
    answer = send(client, f"{page(table)}/findings")
    assert answer.status_code == 422
    assert "Marque al menos un hallazgo." in answer.text
    assert activities(app) == []


def test_r8_an_activity_without_a_section_is_flagged_in_the_plan(
    app: Flask, client: FlaskClient, table: int
) -> None:
    send(client, f"{page(table)}/activities", **TYPED)
    shown = client.get(page(table)).text
    assert "Conviene añadir: una sección de los Lineamientos" in shown
    assert "No falta nada: se puede enviar." in shown


def test_a_rapporteur_is_offered_the_institutions_of_all_countries(
    app: Flask, client: FlaskClient, table: int
) -> None:
    with app.app_context(), transaction() as db:
        ids = [an_institution(db, code, "labour") for code in ("GT", "HN")]
    shown = client.get(f"{page(table)}/members").text
    assert all(f'value="{one}"' in shown for one in ids)
    assert send(client, f"{page(table)}/members", institution=str(ids[0])).status_code == 303


def test_a_focal_point_joins_no_table_by_themselves(
    app: Flask, client: FlaskClient, table: int
) -> None:
    with app.app_context(), transaction() as db:
        own = an_institution(db, "HN", "labour")
        validated(db, table, 1)
    act_as(app, FOCAL_POINT)
    assert f"{page(table)}/members" not in client.get(page(table)).text
    assert send(client, f"{page(table)}/members", institution=str(own)).status_code == 403
    with app.app_context(), reading() as db:
        assert db.scalars(select(TableMember.id)).all() == []


def test_r11_the_page_warns_of_a_country_whose_members_come_from_one_sector(
    app: Flask, client: FlaskClient, table: int
) -> None:
    with app.app_context(), transaction() as db:
        first, second, other = (
            an_institution(db, "HN", kind) for kind in ("migration", "interior", "womens-mechanism")
        )
    path = f"{page(table)}/members"
    act_as(app, ORGANIZER)
    for one in (first, second):
        assert send(client, path, institution=str(one), sector="").status_code == 303
    warning = "Las 2 integrantes de Honduras vienen de un solo sector: migración."
    assert warning in client.get(page(table)).text
    send(client, path, institution=str(other), sector="")
    assert warning not in client.get(page(table)).text
    with app.app_context(), reading() as db:
        women = db.scalars(select(TableMember.id).where(TableMember.sector == "women")).one()
    send(client, f"{path}/{women}/sector", sector="migration")
    assert "Las 3 integrantes de Honduras" in client.get(page(table)).text
    assert send(client, f"{path}/{women}/sector", sector="x").status_code == 422
    send(client, f"{path}/{women}/removal")
    assert warning in client.get(page(table)).text


def test_a_focal_point_is_offered_the_institutions_of_their_country(
    app: Flask, client: FlaskClient, table: int
) -> None:
    with app.app_context(), transaction() as db:
        own, other = (an_institution(db, code, "labour") for code in ("GT", "HN"))
        add_member(db, actor=ORGANIZER, work_table_id=table, institution_id=own, now=NOW)
        second = an_institution(db, "GT", "migration")
    act_as(app, OF_GUATEMALA)
    shown = client.get(f"{page(table)}/members").text
    assert f'value="{second}"' in shown
    assert f'value="{other}"' not in shown
    path = f"{page(table)}/members"
    assert send(client, path, institution=str(other), sector="").status_code == 422


def test_r12_submitted_sent_back_and_validated_on_the_page(
    app: Flask, client: FlaskClient, table: int
) -> None:
    with app.app_context(), transaction() as db:
        written(db, table, 1, 2)
    assert send(client, f"{page(table)}/submission").status_code == 303
    assert plan_of(app, table).state == "submitted"
    act_as(app, PRESIDENCY)
    empty = send(client, f"{page(table)}/return", note="")
    assert (empty.status_code, 'href="#note"' in empty.text) == (422, True)
    note = {"note": "Con un arreglo lo validamos.", "ask-2": "Poner la meta en personas."}
    assert send(client, f"{page(table)}/return", **note).status_code == 303
    act_as(app, RAPPORTEUR)
    shown = client.get(page(table)).text
    assert "Con un arreglo lo validamos." in shown
    assert "Poner la meta en personas." in shown
    assert "Ir a la 2" in shown
    send(client, f"{page(table)}/submission")
    refused = send(client, f"{page(table)}/validation", decision_ref=DECISION)
    assert refused.status_code == 409
    assert "Solo la presidencia valida un plan." in refused.text
    assert plan_of(app, table).state == "submitted"
    act_as(app, PRESIDENCY)
    empty = send(client, f"{page(table)}/validation", decision_ref=" ")
    assert (empty.status_code, 'href="#decision_ref"' in empty.text) == (422, True)
    assert send(client, f"{page(table)}/validation", decision_ref=DECISION).status_code == 303
    plan = plan_of(app, table)
    assert (plan.state, plan.decision_ref, plan.validated_at, plan.validated_by) == (
        "validated",
        DECISION,
        NOW,
        PRESIDENCY.account_id,
    )
    act_as(app, RAPPORTEUR)
    shown = client.get(page(table)).text
    assert DECISION in shown
    for gone in ("/activities/new", "/paste", "/submission", "/validation", "/return"):
        assert gone not in shown
    row = activities(app)[0]
    late = send(client, f"{page(table)}/activities/{row.id}", **TYPED, seen="")
    assert late.status_code == 409
    assert activities(app)[0].text == row.text


def test_a_plan_that_lacks_something_is_not_submitted(
    app: Flask, client: FlaskClient, table: int
) -> None:
    send(
        client, f"{page(table)}/activities", text_es="Solo el texto", section="", funding_source=""
    )
    shown = client.get(page(table)).text
    assert "Falta: quién responde, el día, el indicador y el marcador de género" in shown
    refused = send(client, f"{page(table)}/submission")
    assert refused.status_code == 409
    assert "Faltan en: 1" in refused.text or "Falta en: 1" in refused.text
    assert plan_of(app, table).state == "draft"


WHO: dict[str, Actor] = {
    "rapporteur": RAPPORTEUR,
    "organizer": ORGANIZER,
    "presidency": PRESIDENCY,
    "focal point of a member": OF_GUATEMALA,
    "focal point of another country": FOCAL_POINT,
    "official": OFFICIAL,
}
ACTS = ("read", "write", "submit", "send back", "validate")
ALLOWED: dict[str, dict[str, set[str]]] = {
    "draft": {
        "rapporteur": {"read", "write", "submit"},
        "organizer": {"read", "write", "submit"},
        "presidency": {"read", "write", "submit"},
        "focal point of a member": {"read", "write"},
        "focal point of another country": set(),
        "official": set(),
    },
    "submitted": {
        "rapporteur": {"read"},
        "organizer": {"read", "send back"},
        "presidency": {"read", "send back", "validate"},
        "focal point of a member": {"read"},
        "focal point of another country": set(),
        "official": set(),
    },
    "validated": {name: {"read"} for name in WHO},
}
ANSWERS = {"write": "activities", "submit": "submission", "send back": "return"}


@pytest.mark.parametrize("state", ALLOWED)
@pytest.mark.parametrize("who", WHO)
def test_who_may_do_what_in_which_state(
    app: Flask, client: FlaskClient, table: int, state: str, who: str
) -> None:
    """The page offers exactly what the table of states allows, and the rest is refused."""
    with app.app_context(), transaction() as db:
        member = an_institution(db, "GT", "migration")
        add_member(db, actor=ORGANIZER, work_table_id=table, institution_id=member, now=NOW)
        if state == "validated":
            validated(db, table, 1)
        else:
            written(db, table, 1)
        if state == "submitted":
            submit_plan(db, actor=RAPPORTEUR, work_table_id=table, now=NOW)
    act_as(app, WHO[who])
    allowed = ALLOWED[state][who]
    answer = client.get(page(table))
    assert (answer.status_code == 200) is ("read" in allowed)
    offered = {
        "write": "/activities/new",
        "submit": "/submission",
        "send back": "/return",
        "validate": "/validation",
    }
    for act, address in offered.items():
        assert (f"{page(table)}{address}" in answer.text) is (act in allowed), act
    sent: dict[str, dict[str, Any]] = {
        "activities": TYPED,
        "submission": {},
        "return": {"note": "Con un arreglo."},
        "validation": {"decision_ref": DECISION},
    }
    for act, address in offered.items():
        if act in allowed:
            continue
        path = address.removesuffix("/new")
        refused = send(client, f"{page(table)}{path}", **sent[path.strip("/")])
        assert refused.status_code in (403, 404, 409), act
    assert plan_of(app, table).state == state
    assert len(activities(app)) == 1


def test_a_draft_shows_nothing_to_a_country_that_does_not_sit_at_the_table(
    app: Flask, client: FlaskClient, table: int
) -> None:
    with app.app_context(), transaction() as db:
        member = an_institution(db, "GT", "migration")
        add_member(db, actor=ORGANIZER, work_table_id=table, institution_id=member, now=NOW)
        written(db, table, 1)
    act_as(app, OF_GUATEMALA)
    assert "Actividad 1" in client.get(page(table)).text
    act_as(app, FOCAL_POINT)
    for path in ("", "/paste", "/members", "/activities/new"):
        answer = client.get(page(table) + path)
        assert answer.status_code == 404
        assert "Actividad 1" not in answer.text
    edition = client.get("/editions/iii").text
    assert "Borrador" in edition
    assert page(table) not in edition
    assert "Actividad 1" not in edition


def test_the_edition_leads_to_the_plans_of_its_tables(
    app: Flask, client: FlaskClient, table: int
) -> None:
    assert f'href="{page(table)}"' in client.get("/editions/iii").text


def test_statements_do_not_grow_with_activities(
    app: Flask, client: FlaskClient, table: int
) -> None:
    counts = []
    for numbers in ((1,), (2, 3)):
        with app.app_context(), transaction() as db:
            written(db, table, *numbers)
        client.get(page(table))
        with counted_statements(app) as statements:
            client.get(page(table))
        counts.append(len(statements))
    assert counts[0] == counts[1]
