"""A number in an address is one that a row can bear; every other one is an address of nobody's."""

from typing import Any

from flask import Flask, render_template_string, url_for
from werkzeug.routing import IntegerConverter

from app.kernel.numbers import LARGEST_ID
from app.web.addresses import LONGEST_KEPT, RowNumber, path_of
from app.web.guards import anyone, requires
from app.web.site import site

NUMBERS = {
    0: 200,
    7: 200,
    "00": 200,
    LARGEST_ID: 200,
    LARGEST_ID + 1: 404,
    10**30: 404,
    "9" * 5000: 404,
    "-1": 404,
    "1.5": 404,
    "1e3": 404,
    "%C2%B2": 404,
}


def test_no_address_brings_a_number_to_the_database_that_no_row_bears(own_app: Flask) -> None:
    @own_app.get("/trial-row/<int:row>")
    @requires(anyone)
    def trial_row(row: int) -> str:
        return str(row)

    client = own_app.test_client()
    assert {number: client.get(f"/trial-row/{number}").status_code for number in NUMBERS} == NUMBERS


def test_a_number_too_great_is_a_plain_404_whoever_asks(app: Flask) -> None:
    client = app.test_client()
    for path in ("/cases", "/agreements", "/messages", "/privacy/people"):
        assert client.get(f"{path}/{LARGEST_ID}").status_code == 302, (
            "who is not signed in is asked to"
        )
        assert client.get(f"{path}/{LARGEST_ID + 1}").status_code == 404


def test_a_program_is_told_so_in_its_own_way(app: Flask) -> None:
    answer = app.test_client().delete(f"/api/v1/calendars/{LARGEST_ID + 1}")
    assert (answer.status_code, answer.content_type) == (404, "application/problem+json")


def test_every_number_in_an_address_is_such_a_one(app: Flask) -> None:
    found = {
        type(converter)
        for rule in app.url_map.iter_rules()
        for converter in rule._converters.values()
        if isinstance(converter, IntegerConverter)
    }
    assert found == {RowNumber}


def test_redirect_that_merges_slashes_stays_on_this_host(app: Flask) -> None:
    answer = app.test_client().get(
        "/good-practices///new?group=a%26b", headers={"Host": "evil.example"}
    )
    assert (answer.status_code, answer.location) == (308, "/good-practices/new?group=a%26b")


def test_remembered_address_is_what_url_for_makes(app: Flask) -> None:
    """Given equal values of other types, lists, and a prefix, when an address is asked for twice, then
    both are as without remembering.
    """
    asked: list[tuple[str, dict[str, object]]] = [
        ("cases.cases", {"page": 1}),
        ("cases.cases", {"page": True}),
        ("cases.cases", {"page": "1", "_anchor": "here"}),
        ("cases.cases", {"page": None}),
        ("cases.cases", {"page": [1, 2]}),
        ("cases.cases", {"page": 1, "_external": True}),
        ("static", {"filename": "app.css"}),
    ]
    for prefix in ("", "/below"):
        with app.test_request_context("/", environ_overrides={"SCRIPT_NAME": prefix}):
            for endpoint, values in asked * 2:
                expected = url_for(endpoint, **values)  # type: ignore[arg-type]  # options among them
                assert path_of(endpoint, **values) == expected, (prefix, values)
            assert render_template_string("{{ url_for('cases.cases') }}") == f"{prefix}/cases"


def test_long_text_that_somebody_typed_fills_no_memory(app: Flask) -> None:
    """Anybody may ask `/sign-in?next=…` thousands of times."""
    with app.test_request_context("/"):
        kept: Any = site().paths
        kept.cache_clear()
        for number in range(3):
            long = f"/{'x' * LONGEST_KEPT}{number}"
            assert path_of("identity.sign_in", next=long) == url_for("identity.sign_in", next=long)
            path_of("identity.sign_in", next=f"/{number}")
        assert kept.cache_info().currsize == 3
