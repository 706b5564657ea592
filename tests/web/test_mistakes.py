"""A refusal of a service is said at the fields of a form."""

import pytest
import wtforms
from flask import Flask

from app.kernel.refusal import InvalidInput, Kind, NotFound, Refusal, Sentence
from app.kernel.seen import ChangedMeanwhile
from app.kernel.text import N_
from app.web.errors import STATUS
from app.web.fields import Typed, text_field
from app.web.mistakes import show_refusal
from app.web.text_fields import LocalizedField, LocalizedForm

LONG = N_("Write at most %(max)d characters.")


class NameForm(LocalizedForm):
    name = LocalizedField(N_("Name in %(language)s"), text_field, 5)
    code = wtforms.StringField("Code")
    seen = wtforms.HiddenField()


class Full(Refusal):
    kind, rule, msgid = Kind.CONFLICT, "full", N_("Choose the record to keep.")


def test_refusal_stands_at_its_field_or_above_the_form(app: Flask) -> None:
    sent = Typed({"name_es": "Ana María", "code": "x", "seen": "old"})
    with app.test_request_context("/?lang=en"):
        form = NameForm(sent)
        assert not form.validate()
        said = Sentence(LONG, {"max": 9})
        assert show_refusal(form, InvalidInput({"name": said, "code": said, "no": said})) == 422
        nine = "Write at most 9 characters."
        assert form["name_es"].errors == ["Write at most 5 characters.", nine]
        assert (form.code.errors, form.form_errors) == ([nine], [nine])
        assert form.name.data["es"] == "Ana María"
        other = NameForm(sent)
        assert show_refusal(other, Full()) == STATUS[Kind.CONFLICT]
        assert other.form_errors == ["Choose the record to keep."]
        late = NameForm(sent)
        refusal = ChangedMeanwhile("new")
        assert show_refusal(late, refusal, stored="/events/7") == STATUS[refusal.kind]
        assert (late.seen.data, "/events/7" in late.form_errors[0]) == ("new", True)
        with pytest.raises(NotFound):
            show_refusal(form, NotFound())
