"""Pages of the Guidelines: what refers to a section, for whom, and the trace both ways."""

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import yaml
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.followup.agreements.models import Agreement
from app.followup.agreements.services.activities import plan_webinar
from app.followup.agreements.services.events import record_finding
from app.followup.agreements.values import FindingDraft, FindingKind
from app.followup.guidelines.queries import references, section_page, trace_of
from app.followup.matrix.queries import country_matrix
from app.followup.matrix.services import (
    add_row,
    confirm_unchanged,
    publish_period,
    send_matrix,
    write_row,
)
from app.followup.matrix.values import InstrumentType, RowKind, RowSharing
from app.followup.plans.services import submit_plan, take_findings, validate_plan, write_activity
from app.infra.database import transaction
from app.kernel.actor import ANONYMOUS, SYSTEM, Actor
from app.kernel.refusal import NotAllowed, NotFound
from app.kernel.text import LocalizedText
from app.participation.materials.services import add_material
from app.participation.materials.values import MaterialDraft, MaterialKind, Visibility
from app.planning.events.models import Event
from app.training.learning.forms.folder import parse_course
from app.training.learning.rules.citing import codes_in, linked
from app.training.learning.services.publishing import publish_edition
from app.training.learning.values import CourseContent
from app.training.library.models import GuidelineSection, GuidelineVersion
from app.training.library.services import open_version, write_section
from app.training.library.values import SectionDraft, SectionText
from tests.followup.agreements.world import NOW, RAPPORTEUR, a_meeting, a_table, agreed
from tests.followup.matrix.test_matrix import AFTER, OF_GUATEMALA, TODAY, a_fact, a_period
from tests.followup.plans.test_plans import an_activity
from tests.planning.events.planning_builders import (
    FOCAL_POINT,
    OFFICIAL,
    ORGANIZER,
    PRESIDENCY,
    act_as,
    furnish,
)
from tests.planning.events.rows import counted_statements
from tests.support.actors import csrf_token
from tests.training.learning.builders import another_course, both, practised_files

pytestmark = pytest.mark.at(NOW)
BOTH = pytest.mark.both_databases
SECTION = "III.1"
PAGE = f"/guidelines/sections/{SECTION}"
INSTRUMENT = LocalizedText(es="Protocolo de atención dominical.", en="Protocol of Sunday service.")


def a_version(db: Session) -> int:
    version = GuidelineVersion(
        label="2019",
        title=LocalizedText(es="Lineamientos", en="Guidelines"),
        source_note=LocalizedText(),
        pdf_url="https://example.org/lineamientos.pdf",
    )
    db.add(version)
    db.flush()
    db.add_all(
        GuidelineSection(
            guideline_version_id=version.id,
            code=code,
            position=position,
            title=LocalizedText(es=f"Título {code}", en=f"Title {code}"),
            summary=LocalizedText(es=f"Resumen {code}", en=f"Summary {code}"),
            page=12 + position,
        )
        for position, code in enumerate(("II.1", SECTION, "III.10"), start=1)
    )
    db.flush()
    return version.id


