"""Numbers in addresses."""

import pytest
from flask import Flask

from app.web.addresses import LARGEST


@pytest.mark.parametrize(("number", "exists"), [(0, True), (LARGEST, True), (LARGEST + 1, False), (10**40, False)])
def test_a_number_that_no_row_can_have_leads_nowhere(app: Flask, number: int, *, exists: bool) -> None:
    app.add_url_rule("/trial/<int:number>", view_func=str, endpoint="trial")
    adapter = app.url_map.bind("localhost")
    assert adapter.test(f"/trial/{number}") is exists
