"""Forms of terms: what cannot be read is said at its field, and what was typed stays."""

from flask.testing import FlaskClient

from tests.support.actors import csrf_token, sign_in


def test_term_and_person_that_cannot_be_read_are_said_at_their_fields(client: FlaskClient) -> None:
    sign_in(client, "organizer")

    def sent(path: str, **typed: str) -> tuple[int, str]:
        answer = client.post(path, data={**typed, "csrf_token": csrf_token(client)})
        return answer.status_code, answer.text

    status, page = sent(
        "/presidency", country="", valid_from="soon", valid_until="2100-02-30", seen="abc"
    )
    assert status == 422
    for field in ("country", "valid_from", "valid_until"):
        assert f'href="#{field}"' in page
        assert f'id="{field}-error"' in page
    assert 'value="soon"' in page
    assert 'value="2100-02-30"' in page
    status, page = sent(
        "/presidency", country="ZZ", valid_from="2100-01-01", valid_until="2101-01-01"
    )
    assert (status, 'href="#country"' in page) == (422, True)
    assert 'value="2100-01-01"' in page
    today = client.get("/presidency").text
    assert 'href="/handover/presidency"' not in today, "there is none yet"
    assert client.get("/handover/presidency").status_code == 404
    status, page = sent(
        "/presidency",
        country="HN",
        valid_from="2020-01-01",
        valid_until="2100-01-01",
        seen=today.partition('name="seen" type="hidden" value="')[2].partition('"')[0],
    )
    assert (status, 'href="#valid_from"' in page) == (422, True)
    assert '<option selected value="HN">' in page