def chain(db: Session, facts: int = 1) -> dict[str, Any]:
    """A finding of a table becomes a validated activity of Honduras; Honduras reports a rule that
    carries it out, and `facts` new things, and the period is published. One agreement and one
    material cite the section too.
    """
    furnish(db)
    a_version(db)
    congress = a_meeting(db, "congress")
    table = a_table(db, rapporteur=2)
    finding = record_finding(
        db,
        actor=RAPPORTEUR,
        work_table_id=table,
        draft=FindingDraft(
            FindingKind.FINDING,
            LocalizedText(
                es="Las citas excluyen a quien cuida.", en="Appointments exclude carers."
            ),
            SECTION,
        ),
        now=NOW,
    )
    [activity] = take_findings(
        db, actor=RAPPORTEUR, work_table_id=table, finding_ids=frozenset({finding}), now=NOW
    )
    write_activity(
        db,
        actor=RAPPORTEUR,
        work_table_id=table,
        draft=an_activity(1, section=SECTION, finding_id=finding),
        activity_id=activity,
        now=NOW,
    )
    agreement = agreed(db, congress, 14, section=SECTION)
    submit_plan(db, actor=RAPPORTEUR, work_table_id=table, now=NOW)
    validate_plan(db, actor=PRESIDENCY, work_table_id=table, decision_ref="Decisión 9", now=NOW)
    material = add_material(
        db,
        actor=ORGANIZER,
        event_id=congress,
        draft=MaterialDraft(
            MaterialKind.FACT_SHEET,
            LocalizedText(es="Nueve preguntas", en="Nine questions"),
            "es",
            Visibility.MEMBERS,
            url="https://example.org/nueve",
            sections=(SECTION,),
            theme="consulados",
        ),
        file_key="",
        now=NOW,
    )
    period = a_period(db)
    _report(db, period, activity, facts)
    publish_period(db, actor=ORGANIZER, period_id=period, now=AFTER)
    return {
        "congress": congress,
        "finding": finding,
        "activity": activity,
        "agreement": agreement,
        "material": material,
        "table": table,
    }


def _report(db: Session, period: int, activity: int, facts: int) -> None:
    matrix = country_matrix(db, actor=FOCAL_POINT, period_id=period, country="HN", today=TODAY)
    row = next(one for one in matrix.agreed if one.agreement_id == activity)
    write_row(
        db,
        actor=FOCAL_POINT,
        row_id=row.id,
        draft=a_fact(
            fact=INSTRUMENT,
            kind=RowKind.REGULATORY,
            instrument_type=InstrumentType.PROTOCOL,
            instrument_date=TODAY - timedelta(days=30),
        ),
        now=NOW,
    )
    for number in range(facts):
        fact = LocalizedText(es=f"Hecho {number}.", en=f"Fact {number}.")
        draft = a_fact(fact=fact, sharing=RowSharing.REGION if number else RowSharing.COUNTRY)
        add_row(db, actor=FOCAL_POINT, period_id=period, country="HN", draft=draft, now=NOW)
    confirm_unchanged(db, actor=FOCAL_POINT, period_id=period, country="HN", now=NOW)
    send_matrix(db, actor=FOCAL_POINT, period_id=period, country="HN", now=NOW)


@pytest.fixture
def made(app: Flask) -> dict[str, Any]:
    act_as(app, ORGANIZER)
    with app.app_context(), transaction() as db:
        return chain(db)


def test_r8_an_activity_without_a_section_is_flagged(app: Flask, client: FlaskClient) -> None:
    act_as(app, ORGANIZER)
    with app.app_context(), transaction() as db:
        furnish(db)
        a_version(db)
        a_meeting(db, "congress")
        table = a_table(db, rapporteur=2)
        number = write_activity(
            db, actor=RAPPORTEUR, work_table_id=table, draft=an_activity(), now=NOW
        )
        submit_plan(db, actor=RAPPORTEUR, work_table_id=table, now=NOW)
        validate_plan(db, actor=PRESIDENCY, work_table_id=table, decision_ref="D 9", now=NOW)
    assert "Sin sección de los Lineamientos" in client.get(f"/agreements/{number}").text


def test_r8_the_page_of_a_section_lists_what_refers_to_it(
    app: Flask, client: FlaskClient, made: dict[str, Any]
) -> None:
    with app.app_context(), transaction() as db:
        webinar = plan_webinar(db, actor=ORGANIZER, activity_id=made["activity"], now=AFTER)
    page = client.get(PAGE).text
    assert "Resumen III.1" in page
    assert 'href="https://example.org/lineamientos.pdf#page=14"' in page
    assert "PDF, página 14" in page
    for address in (
        f"/editions/iii/findings#table-{made['table']}",
        f"/agreements/{made['activity']}",
        f"/events/{webinar}",
        f"/agreements/{made['agreement']}",
        "https://example.org/nueve",
    ):
        assert f'href="{address}"' in page, address
    assert INSTRUMENT["es"] in page
    assert "Hecho 0." in page, "the secretariat reads what a country keeps to itself"
    assert "Se apoyan en esta sección 7 cosas de Convoca." in page
    other = client.get("/guidelines/sections/III.10").text
    assert "Nada de Convoca se apoya todavía en esta sección." in other


