"""How things are done: found by the words of people, told in the words of the buttons."""

import re
from datetime import timedelta
from html import unescape
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import select

from app.infra import clock
from app.infra.database import reading, transaction
from app.infra.journal import JournalEntry
from app.infra.language import translate
from app.kernel.actor import SYSTEM, Role
from app.office.home.first_weeks import FIRST_WEEKS
from app.office.home.guides import BY_PAGE, BY_SLUG, GUIDES
from app.office.setup.services import dismiss_checklist
from app.office.status.wording import PRESSES
from app.people.identity.models import AccountInvitation, RoleGrant
from tests.support.actors import an_account, csrf_token, sign_in
from tests.support.databases import ROOT

TEMPLATES = "\n".join(
    path.read_text(encoding="utf-8")
    for path in sorted((ROOT / "templates").rglob("*.html"))
    if not path.name.startswith(("guide", "_guide"))
)


OF_THE_OFFICE = {"official-hn", "focal-point-hn"}
OF_A_COUNTRY = {"official-hn", "organizer"}
CLOSED_TO = {
    "revoke": OF_THE_OFFICE,
    "words-of-certificates": OF_THE_OFFICE,
    "plan-webinar": OF_THE_OFFICE,
    "move-event": OF_THE_OFFICE,
    "annual-plan": OF_THE_OFFICE,
    "renew-list": {"official-hn"},
    "confirm-list": OF_A_COUNTRY,
    "add-staff": OF_A_COUNTRY,
    "vacant-post": OF_A_COUNTRY,
    "train-staff": OF_A_COUNTRY,
    "counts-only": OF_A_COUNTRY,
    "merge-records": {"official-hn"},
    "earlier-years": {"official-hn"},
    "undo-import": {"official-hn"},
    "platform-state": OF_THE_OFFICE,
    "backup": OF_THE_OFFICE,
}
"""Who does not do what a guide is about, of those whom the test asks."""
OPEN = {"verify", "holiday"}
LINKED = re.compile(r'class="step-links"><a href="([^"?]+)')
BOX = ('<span class="named-button">', "</span>")


def test_pages_lead_to_the_guide_that_is_about_them_and_help_to_all(
    app: Flask, client: FlaskClient
) -> None:
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert endpoints >= BY_PAGE.keys()
    assert client.get("/help").location == "/how-to"
    assert 'href="/how-to/verify"' in client.get("/verify").text
    assert 'href="/how-to"' in client.get("/about").text
    sign_in(client, "organizer")
    for lang, title in (("es", "Planificar un webinario"), ("en", "Plan a webinar")):
        foot = client.get(f"/events/plan?lang={lang}").text.partition("<footer")[2]
        assert 'href="/how-to/plan-webinar"' in foot
        assert title in foot


def test_every_button_that_a_guide_names_stands_on_a_page() -> None:
    named = {step.button for guide in GUIDES for step in guide.steps if step.button}
    assert len(named) > 8
    pressed = {label for presses in PRESSES.values() for _endpoint, label, _needs in presses}
    missing = [one for one in sorted(named - pressed) if f'_("{one}")' not in TEMPLATES]
    assert missing == []


def test_each_guide_has_few_steps_and_says_what_may_go_wrong() -> None:
    for guide in GUIDES:
        fewest, most = (5, 9) if guide in FIRST_WEEKS else (2, 5)
        assert fewest <= len(guide.steps) <= most, guide.slug
        assert guide.troubles, guide.slug
        for step in guide.steps:
            assert ("%(button)s" in step.say) == bool(step.button), step.say


MEANT = (
    ("Zoom", "plan-webinar"),
    ("feriado", "holiday"),
    ("reprogramar", "move-event"),
    ("jubilación", "confirm-list"),
    ("vacancy", "vacant-post"),
    ("corregir nombre", "correct-name"),
    ("misspelt", "correct-name"),
    ("anular", "revoke"),
    ("Moodle", "training-elsewhere"),
    ("recertificar", "renew-list"),
    ("falso", "verify"),
    ("firmante", "words-of-certificates"),
    ("eliminar cuenta", "close-account"),
    ("segundo factor", "second-step"),
    ("no puedo entrar", "lost-device"),
    ("sesiones", "my-sessions"),
    ("exportar", "take-data"),
    ("sin nombres", "counts-only"),
    ("duplicado", "merge-records"),
    ("listas viejas", "earlier-years"),
    ("undo import", "undo-import"),
    ("no funciona", "platform-state"),
    ("copia de seguridad", "backup"),
    ("soy nueva", "first-week-focal-point"),
    ("first week", "first-week-technician"),
)


@pytest.mark.parametrize("path", ["/how-to", "/search"])
def test_r83_guide_is_found_by_what_people_call_its_task(client: FlaskClient, path: str) -> None:
    sign_in(client, "organizer")
    for typed, slug in MEANT:
        page = client.get(path, query_string={"q": typed}).text
        assert f'href="/how-to/{slug}"' in page, typed
        assert page.count('href="/how-to/') < len(GUIDES)


@pytest.mark.parametrize(("lang", "said"), [("es", "Ninguna tarea"), ("en", "No task is called")])
def test_a_word_that_means_no_task_says_so(client: FlaskClient, lang: str, said: str) -> None:
    page = client.get("/how-to", query_string={"q": "xyzzy", "lang": lang}).text
    assert said in page
    assert 'value="xyzzy"' in page


