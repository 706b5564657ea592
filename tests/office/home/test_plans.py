"""Home leads the presidency to plans that wait, and who leads a table to one that came back."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.followup.plans.services import send_back_plan, submit_plan
from app.infra.database import transaction
from tests.followup.agreements.world import NOW, RAPPORTEUR, a_table
from tests.followup.plans.test_plans import world, written
from tests.planning.events.planning_builders import OFFICIAL, ORGANIZER, PRESIDENCY, act_as

pytestmark = pytest.mark.at(NOW)


def test_two_plans_wait_for_the_presidency_and_one_that_came_back_for_its_table(
    app: Flask, client: FlaskClient
) -> None:
    with app.app_context(), transaction() as db:
        first = world(db)
        second = a_table(db, theme="Trabajo", rapporteur=2)
        for table in (first, second):
            written(db, table, 1)
            submit_plan(db, actor=RAPPORTEUR, work_table_id=table, now=NOW)
    act_as(app, PRESIDENCY)
    home = client.get("/").text
    assert "Validar 2 planes de trabajo" in home
    assert f'href="/work-tables/{first}"' in home
    for who in (ORGANIZER, RAPPORTEUR, OFFICIAL):
        act_as(app, who)
        assert "planes de trabajo" not in client.get("/").text
    with app.app_context(), transaction() as db:
        send_back_plan(db, actor=PRESIDENCY, work_table_id=second, note="Un arreglo.", now=NOW)
    act_as(app, RAPPORTEUR)
    home = client.get("/").text
    assert "Cambiar 1 plan de trabajo" in home
    assert f'href="/work-tables/{second}"' in home
    act_as(app, OFFICIAL)
    assert "plan de trabajo" not in client.get("/").text