def test_r8_lessons_that_name_a_section_or_explain_a_question_on_it_are_listed(
    app: Flask, client: FlaskClient
) -> None:
    act_as(app, OFFICIAL)
    with app.app_context(), transaction() as db:
        furnish(db)
        publish_edition(db, actor=SYSTEM, content=a_course(), now=NOW)
        named = references(db, actor=OFFICIAL, code=SECTION, today=TODAY).lessons
        explained = references(db, actor=OFFICIAL, code="I", today=TODAY).lessons
        near = references(db, actor=OFFICIAL, code="III.10", today=TODAY).lessons
        assert references(db, actor=ANONYMOUS, code=SECTION, today=TODAY).lessons == ()
    assert [one.code for one in named] == ["B-L1"]
    assert [one.code for one in explained] == ["A-L1"]
    assert near == (), "III.1 is not III.10"
    assert 'href="/courses/guidelines"' in client.get(PAGE).text, "closed: leads to its course"


def a_course() -> CourseContent:
    """The small course, with one lesson that names III.1 and one whose questions are on I."""
    files = practised_files()
    lesson = "two/B-L1.es.md"
    files[lesson] = files[lesson].replace("Hola.", "Hola (Lineamientos, III.1).")
    sections = yaml.safe_load(files["sections.yaml"])
    sections["sections"] += [{"code": code, "title": both(code)} for code in (SECTION, "III.10")]
    return parse_course(files | {"sections.yaml": yaml.safe_dump(sections)})


@BOTH
def test_r9_finding_activity_and_instrument_show_one_another(app: Flask) -> None:
    with app.app_context(), transaction() as db:
        made = chain(db)
        page = section_page(db, actor=OFFICIAL, code=SECTION, today=TODAY)
        [instrument] = page.references.instruments
        assert instrument.agreement_id == made["activity"]
        [finding] = page.references.findings
        assert (finding.id, finding.activities) == (made["finding"], (made["activity"],))
        [activity] = page.references.activities
        trace = trace_of(db, actor=OFFICIAL, agreement=activity)
        assert trace.finding is not None
        assert trace.finding.id == made["finding"]
        assert [row.id for row in trace.rows] == [instrument.id]
        [agreement] = page.references.agreements
        assert not trace_of(db, actor=OFFICIAL, agreement=agreement)


def test_r9_both_pages_show_the_trace(
    app: Flask, client: FlaskClient, made: dict[str, Any]
) -> None:
    conclusion = client.get(f"/agreements/{made['activity']}").text
    assert INSTRUMENT["es"] in conclusion
    assert "Protocolo · 25 oct 2026" in conclusion
    assert "Las citas excluyen a quien cuida." in conclusion
    assert f'href="{PAGE}"' in conclusion
    instrument = client.get(PAGE).text
    entry = instrument.partition('id="instruments"')[2].partition("</section>")[0]
    assert f'href="/agreements/{made["activity"]}">Lo que cumple' in entry
    findings = client.get("/editions/iii/findings").text
    assert f'href="{PAGE}"' in findings
    assert f'href="/agreements/{made["activity"]}"' in findings, "the finding names its activity"


