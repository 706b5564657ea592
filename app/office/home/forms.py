"""The form on the sheet of components; it is never sent."""

from typing import Self

from flask_babel import lazy_gettext as _l
from wtforms import StringField
from wtforms.validators import InputRequired

from app.web.fields import RadioField, text_field
from app.web.forms import Form


class SampleForm(Form):
    when = text_field(_l("Hour"), 40)
    email = StringField(_l("E-mail address"), [InputRequired()])
    kind = RadioField(_l("Language"), choices=[("es", "Español"), ("en", "English")], default="es")

    @classmethod
    def with_faults(cls) -> Self:
        form = cls(data={"when": "13–14", "email": "ana.migracion.gob", "kind": "es"})
        form.email.errors = [_l("The @ is missing: write, for example, ana@example.org")]
        return form
