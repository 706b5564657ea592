"""The pages of the review: who is let in, what is refused at which field, what is kept, and that
two countries do not write for one another.
"""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.followup.review.queries import guidelines_review
from app.followup.review.services import (
    add_challenge,
    answer_section,
    open_guidelines_review,
    set_guidelines_review,
    tick_inputs,
)
from app.followup.review.values import InputKind, ReviewInput, SectionProposal
from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from app.kernel.actor import ANONYMOUS, Actor, Role
from app.kernel.text import LocalizedText
from tests.followup.agreements.world import NOW
from tests.followup.guidelines.test_guidelines import chain
from tests.followup.review.test_review import (
    NEXT,
    OF_GUATEMALA,
    TODAY,
    answered,
    close,
    opened,
    world,
)
from tests.planning.events.planning_builders import (
    CONVENOR,
    FOCAL_POINT,
    OFFICIAL,
    ORGANIZER,
    PRESIDENCY,
    act_as,
    actor,
)
from tests.planning.events.rows import counted_statements
from tests.support.actors import post

pytestmark = pytest.mark.at(NOW)
READER = actor(None, "", 6, country="GT")


@pytest.fixture
def review(app: Flask) -> int:
    with app.app_context(), transaction() as db:
        return opened(db)


def test_the_day_is_set_moved_and_opened_when_it_comes(app: Flask, client: FlaskClient) -> None:
    act_as(app, ORGANIZER)
    with app.app_context(), transaction() as db:
        world(db)
    assert "No hay ninguna revisión fijada" in client.get("/guidelines/review").text
    for wrong in ("", "mañana", "2020-01-01"):
        refused = post(client, "/guidelines/review", due_on=wrong)
        assert (refused.status_code, 'id="due_on-error"' in refused.text) == (422, True), wrong
    assert 'value="mañana"' in post(client, "/guidelines/review", due_on="mañana").text
    for day in (TODAY + timedelta(days=9), TODAY):
        assert post(client, "/guidelines/review", due_on=day.isoformat()).status_code == 303
    html = client.get("/guidelines/review").text
    path = re.search(r'action="(/guidelines/review/\d+/opening)"', html)
    assert path is not None
    refused = post(client, path[1], answers_until="")
    assert (refused.status_code, 'id="answers_until-error"' in refused.text) == (422, True)
    until = (TODAY + timedelta(days=60)).isoformat()
    assert post(client, path[1], answers_until=until).status_code == 303
    html = client.get("/guidelines/review").text
    assert html.count('class="challenge"') == 5
    assert "Responder 5" in html


@pytest.mark.parametrize(
    ("who", "acts"),
    [
        (ORGANIZER, {"runs"}),
        (PRESIDENCY, {"runs"}),
        (FOCAL_POINT, {"proposes"}),
        (OFFICIAL, set()),
    ],
    ids=["organizer", "presidency", "focal point", "official"],
)
def test_each_role_is_offered_its_acts_and_no_others(
    app: Flask, client: FlaskClient, review: int, who: Actor, acts: set[str]
) -> None:
    act_as(app, who)
    runs, proposes = "runs" in acts, "proposes" in acts
    html = client.get(f"/guidelines/review/{review}").text
    assert (f"/guidelines/review/{review}/closing" in html) is runs
    assert (f"/guidelines/review/{review}/new-section" in html) is proposes
    assert ("Añadir un desafío" in html) is (runs or proposes)
    section = client.get(f"/guidelines/review/{review}/sections/III.1").text
    assert ('name="choice"' in section) is proposes
    closing = client.get(f"/guidelines/review/{review}/closing")
    assert closing.status_code == (200 if runs else 403)
    sent = post(client, f"/guidelines/review/{review}/sections/III.1", choice="keep", country="HN")
    assert sent.status_code == (303 if proposes else 403)


WHO: dict[str, Actor] = {
    "organizer": ORGANIZER,
    "presidency": PRESIDENCY,
    "focal point": FOCAL_POINT,
    "convener": CONVENOR,
    "official": OFFICIAL,
    "visitor": ANONYMOUS,
}
NOTHING_NEW = {"words_es": "Nada cambia.", "words_en": "Nothing changes.", "country": ""}
RUNS = {"set": {"move"}, "due": {"move", "open"}, "open": {"answer", "close"}, "closed": {"move"}}
"""What the secretariat and the presidency do; after closing, the day is that of the next review."""


def allowed_in(state: str, who: str) -> set[str]:
    if who in ("organizer", "presidency"):
        return RUNS[state]
    return {"propose"} if who == "focal point" and state == "open" else set()


