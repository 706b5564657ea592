"""When a step of setting up has its tick."""

from dataclasses import replace

import pytest

from app.infra.installation import Installation, SettingSource
from app.office.setup.values import MarkState, Progress, SetupStep

PRESSED = Progress(
    marks=dict.fromkeys(SetupStep, MarkState.DONE),
    countries=11,
    groups=4,
    organs=3,
    rules_on=20,
    rules=20,
    institutions=30,
    doubtful=0,
    covered=11,
    organizers=2,
    is_presided=True,
    is_published=True,
    address="https://convoca.example.org",
    mail_host="smtp.example.org",
    writes_files=False,
)


def test_r80_step_is_ticked_where_nothing_of_it_is_left() -> None:
    assert PRESSED.open_steps == ()


@pytest.mark.parametrize(
    ("step", "left"),
    [
        (SetupStep.INSTITUTIONS, {"doubtful": 1}),
        (SetupStep.INSTITUTIONS, {"institutions": 0}),
        (SetupStep.PEOPLE, {"covered": 10}),
        (SetupStep.COLLEAGUES, {"organizers": 1}),
        (SetupStep.PRESIDENCY, {"is_presided": False}),
        (SetupStep.WEBINAR, {"is_published": False}),
        (SetupStep.ADDRESS, {"address": ""}),
        (SetupStep.MAIL, {"mail_host": ""}),
        (SetupStep.MAIL, {"mail_host": "", "writes_files": True}),
    ],
)
def test_r80_step_with_something_left_has_no_tick(step: SetupStep, left: dict[str, int]) -> None:
    assert replace(PRESSED, **left).open_steps == (step,)  # type: ignore[arg-type]  # one of its fields


def test_r80_address_that_leads_each_computer_to_itself_is_none() -> None:
    reached = {
        address: Installation(
            address=address,
            address_from=SettingSource.SCREEN,
            mail=None,
            mail_from=SettingSource.NOWHERE,
            writes_files=False,
            mail_host="",
        ).is_reached
        for address in ("https://convoca.example.org", "http://127.0.0.1:8000", "http://localhost")
    }
    assert [address for address, is_reached in reached.items() if is_reached] == [
        "https://convoca.example.org"
    ]