@pytest.mark.parametrize(
    ("who", "kinds"),
    [
        (ORGANIZER, {"findings", "activities", "agreements", "rows", "instruments", "materials"}),
        (PRESIDENCY, {"findings", "activities", "agreements", "instruments", "materials"}),
        (FOCAL_POINT, {"findings", "activities", "agreements", "rows", "instruments", "materials"}),
        (OF_GUATEMALA, {"findings", "activities", "agreements", "instruments", "materials"}),
        (OFFICIAL, {"findings", "activities", "agreements", "instruments", "materials"}),
        (ANONYMOUS, set()),
    ],
)
def test_each_reads_of_a_section_what_is_theirs(
    app: Flask, client: FlaskClient, made: dict[str, Any], who: Actor, kinds: set[str]
) -> None:
    """The row that Honduras keeps to itself is read by its focal point and the secretariat alone."""
    act_as(app, who)
    page = client.get(PAGE).text
    shown = set(re.findall(r'<section class="cites" id="(\w+)"', page))
    assert shown == kinds
    assert ("Hecho 0." in page) == ("rows" in kinds)


@BOTH
def test_drafts_of_a_table_are_on_no_section(app: Flask) -> None:
    with app.app_context(), transaction() as db:
        made = chain(db)
        # an activity of a plan that nobody validated yet
        other = a_table(db, rapporteur=2, theme="Otra")
        draft = an_activity(1, section=SECTION, text=LocalizedText(es="Borrador secreto"))
        written = write_activity(db, actor=RAPPORTEUR, work_table_id=other, draft=draft, now=NOW)
        for who in (ORGANIZER, OFFICIAL, OF_GUATEMALA, RAPPORTEUR):
            found = references(db, actor=who, code=SECTION, today=TODAY)
            assert [one.id for one in found.activities] == [made["activity"]], who
        assert db.get_one(Agreement, written).is_draft


@BOTH
def test_confidential_meetings_leave_no_trace(app: Flask) -> None:
    with app.app_context(), transaction() as db:
        made = chain(db)
        db.execute(update(Event).where(Event.id == made["congress"]).values(is_confidential=True))
        found = references(db, actor=OFFICIAL, code=SECTION, today=TODAY)
        assert (found.agreements, found.activities, found.materials) == ((), (), ())


def test_versions_are_told_apart(app: Flask, client: FlaskClient, made: dict[str, Any]) -> None:
    with app.app_context(), transaction() as db:
        changed = SectionText(SECTION, LocalizedText(es="Igualdad de trato"), LocalizedText())
        open_version(
            db,
            actor=PRESIDENCY,
            previous_id=db.scalars(select(GuidelineVersion.id)).one(),
            label="2027",
            adopted_on=TODAY,
            changes=[changed],
        )
    newest, earlier = client.get("/guidelines").text, client.get("/guidelines?version=2019").text
    assert "Secciones de la versión 2027" in newest
    assert "Igualdad de trato" in newest
    assert "desde el 24 nov 2026" in newest
    assert "Esta es una versión anterior." in earlier
    assert "Título III.1" in client.get(f"{PAGE}?version=2019").text
    assert client.get(f"{PAGE}?version=1999").status_code == 404
    assert client.get("/guidelines?version=1999").status_code == 404
    for strange in ("III.99", "a" * 300, "'"):
        assert client.get(f"/guidelines/sections/{strange}").status_code == 404, strange


def test_a_document_of_another_course_is_no_version(app: Flask, client: FlaskClient) -> None:
    act_as(app, ORGANIZER)
    assert "Los Lineamientos todavía no están aquí" in client.get("/guidelines").text
    assert client.get("/guidelines?version=2019").status_code == 404
    with app.app_context(), transaction() as db:
        furnish(db)
        a_version(db)
        publish_edition(db, actor=SYSTEM, content=another_course(), now=NOW)
        with pytest.raises(NotFound):
            section_page(db, actor=ORGANIZER, code="X.1", today=TODAY)
    assert "Secciones de la versión 2019" in client.get("/guidelines").text