def test_guide_leads_whoever_may_do_it_to_the_place_itself(client: FlaskClient) -> None:
    for guide in GUIDES:
        page = client.get(f"/how-to/{guide.slug}", query_string={"lang": "en"}).text
        assert (">Do it now<" in page) == (guide.slug in OPEN), "open to visitors"
        assert re.search(r'aria-current="page"[^>]*>[^<]+</a>', page)
        assert "`" not in page, guide.slug
    for who in ("organizer", "official-hn", "focal-point-hn"):
        sign_in(client, who)
        for guide in GUIDES:
            page = client.get(f"/how-to/{guide.slug}", query_string={"lang": "es"}).text
            link = re.search(r'<a class="btn btn-primary" href="([^"]+)">Hacerlo ahora</a>', page)
            if link is not None:
                answer = client.get(link[1], follow_redirects=True)
                assert answer.status_code == 200, (who, link[1])
            else:
                assert guide in FIRST_WEEKS or who in CLOSED_TO[guide.slug], (who, guide.slug)
    assert client.get("/how-to/nothing").status_code == 404


@pytest.mark.parametrize(
    ("who", "slug"),
    [
        ("organizer", "first-week-secretariat"),
        ("focal-point-hn", "first-week-focal-point"),
        ("official-hn", "first-week-official"),
        ("organizer", "first-week-technician"),
    ],
)
def test_first_week_leads_to_each_page_and_stands_on_two_sheets(
    client: FlaskClient, who: str, slug: str
) -> None:
    guide = BY_SLUG[slug]
    for address in LINKED.findall(client.get(f"/how-to/{slug}").text):
        assert client.get(address).status_code == 200, "a stranger is led to nothing closed"
    sign_in(client, who)
    for lang in ("es", "en"):
        page = unescape(client.get(f"/how-to/{slug}", query_string={"lang": lang}).text)
        pages = LINKED.findall(page)
        assert len(pages) == sum(bool(step.page) for step in guide.steps)
        for address in set(pages):
            assert client.get(address, follow_redirects=True).status_code == 200, address
        answer = client.get(f"/how-to/{slug}.pdf", query_string={"lang": lang})
        assert answer.mimetype == "application/pdf"
        sheets = PdfReader(BytesIO(answer.data)).pages
        text = " ".join(" ".join(sheet.extract_text() for sheet in sheets).split())
        assert len(sheets) <= 2
        for step in guide.steps:
            button = translate(lang, step.button) if step.button else ""
            assert translate(lang, step.say, button=button) in page.replace(BOX[0], "").replace(
                BOX[1], ""
            )
            assert button in text
    assert client.get("/how-to/nothing.pdf").status_code == 404


def test_public_pages_say_where_to_write_only_where_the_office_said_it(
    client: FlaskClient,
) -> None:
    assert "mailto:" not in client.get("/how-to").text


@pytest.mark.parametrize(
    ("role", "scope", "slug"),
    [
        (Role.ORGANIZER, "", "first-week-secretariat"),
        (Role.FOCAL_POINT, "CR", "first-week-focal-point"),
        (Role.OFFICIAL, "CR", "first-week-official"),
    ],
)
def test_home_offers_the_first_week_of_a_role_until_it_is_over_or_put_aside(
    app: Flask, client: FlaskClient, role: Role, scope: str, slug: str
) -> None:
    before = [] if role is Role.OFFICIAL else [(Role.OFFICIAL, "CR")]
    account = an_account(app, "new@example.org", roles=before, country="CR")
    with app.app_context(), transaction() as db:
        dismiss_checklist(db, actor=SYSTEM, now=clock.now())
    offered = f'href="/how-to/{slug}"'
    sign_in(client, "new@example.org")
    assert offered not in client.get("/").text
    grant = _granted(app, account, role, scope, days_ago=7)
    assert offered not in client.get("/").text, "the week is over"
    _begin(app, grant, days_ago=6)
    page = client.get("/").text
    assert offered in page
    earlier = _granted(app, account, role, scope, days_ago=400, until=300)
    assert offered not in client.get("/").text, "the same role, held before"
    _begin(app, earlier, days_ago=6)
    token = csrf_token(client)
    answers = [client.post("/first-week/aside", data={"csrf_token": token}) for _ in range(2)]
    assert {one.status_code for one in answers} == {303}
    assert offered not in client.get("/").text
    with app.app_context(), reading() as db:
        told = select(JournalEntry.payload).where(JournalEntry.fact == "FirstWeekPutAside")
        assert [one["task"] for one in db.scalars(told)] == [slug]


def test_first_week_begins_with_the_first_visit_of_whoever_was_invited_long_before(
    app: Flask, client: FlaskClient
) -> None:
    account = an_account(app, "late@example.org", roles=[(Role.OFFICIAL, "CR")], country="CR")
    with app.app_context(), transaction() as db:
        now = clock.now()
        db.add(
            AccountInvitation(account_id=account, created_at=now - timedelta(days=40), used_at=now)
        )
    sign_in(client, "late@example.org")
    assert 'href="/how-to/first-week-official"' in client.get("/").text


def _granted(
    app: Flask, account: int, role: Role, scope: str, *, days_ago: int, until: int = 0
) -> int:
    today = clock.today()
    with app.app_context(), transaction() as db:
        grant = RoleGrant(
            account_id=account,
            role=role.value,
            scope=scope,
            valid_from=today - timedelta(days=days_ago),
            valid_until=today - timedelta(days=until) if until else None,
        )
        db.add(grant)
        db.flush()
        return grant.id


def _begin(app: Flask, grant: int, *, days_ago: int) -> None:
    with app.app_context(), transaction() as db:
        db.get_one(RoleGrant, grant).valid_from = clock.today() - timedelta(days=days_ago)
