"""Who must have a second factor: told on the home page, then led to setting one up and nowhere
else; the office's list, its days, its letters, and the status page.
"""

from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from app.infra import clock
from app.infra.database import transaction
from app.infra.platform import platform
from app.kernel.actor import Role
from app.people.factors import services
from app.people.factors.tasks import second_factors
from app.people.identity.models import Account
from tests.people.factors.office import EMAIL, PASSWORD, an_organizer, code, facts, protect
from tests.people.identity.visitor import Post, is_in, posting
from tests.support.actors import actor_of, an_account, sign_in


@pytest.fixture
def post(client: FlaskClient) -> Post:
    return posting(client)


@pytest.fixture
def dunia(app: Flask) -> int:
    return an_organizer(app)


def enter(post: Post, email: str = EMAIL) -> None:
    assert post("/sign-in", email=email, password=PASSWORD).location == "/"


def test_home_page_says_the_day_and_afterwards_nothing_else_is_reached(
    app: Flask, client: FlaskClient, post: Post, dunia: int
) -> None:
    enter(post)
    assert "Set up a second step to sign in before" in client.get("/?lang=en").text
    assert client.get("/desk").status_code == 200
    with time_machine.travel(clock.now() + timedelta(days=31)):
        enter(post)
        for path in ("/", "/desk", "/audit", "/programme", "/account/data"):
            assert client.get(path).location == "/account/security", path
        assert post("/setup/checklist/dismiss").location == "/account/security"
        page = client.get("/account/security?lang=en")
        assert (page.status_code, "Set up a second step to go on" in page.text) == (200, True)
        assert client.get("/account/security/app").status_code == 200
        assert client.get("/account/security/passkeys/new").status_code == 200
        protect(app)
        assert client.get("/sign-in").status_code == 200  # its sessions have ended
        post("/sign-in", email=EMAIL, password=PASSWORD)
        assert post("/sign-in/second", secret_code=code()).status_code == 303
        assert client.get("/desk").status_code == 200
        assert "second step to sign in before" not in client.get("/?lang=en").text


def test_account_without_a_password_is_told_of_its_mailbox(
    app: Flask, client: FlaskClient, post: Post, dunia: int
) -> None:
    enter(post)
    for words in ("whoever learns your password", "whoever reads your mailbox"):
        assert words in client.get("/account/security?lang=en").text
        with app.app_context(), transaction() as db:
            db.get_one(Account, dunia).password = None


def test_session_open_when_the_days_end_is_led_to_it_too(
    app: Flask, client: FlaskClient, post: Post, dunia: int
) -> None:
    with app.app_context(), transaction() as db:
        services.change_grace(db, actor=actor_of(app, EMAIL), days=0, now=clock.now())
    enter(post)
    assert client.get("/desk").location == "/account/security"
    with app.app_context(), transaction() as db:
        services.change_grace(db, actor=actor_of(app, EMAIL), days=9, now=clock.now())
    assert client.get("/desk").status_code == 200


def test_new_password_does_not_end_what_the_role_demands(
    client: FlaskClient, post: Post, dunia: int
) -> None:
    with time_machine.travel(clock.now() + timedelta(days=31)):
        enter(post)
        new = post("/account/password", old_password=PASSWORD, new_password="otra lluvia de mangos")
        assert new.location == "/account/security"
        assert client.get("/desk").location == "/account/security"


@pytest.mark.parametrize(
    ("role", "scope", "is_obliged"),
    [
        (Role.PRESIDENCY, "HN", True),
        (Role.FOCAL_POINT, "HN", True),
        (Role.AUTHOR, "", True),
        (Role.CONVENOR, "protection", False),
        (Role.OFFICIAL, "HN", False),
    ],
)
def test_roles_that_others_rely_on_need_one_and_officials_choose(
    app: Flask, client: FlaskClient, role: Role, scope: str, is_obliged: bool
) -> None:
    an_account(app, EMAIL, country="HN", password=PASSWORD, roles=[(role, scope)])
    with time_machine.travel(clock.now() + timedelta(days=31)):
        enter(posting(client))
        answer = client.get("/account")
        assert (answer.location == "/account/security") is is_obliged


def test_office_sees_who_has_none_sets_the_days_and_writes(
    app: Flask, client: FlaskClient, post: Post, dunia: int
) -> None:
    keeper = an_account(
        app,
        "fp@example.org",
        name="Héctor Argüello",
        country="GT",
        roles=[(Role.FOCAL_POINT, "GT")],
    )
    protect(app)
    sign_in(client, EMAIL)
    page = client.get("/people-and-access/second-steps?lang=en").text
    assert "1 of 2 have one" in page
    assert "Héctor Argüello" in page
    assert post("/people-and-access/second-steps/days", days="400").status_code == 422
    assert post("/people-and-access/second-steps/days", days="14").status_code == 303
    assert 'value="14"' in client.get("/people-and-access/second-steps").text
    assert post("/people-and-access/second-steps/letters").status_code == 422
    assert post("/people-and-access/second-steps/letters", accounts=str(dunia)).status_code == 422
    sent = post("/people-and-access/second-steps/letters", accounts=str(keeper))
    assert sent.status_code == 303
    with app.app_context():
        platform(app).jobs.drain()
    [letter] = _letters(app, "fp@example.org")
    assert "Active un segundo paso" in letter
    assert facts(app, keeper)[-1] == "FactorReminderSent"
    sign_in(client, "presidency")
    assert client.get("/people-and-access/second-steps").status_code == 403


def _letters(app: Flask, address: str) -> list[str]:
    folder: Path = platform(app).settings.data / "mail"
    texts = [one.read_text(encoding="utf-8") for one in folder.glob("*.eml")]
    return [text for text in texts if f"To: {address}" in text or address in text.split("\n\n")[0]]


def test_status_counts_them_and_is_degraded_once_the_days_are_over(app: Flask, dunia: int) -> None:
    with app.app_context():
        assert second_factors().state == "ok"
        due_on = (clock.today() + timedelta(days=30)).isoformat()
        assert second_factors().details == {"obliged": 1, "without": 1, "due_on": due_on}
        with time_machine.travel(clock.now() + timedelta(days=31)):
            assert second_factors().state == "degraded"
    protect(app)
    with app.app_context(), time_machine.travel(clock.now() + timedelta(days=31)):
        assert second_factors().details == {"obliged": 1, "without": 0}


def test_invented_people_of_the_demonstration_enter_by_their_names(
    app: Flask, client: FlaskClient, post: Post
) -> None:
    an_account(app, "organizer@example.org", roles=[(Role.ORGANIZER, "")])
    protect(app, "organizer@example.org")
    app.config["DEMO"] = True
    with time_machine.travel(clock.now() + timedelta(days=31)):
        assert post("/sign-in/demo/organizer").location == "/"
        assert is_in(client)
        assert client.get("/desk").status_code == 200
    app.config["DEMO"] = False
