"""One application serves many tests, and no test sees what another did to it."""

import shutil
from collections.abc import Callable
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import event, select, update

from app.infra.database import database, reading, transaction
from app.infra.platform import platform
from app.kernel.actor import ANONYMOUS
from app.people.identity.models import Account
from app.web.site import site
from config import Settings
from tests.support import apps, databases
from tests.support.actors import account_id_of, actor_of, an_account, sign_in
from tests.support.lifetime import close_app

PATHS = (
    "/",
    "/programme",
    "/api/v1/events",
    "/sign-in",
    "/account",
    "/programme/board",
    "/no-such-page",
)


def listen(app: Flask) -> None:
    with app.app_context():
        event.listen(database.engine, "before_cursor_execute", lambda *_: None)


CHANGES: dict[str, Callable[[Flask], object]] = {
    "config": lambda app: app.config.update(WTF_CSRF_ENABLED=False),
    "a list within an extension": lambda app: platform(app).after_commit.append(print),
    "an attribute of an extension": lambda app: setattr(platform(app).jobs, "mode", "inprocess"),
    "a hook": lambda app: app.before_request(lambda: None),
    "a route": lambda app: app.add_url_rule("/planted", "planted", lambda: ""),
    "a template's global": lambda app: app.jinja_env.globals.update(planted=1),
    "an error handler": lambda app: app.register_error_handler(418, lambda _: ""),
    "the outermost layer": lambda app: setattr(app, "wsgi_app", lambda *_: []),
    "a listener of the engine": listen,
}


@pytest.fixture
def kept(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Flask:
    monkeypatch.delenv(apps.VARIABLE, raising=False)
    return apps.lend(settings)


def test_app_that_only_answered_requests_is_lent_again(kept: Flask, settings: Settings) -> None:
    drawn, client = apps.portrait(kept), kept.test_client()
    sign_in(client, "organizer")
    for path in PATHS:
        client.get(path)
    client.post("/events/plan", data={"title_es": "x"})
    with kept.app_context():
        platform(kept).jobs.drain()
    close_app(kept)
    assert apps.lend(settings) is kept
    assert apps.is_as_drawn(kept, drawn), "what answering requests added is set back"


@pytest.mark.parametrize("change", CHANGES)
def test_changed_app_is_discarded(kept: Flask, settings: Settings, change: str) -> None:
    drawn = apps.portrait(kept)
    CHANGES[change](kept)
    close_app(kept)
    assert not apps.is_as_drawn(kept, drawn)
    assert apps.lend(settings) is not kept


def test_extension_that_a_test_replaced_or_added_is_set_back(
    kept: Flask, settings: Settings
) -> None:
    before = dict(kept.extensions), dict(vars(platform(kept))), dict(vars(site(kept)))
    kept.extensions.update(planted=object())
    platform(kept).holds_demo = True
    site(kept).load_actor = lambda: ANONYMOUS
    close_app(kept)
    assert apps.lend(settings) is kept
    assert (dict(kept.extensions), vars(platform(kept)), vars(site(kept))) == before


def test_other_settings_get_another_app(kept: Flask, settings: Settings) -> None:
    close_app(kept)
    assert apps.lend(settings.model_copy(update={"demo": True})) is not kept


def test_a_step_is_taken_twice_and_copied_until_somebody_writes(
    kept: Flask, settings: Settings
) -> None:
    taken: list[str] = []

    def work() -> str:
        taken.append(f"account {an_account(kept, 'once@example.org')}")
        letters = settings.data / "mail"
        letters.mkdir(exist_ok=True)
        (letters / "one.eml").write_text("x")
        return taken[-1]

    def begin(name: str) -> str:
        close_app(kept)
        shutil.rmtree(settings.data / "mail", ignore_errors=True)
        apps.copy_database(databases.migrated_sqlite(), settings.data / "convoca.sqlite3")
        return apps.bring_to(kept, name, work)

    name = str(uuid4())
    assert [begin(name) for _ in range(4)] == ["account 1"] * 4
    assert len(taken) == 2, "nobody keeps what is done once"
    assert (settings.data / "mail" / "one.eml").exists()
    number = account_id_of(kept, "once@example.org")
    assert actor_of(kept, "organizer").account_id == number + 1, "the account is in the copy"
    assert begin(f"{name} again") == "account 1"
    assert len(taken) == 3, "another step"
    with kept.app_context(), transaction() as db:
        db.execute(update(Account).values(email="changed@example.org"))
    assert apps.bring_to(kept, "who is there", lambda: emails(kept)) == ["changed@example.org"]
    begin(name)
    with kept.app_context(), database.engine.connect() as reader:
        reader.execute(select(Account.id))
        assert apps.bring_to(kept, name, lambda: "worked") == "worked", "not beneath a reader"


def emails(app: Flask) -> list[str]:
    with app.app_context(), reading() as db:
        return list(db.scalars(select(Account.email)))


def test_fresh_app_is_built_where_asked_for(
    kept: Flask, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(apps.VARIABLE, "1")
    close_app(kept)
    first = apps.lend(settings)
    assert first is not apps.lend(settings)
