"""The bases of all forms. On a page that shows again what its reader had typed, a form reads that
instead of what is stored: see `app/web/kept_forms.py`.
"""

from collections.abc import Mapping
from typing import Any

import wtforms
from flask_wtf import FlaskForm
from wtforms.form import BaseForm
from wtforms.meta import DefaultMeta

from app.web.kept_forms import is_typed_for, typed_for


def one_of_many(action: str) -> dict[str, bool]:
    """Returns the `meta` of a form that stands on its page once for each row: the row's address says
    for which of them something was typed.
    """
    return {"reads_kept": is_typed_for(action)}


class ReadsKept(DefaultMeta):
    reads_kept = True

    def wrap_formdata(self, form: Any, formdata: Any) -> Any:
        given = super().wrap_formdata(form, formdata)
        if given is not None or not self.reads_kept:
            return given
        typed = typed_for(form)
        form.is_kept = typed is not None
        return typed


class Form(wtforms.Form):
    """The base of a form that is given what was sent."""

    is_kept = False
    """True where the form shows what had been typed: a part of the page that is closed opens."""
    Meta = ReadsKept


class PostedForm(Form, FlaskForm):
    """The base of a form that reads by itself what was sent."""


class FieldsForm(BaseForm):
    """The base of a form whose fields depend on what is stored."""

    is_kept = False

    def __init__(self, fields: Mapping[str, Any]) -> None:
        super().__init__(fields, meta=ReadsKept())