@pytest.mark.parametrize("state", RUNS)
@pytest.mark.parametrize("who", WHO)
def test_who_may_do_what_in_which_state(
    app: Flask, client: FlaskClient, state: str, who: str
) -> None:
    """The table of states and roles: what is not allowed is refused and changes nothing."""
    with app.app_context(), transaction() as db:
        if state in ("open", "closed"):
            number = opened(db)
        else:
            world(db)
            due_on = TODAY + timedelta(days=9 if state == "set" else 0)
            number = set_guidelines_review(db, actor=ORGANIZER, due_on=due_on, now=NOW)
        if state == "closed":
            answered(db, number)
            close(db, number)
    path, later = f"/guidelines/review/{number}", (TODAY + timedelta(days=60)).isoformat()
    acts: dict[str, tuple[str, dict[str, str]]] = {
        "open": (f"{path}/opening", {"answers_until": later}),
        "answer": (f"{path}/challenges/climate-change", NOTHING_NEW),
        "propose": (f"{path}/sections/III.1", {"choice": "keep", "country": "HN"}),
        "close": (f"{path}/closing", {"decision_ref": "Decisión 20", "next_due_on": later}),
        "move": ("/guidelines/review", {"due_on": later}),
    }
    act_as(app, WHO[who])
    assert client.get(path).status_code == (302 if who == "visitor" else 200)
    before = facts_of(app)
    for act, (address, data) in acts.items():
        if act not in allowed_in(state, who):
            refused = post(client, address, **data)
            is_again = act == state == "open" and "close" in allowed_in(state, who)
            assert is_again or refused.status_code in (401, 403, 404, 409, 422), act
            assert facts_of(app) == before, act
    # Closing has tests of its own, and a day that is moved is no longer due.
    for act in sorted(allowed_in(state, who) - {"close"}, reverse=True)[:1]:
        address, data = acts[act]
        assert post(client, address, **data).status_code == 303, act
        assert len(facts_of(app)) > len(before), act


def facts_of(app: Flask) -> list[str]:
    with app.app_context(), reading() as db:
        return list(db.scalars(select(JournalEntry.fact).order_by(JournalEntry.id)))


def test_a_focal_point_answers_for_no_other_country(
    app: Flask, client: FlaskClient, review: int
) -> None:
    act_as(app, FOCAL_POINT)
    path = f"/guidelines/review/{review}"
    for address, data in (
        (f"{path}/sections/III.1", {"choice": "keep"}),
        (f"{path}/challenges/climate-change", {"words_es": "Nada cambia."}),
        (f"{path}/challenges", {"words_es": "Brecha digital"}),
        (f"{path}/new-section", {"section": "III.9", "words_es": "Nueva."}),
    ):
        for country in ("GT", ""):
            assert post(client, address, country=country, **data).status_code == 422, address
    with app.app_context(), reading() as db:
        shown = guidelines_review(db, actor=ORGANIZER, review_id=review, today=TODAY)
    assert len(shown.challenges) == 5
    assert not any(one.countries for one in shown.challenges)


def test_old_and_proposed_stand_side_by_side_with_who_supports_them(
    app: Flask, client: FlaskClient, review: int
) -> None:
    path = f"/guidelines/review/{review}/sections/III.1"
    words = {"words_es": "Sin importar su acceso a internet.", "reason_es": "Brecha digital."}
    act_as(app, FOCAL_POINT)
    refused = post(client, path, country="HN", choice="reword", reason_es="Brecha digital.")
    assert (refused.status_code, 'id="words_es-error"' in refused.text) == (422, True)
    assert "Brecha digital." in refused.text
    assert post(client, path, country="HN", choice="reword", **words).status_code == 303
    act_as(app, OF_GUATEMALA)
    html = client.get(path).text
    support = re.search(r'value="(supports-\d+)"', html)
    assert support is not None
    assert post(client, path, country="GT", choice=support[1]).status_code == 303
    html = client.get(path).text
    panel = html[html.index('class="side-by-side"') :]
    assert panel.index("Qué dice III.1") < panel.index("Sin importar su acceso a internet.")
    in_favour = panel[panel.index("Apoyan") : panel.index("La mantendrían")]
    assert re.findall(r">([A-Z]{2})</span>", in_favour) == ["GT", "HN"]
    assert re.search(rf'<input checked [^>]*name="choice"[^>]*value="{support[1]}"', html)
    assert post(client, path, country="GT", choice="supports-999").status_code == 422


