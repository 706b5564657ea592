"""Between webinars two may say where an agreement stands: whoever is second reads what the first
said.
"""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.followup.agreements.models import AgreementProposal
from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from app.kernel.actor import Actor
from tests.followup.agreements.world import FOCAL_POINT, NOW, ORGANIZER, congress_with_follow_up
from tests.planning.events.planning_builders import act_as
from tests.support.actors import csrf_token
from tests.support.two_writers import second_is_told

pytestmark = pytest.mark.at(NOW)
THEIRS = {"status": "done", "note": "Publicado", "evidence_url": "https://example.org/guia"}


@pytest.mark.parametrize("who", [ORGANIZER, FOCAL_POINT], ids=["set", "proposed"])
def test_of_two_who_say_where_an_agreement_stands_the_second_is_told(
    app: Flask, client: FlaskClient, who: Actor
) -> None:
    act_as(app, who)
    with app.app_context(), transaction() as db:
        page = f"/agreements/{congress_with_follow_up(db, 1)[2][0]}"
    second_is_told(
        client,
        page,
        THEIRS,
        THEIRS | {"status": "in-progress", "note": "«Se» traduce"},
        "«Se» traduce",
        to=f"{page}/status",
    )


def test_the_same_proposal_again_is_no_second_fact(app: Flask, client: FlaskClient) -> None:
    act_as(app, FOCAL_POINT)
    with app.app_context(), transaction() as db:
        page = f"/agreements/{congress_with_follow_up(db, 1)[2][0]}"
    token = csrf_token(client)
    for _press in range(2):
        assert (
            client.post(f"{page}/status", data={**THEIRS, "csrf_token": token}).status_code == 303
        )
    with app.app_context(), reading() as db:
        told = db.scalars(
            select(JournalEntry.fact).where(JournalEntry.fact == "StatusProposed")
        ).all()
        assert (len(told), db.scalars(select(AgreementProposal.note)).all()) == (1, ["Publicado"])
