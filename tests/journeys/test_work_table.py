"""A table's finding becomes an activity; its plan is submitted, sent back, changed, and validated by
the presidency alone: on a telephone without scripts. test_congress_to_congress does it with them.
"""

import re
from contextlib import closing
from typing import Any

from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from app.followup.agreements.models import Agreement, TableFinding
from app.followup.plans.models import TableMember, WorkPlan
from app.infra import clock
from app.infra.database import transaction
from app.kernel.text import LocalizedText
from app.people.directory.models import Institution
from app.planning.events.models import Edition, WorkTable
from tests.journeys import steps, world
from tests.journeys.steps import PLAIN_PHONE_EN, WIDE_ES
from tests.support.actors import actor_of
from tests.support.browser import (
    OpenPage,
    Pages,
    assert_accessible,
    assert_no_sideways_scroll,
    click,
)
from tests.support.server import LiveServer

FOUND = "Faltan intérpretes de lenguas indígenas en la frontera."
NOTE, DECISION = "Con un arreglo lo validamos esta semana.", "Decisión 12 de 2026"


def a_table(server: LiveServer, theme: str) -> int:
    """A table of the last congress with one finding; focal-point-hn reports for it, and two
    institutions of Guatemala sit at it, both of migration.
    """
    rapporteur = actor_of(server.app, "focal-point-hn").person_id
    with server.app.app_context(), transaction() as db:
        edition = db.scalars(select(Edition.id).where(Edition.slug == "congress-6")).one()
        text = LocalizedText(es=theme, en=theme)
        table = WorkTable(edition_id=edition, theme=text, position=9, rapporteur_id=rapporteur)
        db.add(table)
        db.flush()
        now = clock.now()
        said = LocalizedText(es=FOUND, en=FOUND)
        db.add(
            TableFinding(
                work_table_id=table.id, kind="finding", position=1, text=said, created_at=now
            )
        )
        of_guatemala = select(Institution.id).where(Institution.country_code == "GT")
        for institution in db.scalars(of_guatemala.order_by(Institution.id).limit(2)).all():
            db.add(
                TableMember(
                    work_table_id=table.id,
                    country_code="GT",
                    institution_id=institution,
                    sector="migration",
                    added_at=now,
                )
            )
        return table.id


def fits(page: Page, way: dict[str, Any]) -> None:
    """Axe runs as a script of the page, so it is asked where scripts run."""
    assert_no_sideways_scroll(page)
    if way.get("javascript", True):
        assert_accessible(page)


def test_r12_a_plan_is_validated_by_the_presidency_alone_without_scripts(
    live_server: LiveServer, open_page: OpenPage
) -> None:
    way = PLAIN_PHONE_EN
    table = a_table(live_server, f"Mesa {steps.named(way)}")
    address = re.compile(rf"/work-tables/{table}(#\w+)?$")
    page = steps.enter(open_page, "focal-point-hn", "/editions/congress-6", **way)
    click(page.locator(f"main a[href='/work-tables/{table}']"))
    expect(page.get_by_text("Guatemala").last).to_be_visible()  # R11: all of one sector
    page.locator("[name=finding]").check()
    click(page.locator(f"form[action='/work-tables/{table}/findings'] button"))
    expect(page.locator(".work-grid")).to_contain_text(FOUND)
    fits(page, way)

    click(page.locator(".work-grid a[href*='/activities/']").first)
    page.locator("[name=countries][value=HN]").check()
    page.locator("[name=due]").fill("2027-09-30")
    page.locator("[name=indicator]").fill("pasos con intérprete")
    page.locator("[name=gender_marker][value='2']").check(force=True)
    fits(page, way)
    click(page.locator(".activity-form button").first)
    expect(page).to_have_url(address)
    submit = page.locator(f"form[action='/work-tables/{table}/submission'] button")
    click(submit)
    expect(submit).to_have_count(0)
    expect(page.locator(f"form[action='/work-tables/{table}/validation']")).to_have_count(0)
    expect(page.locator("main")).to_contain_text("Only the presidency validates")

    deciding = steps.enter(open_page, "presidency", "/", **way)
    click(deciding.locator("main a[href^='/work-tables/']").first)
    deciding.goto(f"/work-tables/{table}")
    click(deciding.locator("#send-back > summary"))
    deciding.locator("[name=note]").fill(NOTE)
    deciding.locator("[name=ask-1]").fill("Escribir la meta.")
    click(deciding.locator("#send-back button"))
    expect(deciding.locator("main")).to_contain_text(NOTE)

    page.goto("/")
    click(page.locator(f"main a[href='/work-tables/{table}']").first)
    expect(page.locator("main")).to_contain_text(NOTE)
    click(page.locator(".asked a"))
    page.locator("[name=target]").fill("6")
    click(page.locator(".activity-form button").first)
    click(submit)
    expect(submit).to_have_count(0)

    deciding.goto(f"/work-tables/{table}")
    fits(deciding, way)
    deciding.locator("[name=decision_ref]").fill(DECISION)
    click(deciding.locator(f"form[action='/work-tables/{table}/validation'] button"))
    expect(deciding.locator(".stages")).to_contain_text(DECISION)
    expect(deciding.locator("main a[href*='/activities/']")).to_have_count(0)
    plan = world.look(
        live_server,
        lambda db: db.scalars(select(WorkPlan).where(WorkPlan.work_table_id == table)).one(),
    )
    presidency = actor_of(live_server.app, "presidency")
    assert (plan.state, plan.decision_ref, plan.validated_by) == (
        "validated",
        DECISION,
        presidency.account_id,
    )
    assert plan.validated_at is not None