def test_r32_closing_is_refused_with_the_names_of_what_is_unanswered(
    app: Flask, client: FlaskClient, review: int
) -> None:
    act_as(app, ORGANIZER)
    with app.app_context(), transaction() as db:
        answered(db, review, but="climate-change")
        words = LocalizedText(es="Brecha digital", en="Digital divide")
        add_challenge(db, actor=FOCAL_POINT, review_id=review, words=words, country="HN", now=NOW)
    path = f"/guidelines/review/{review}/closing"
    html = client.get(path).text
    assert "Falta" in html
    assert "responder 2 desafíos: Cambio climático y Brecha digital" in html
    refused = post(client, path, next_due_on=NEXT.isoformat(), decision_ref="Decisión 20")
    assert refused.status_code == 409
    assert "Cambio climático y Brecha digital" in refused.text
    assert 'value="Decisión 20"' in refused.text
    for key in ("climate-change", "own-6"):
        address = f"/guidelines/review/{review}/challenges/{key}"
        assert post(client, address, country="", words_es=" ").status_code == 422
        assert post(client, address, country="", words_es="Nada cambia.").status_code == 303
    refused = post(client, path, next_due_on="")
    assert (refused.status_code, 'id="next_due_on-error"' in refused.text) == (422, True)
    assert post(client, path, next_due_on=NEXT.isoformat()).status_code == 303
    assert "No cambió nada." in client.get(f"/guidelines/review/{review}").text
    assert post(client, path, next_due_on=NEXT.isoformat()).status_code == 409


def test_what_is_taken_over_opens_the_next_version_and_a_new_section_needs_a_title(
    app: Flask, client: FlaskClient, review: int
) -> None:
    with app.app_context(), transaction() as db:
        answered(db, review)
        for code, proposal in (("III.1", SectionProposal.REWORD), ("III.9", SectionProposal.ADD)):
            answer_section(
                db,
                actor=FOCAL_POINT,
                review_id=review,
                code=code,
                country="HN",
                proposal=proposal,
                words=LocalizedText(es=f"Texto nuevo de {code}"),
                now=NOW,
            )
    act_as(app, ORGANIZER)
    path = f"/guidelines/review/{review}/closing"
    html = client.get(path).text
    chosen = {
        name: re.search(rf'name="{name}" type="radio" value="(\d+)"', html)
        for name in ("choice_0", "choice_1")
    }
    data = {name: found[1] for name, found in chosen.items() if found}
    data |= {"next_due_on": NEXT.isoformat(), "decision_ref": "Decisión 20", "label": "2028"}
    refused = post(client, path, **data)
    assert (refused.status_code, 'id="title_1_es-error"' in refused.text) == (422, True)
    refused = post(client, path, **(data | {"title_1_es": "Brecha digital", "decision_ref": ""}))
    assert (refused.status_code, 'id="decision_ref-error"' in refused.text) == (422, True)
    refused = post(client, path, **(data | {"title_1_es": "Brecha digital", "label": "2019"}))
    assert (refused.status_code, 'id="label-error"' in refused.text) == (422, True)
    done = post(client, path, **(data | {"title_1_es": "Brecha digital"}))
    assert done.status_code == 303
    assert "Cambiaron 2 secciones: III.1, III.9." in client.get(done.location).text
    assert "versión 2028" in client.get("/guidelines/review").text


def test_only_what_was_offered_is_ticked_as_a_contribution(
    app: Flask, client: FlaskClient, review: int
) -> None:
    act_as(app, ORGANIZER)
    path = f"/guidelines/review/{review}/inputs"
    assert post(client, path, about="climate-change", input=["row:999"]).status_code == 303
    assert post(client, path, about="nothing").location == path.removesuffix("/inputs")
    with app.app_context(), reading() as db:
        shown = guidelines_review(db, actor=ORGANIZER, review_id=review, today=TODAY)
    assert shown.inputs == ()
    assert ReviewInput(InputKind.ROW, "999", "climate-change") not in shown.inputs


def test_pages_ask_no_more_statements_with_more_proposals(
    app: Flask, client: FlaskClient, review: int
) -> None:
    act_as(app, FOCAL_POINT)

    def asked(pages: tuple[str, ...]) -> int:
        with counted_statements(app) as statements:
            for page in pages:
                assert client.get(page).status_code == 200
        return len(statements)

    pages = (f"/guidelines/review/{review}", f"/guidelines/review/{review}/sections/III.1")
    asked(pages)
    counts = []
    for country in ("HN", "GT", "PA"):
        with app.app_context(), transaction() as db:
            answer_section(
                db,
                actor=actor(Role.FOCAL_POINT, country, 5),
                review_id=review,
                code="III.1",
                country=country,
                proposal=SectionProposal.REWORD,
                words=LocalizedText(es=f"Texto de {country}"),
                now=NOW,
            )
        counts.append(asked(pages))
    assert counts[0] == counts[2]


