"""Steps that invite people: the deputy is asked for, the presidency is set, ticks are true."""

import re

import pytest
from flask import Flask
from sqlalchemy import select

from app.infra.database import reading
from app.people.directory.models import PresidencyTerm
from app.people.identity.models import Account, RoleGrant
from tests.support.screen import Screen


def grants(app: Flask) -> set[tuple[str, str, str]]:
    with app.app_context(), reading() as db:
        found = db.execute(
            select(Account.email, RoleGrant.role, RoleGrant.scope).join(
                RoleGrant, RoleGrant.account_id == Account.id
            )
        )
        return {(email, role, scope) for email, role, scope in found}


def done(screen: Screen, step: str) -> bool:
    """Whether the rail ticks a step."""
    page = screen.open(f"/setup/{step}").html
    item = re.search(rf'href="/setup/{step}"[^>]*>\s*<span class="place( done)?"', page)
    assert item is not None
    return bool(item[1])


def test_deputy_is_asked_for_and_the_tick_waits_for_one(app: Flask, screen: Screen) -> None:
    screen.open("/setup/colleagues")
    assert "Solo usted organiza" in screen.text
    assert "Suplente" in screen.text
    screen.press("Ver qué cartas se enviarán")
    assert not done(screen, "colleagues")
    screen.open("/setup/colleagues")
    screen.type("name-1", "Rosa Méndez Solís")
    screen.type("email-1", "rosa@example.org")
    screen.press("Ver qué cartas se enviarán")
    assert "rosa@example.org" in screen.text
    assert ("rosa@example.org", "organizer", "") not in grants(app)
    screen.press("Escribir 1 invitación")
    assert ("rosa@example.org", "organizer", "") in grants(app)
    assert done(screen, "colleagues")
    assert "Solo usted organiza" not in screen.text
    screen.press("Mostrar el enlace", within="colleagues")
    assert "/invited/" in screen.html


def test_presidency_is_set_with_whoever_acts_for_it(app: Flask, screen: Screen) -> None:
    screen.open("/setup/presidency")
    screen.type("country", "GT")
    screen.press("Ver qué cartas se enviarán")
    assert not done(screen, "presidency"), "a term without anybody approves nothing"
    screen.open("/setup/presidency")
    screen.type("country", "GT")
    screen.type("name-holder", "Ana Pineda Cifuentes")
    screen.type("email-holder", "ana@example.org")
    screen.press("Ver qué cartas se enviarán")
    screen.press("Escribir 1 invitación")
    assert ("ana@example.org", "presidency", "GT") in grants(app)
    assert done(screen, "presidency")
    with app.app_context(), reading() as db:
        (term,) = db.scalars(select(PresidencyTerm))
    assert (term.country_code, f"{term.valid_until:%m-%d}") == ("GT", "01-01")


@pytest.mark.parametrize(
    ("step", "field", "wrong"),
    [
        ("colleagues", "email-1", "no es un correo"),
        ("colleagues", "email-1", "laura@example.org"),
        ("presidency", "email-holder", "no es un correo"),
        ("presidency", "email-holder", "laura@example.org"),
        ("people", "email-HN", "laura@example.org"),
    ],
)
def test_wrong_address_is_said_at_its_field_and_nothing_typed_is_lost(
    app: Flask, screen: Screen, step: str, field: str, wrong: str
) -> None:
    """Also the organizer's own address, which is somebody else's."""
    before = grants(app)
    screen.open(f"/setup/{step}")
    if step == "presidency":
        screen.type("country", "HN")
    screen.type(field.replace("email", "name"), "Dunia Zúñiga Mejía")
    screen.type(field, wrong)
    screen.press("Ver qué cartas se enviarán")
    if screen.status == 200:
        screen.press("Escribir 1 invitación")
    assert screen.status in (409, 422)
    assert f'id="{field}-error"' in screen.html
    assert screen.value_of(field) == wrong
    assert screen.value_of(field.replace("email", "name")) == "Dunia Zúñiga Mejía"
    assert grants(app) == before


@pytest.mark.parametrize("step", ["colleagues", "presidency", "people"])
def test_who_was_typed_and_not_invited_is_still_there_tomorrow(screen: Screen, step: str) -> None:
    key = {"colleagues": "1", "presidency": "holder", "people": "HN"}[step]
    screen.open(f"/setup/{step}")
    if step == "presidency":
        screen.type("country", "HN")
    screen.type(f"name-{key}", "Dunia Zúñiga Mejía")
    screen.type(f"email-{key}", "dunia@example.org")
    screen.press("Ver qué cartas se enviarán")
    screen.open("/programme")
    screen.open(f"/setup/{step}")
    assert screen.value_of(f"email-{key}") == "dunia@example.org"
    if step == "presidency":
        assert screen.value_of("country") == "HN"


@pytest.mark.parametrize("step", ["people", "institutions"])
def test_step_that_wrote_nothing_has_no_tick(screen: Screen, step: str) -> None:
    screen.open(f"/setup/{step}")
    screen.press("Ver qué cartas" if step == "people" else "Seguir")
    assert not done(screen, step)