def test_a_row_saves_itself_by_keyboard_alone_and_a_press_at_once_meets_no_conflict(
    live_server: LiveServer, open_page: OpenPage
) -> None:
    table = a_table(live_server, "Mesa con teclado")
    page = steps.enter(
        open_page, "focal-point-hn", f"/work-tables/{table}/activities/new", **WIDE_ES
    )
    said, save = page.locator("#said-activity"), page.locator(".activity-form .actions button")
    page.locator("[name=text_es]").focus()
    page.keyboard.type("Abrir los domingos")
    expect(said).to_contain_text("Guardado hoy")
    expect(said).to_contain_text("Falta: quién responde")
    expect(page.locator("#plan-lead")).to_contain_text("A una le falta algo")
    page.locator("[name=countries][value=HN]").focus()
    page.keyboard.press("Space")
    expect(said).not_to_contain_text("quién responde")
    page.locator("[name=due]").fill("2027-09-30")
    page.locator("[name=indicator]").focus()
    page.keyboard.type("consulados")
    page.locator("[name=gender_marker]").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#plan-lead")).to_contain_text("No falta nada")
    assert_accessible(page)
    page.locator("[name=target]").focus()
    page.keyboard.type("4")
    save.first.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(rf"/work-tables/{table}#activities$"))
    expect(page.locator(".work-grid tbody tr")).to_have_count(1)
    expect(page.locator(".work-grid")).to_contain_text("Indicador: consulados · meta 4")


def test_a_row_that_was_lost_on_its_way_is_sent_again(
    live_server: LiveServer, browser: Browser
) -> None:
    table = a_table(live_server, "Mesa sin línea")
    with closing(Pages(browser, live_server.url)) as pages:
        page = steps.enter(
            pages.open, "focal-point-hn", f"/work-tables/{table}/activities/new", **WIDE_ES
        )
        said = page.locator("#said-activity")
        page.context.set_offline(True)
        page.locator("[name=text_es]").fill("Abrir los domingos")
        expect(said).to_contain_text("Todavía sin guardar")
        page.context.set_offline(False)
        expect(said).to_contain_text("Guardado hoy")
        pages.problems = [one for one in pages.problems if "htmx:sendError" not in one]


def test_r12_a_press_at_once_submits_what_was_just_typed(
    live_server: LiveServer, open_page: OpenPage
) -> None:
    """Given a row of a plan that is complete, when its target is changed and the plan submitted at
    once, then the plan holds the new target.
    """
    table = a_table(live_server, "Mesa con prisa")
    page = steps.enter(
        open_page, "focal-point-hn", f"/work-tables/{table}/activities/new", **WIDE_ES
    )
    page.locator("[name=text_es]").fill("Abrir los domingos")
    page.locator("[name=countries][value=HN]").check()
    page.locator("[name=due]").fill("2027-09-30")
    page.locator("[name=indicator]").fill("consulados")
    page.locator("[name=target]").fill("4")
    page.locator("[name=gender_marker]").first.check()
    expect(page.locator("#plan-lead")).to_contain_text("No falta nada")
    page.locator("[name=target]").fill("6")
    click(page.locator(f"form[action$='/work-tables/{table}/submission'] button"))
    expect(page.locator(f"form[action$='/work-tables/{table}/submission']")).to_have_count(0)
    targets = world.look(
        live_server,
        lambda db: db.scalars(
            select(Agreement.target).join(WorkPlan).where(WorkPlan.work_table_id == table)
        ).all(),
    )
    assert targets == ["6"]