def test_unknown_challenges_sections_and_reviews_are_not_found(
    app: Flask, client: FlaskClient, review: int
) -> None:
    act_as(app, ORGANIZER)
    for page in ("challenges/nothing", "sections/IX.9", "sections/III.1/more"):
        assert client.get(f"/guidelines/review/{review}/{page}").status_code == 404
    assert client.get("/guidelines/review/999").status_code == 404


def test_what_is_ticked_and_has_no_box_any_more_stays(
    app: Flask, client: FlaskClient, review: int
) -> None:
    path = f"/guidelines/review/{review}"
    key = "climate-change"
    earlier = ReviewInput(InputKind.ROW, "999", key)
    with app.app_context(), transaction() as db:
        tick_inputs(
            db,
            actor=ORGANIZER,
            review_id=review,
            about=key,
            inputs=frozenset({earlier}),
            now=NOW,
        )
    act_as(app, ORGANIZER)
    html = client.get(f"{path}/challenges/{key}").text
    assert "Hay 1 aporte marcado que hoy no se le muestra." in html
    assert post(client, f"{path}/inputs", about=key).status_code == 303
    with app.app_context(), reading() as db:
        shown = guidelines_review(db, actor=ORGANIZER, review_id=review, today=TODAY)
    assert shown.inputs == (earlier,)


def test_of_two_who_tick_at_once_the_second_is_told(
    app: Flask, client: FlaskClient, review: int
) -> None:
    act_as(app, ORGANIZER)
    with app.app_context(), transaction() as db:
        given = ReviewInput(InputKind.ROW, "999", "climate-change")
        tick_inputs(
            db,
            actor=ORGANIZER,
            review_id=review,
            about=given.about,
            inputs=frozenset({given}),
            now=NOW,
        )
    path = f"/guidelines/review/{review}/inputs"
    answer = post(client, path, about="climate-change", seen="0" * 16)
    assert "Otra persona cambió esto" in client.get(answer.location).text


def test_a_section_offers_all_that_refers_to_it_and_the_region_reads(
    app: Flask, client: FlaskClient
) -> None:
    act_as(app, ORGANIZER)
    with app.app_context(), transaction() as db:
        chain(db, facts=2)
        number = set_guidelines_review(db, actor=ORGANIZER, due_on=TODAY, now=NOW)
        open_guidelines_review(db, actor=ORGANIZER, review_id=number, answers_until=NEXT, now=NOW)
    page = f"/guidelines/review/{number}/sections/III.1"
    html = client.get(page).text
    kinds = set(re.findall(r'name="input" value="([a-z]+):', html))
    assert kinds == {"finding", "agreement", "row", "instrument", "material"}
    assert "Hecho 1." in html
    assert "Hecho 0." not in html, "what a country keeps to itself is no contribution"
    assert f'href="{page}"' in client.get("/guidelines/sections/III.1").text
    assert 'href="/guidelines/sections/III.1?version=2019"' in html


def test_a_focal_point_is_led_to_what_her_country_has_not_answered(
    app: Flask, client: FlaskClient, review: int
) -> None:
    act_as(app, FOCAL_POINT)
    path = f"/guidelines/review/{review}"
    keys = re.findall(rf'href="{path}/challenges/([a-z-]+)"', client.get(path).text)
    for key in dict.fromkeys(keys):
        html = client.get(path).text
        led = re.search(rf'href="{path}/challenges/([a-z-]+)"[^>]*>Responder por su país', html)
        assert led is not None
        assert led[1] == key
        answer = post(client, f"{path}/challenges/{key}", country="HN", words_es="Nada cambia.")
        assert answer.status_code == 303
    assert "Responder por su país" not in client.get(path).text


def test_what_a_colleague_wrote_meanwhile_is_not_replaced_unseen(
    app: Flask, client: FlaskClient, review: int
) -> None:
    act_as(app, FOCAL_POINT)
    path = f"/guidelines/review/{review}/sections/III.1"
    for words in ("Primer texto.", "Segundo texto."):
        seen = re.search(r'name="seen"[^>]* value="(\w*)"', client.get(path).text)
        data = {"country": "HN", "choice": "reword", "words_es": words}
        data["seen"] = seen[1] if seen else ""
        assert post(client, path, **data).status_code == 303
    late = post(client, path, **(data | {"words_es": "Texto de la colega."}))
    assert late.status_code == 409
    assert "Texto de la colega." in late.text
    assert "Segundo texto." in client.get(path).text