def test_one_or_three_rows_ask_the_database_as_often(app: Flask, client: FlaskClient) -> None:
    act_as(app, ORGANIZER)
    with app.app_context(), transaction() as db:
        chain(db)
    client.get(PAGE)
    with counted_statements(app) as few:
        client.get(PAGE)
    with app.app_context(), transaction() as db:
        congress = db.scalars(select(Event.id).where(Event.kind == "congress")).first()
        assert isinstance(congress, UUID)
        for number in (20, 21):
            agreed(db, congress, number, section=SECTION)
    with counted_statements(app) as many:
        assert "Acuerdo 21" in client.get(PAGE).text
    assert len(many) == len(few)
    assert len(client.get(PAGE).data) < 40_000


def test_codes_are_found_whole_and_linked_outside_of_tags() -> None:
    assert codes_in("(III.1), III.10; XIII.2 y III.1.4, IV.2.") == {"III.1", "III.10", "IV.2"}
    html = '<p title="III.1">Vea <a href="/x">III.2</a> y III.3.</p>'
    assert linked(html, lambda code: f"[{code}]") == (
        '<p title="III.1">Vea <a href="/x">III.2</a> y [III.3].</p>'
    )


TYPED = {
    "summary_es": "Toda mujer recibe la misma atención.",
    "summary_en": "Each woman is served alike.",
    "page": "14",
    "pdf_url": "https://example.org/otro.pdf",
}


def test_the_secretariat_writes_what_a_section_says(
    app: Flask, client: FlaskClient, made: dict[str, Any]
) -> None:
    assert f'href="{PAGE}/text"' in client.get(PAGE).text
    form = client.get(f"{PAGE}/text").text
    seen = re.findall(r'name="seen"[^>]* value="(\w+)"', form)[0]
    token = {"csrf_token": csrf_token(client), "seen": seen}
    answer = client.post(f"{PAGE}/text", data=TYPED | token)
    assert (answer.status_code, answer.location) == (303, PAGE)
    page = client.get(PAGE).text
    assert "Toda mujer recibe la misma atención." in page
    assert 'href="https://example.org/otro.pdf#page=14"' in page
    assert "Each woman is served alike." in client.get(f"{PAGE}?lang=en").text
    # whoever began before is told, and both texts are there
    later = client.post(f"{PAGE}/text", data=TYPED | token | {"summary_es": "Otra frase mía."})
    assert later.status_code == 409
    assert "Otra frase mía." in later.text
    assert "Toda mujer recibe la misma atención." in client.get(f"{PAGE}?lang=es").text


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"page": "0"}, "Escriba el número de una página, de 1 a 2000."),
        ({"page": "catorce"}, "catorce"),
        ({"pdf_url": "javascript:alert(1)"}, "comienza con https://"),
        ({"pdf_url": "http://example.org/a.pdf"}, "comienza con https://"),
        ({"summary_es": "x" * 1201}, "1200"),
    ],
)
def test_what_is_wrong_gets_a_sentence_and_is_kept(
    client: FlaskClient, made: dict[str, Any], typed: dict[str, str], sentence: str
) -> None:
    data = TYPED | typed | {"csrf_token": csrf_token(client)}
    answer = client.post(f"{PAGE}/text", data=data)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert next(iter(typed.values())) in answer.text
    assert "Resumen III.1" in client.get(PAGE).text


@pytest.mark.parametrize("who", [FOCAL_POINT, OFFICIAL, ANONYMOUS])
def test_others_write_nothing_of_a_section(
    app: Flask, client: FlaskClient, made: dict[str, Any], who: Actor
) -> None:
    act_as(app, who)
    assert f'href="{PAGE}/text"' not in client.get(PAGE).text
    answer = client.get(f"{PAGE}/text")
    assert answer.status_code in (302, 303, 401, 403)
    with app.app_context(), transaction() as db, pytest.raises(NotAllowed):
        write_section(
            db,
            actor=who,
            version_id=1,
            section_code=SECTION,
            draft=SectionDraft(LocalizedText(es="Ajeno")),
            now=NOW,
        )
