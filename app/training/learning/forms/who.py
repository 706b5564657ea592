"""Who takes the course: name as on the ID and country, as they say themselves. Nothing is
guessed.
"""

from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField
from wtforms.validators import InputRequired, Length

from app.people.directory.rules import LONGEST_NAME
from app.web.forms import PostedForm

NO_COUNTRY = "none"


class WhoForm(PostedForm):
    full_name = StringField(
        _l("Full name, as on the ID"),
        [
            InputRequired(_l("Write the full name as it appears on the ID.")),
            Length(max=LONGEST_NAME),
        ],
        render_kw={"autocomplete": "name"},
    )
    country = SelectField(
        _l("Country you work for"), [InputRequired(_l("Choose one of the answers."))]
    )

    @property
    def country_code(self) -> str | None:
        """Returns None for who serves in none of the Member Countries."""
        return None if self.country.data == NO_COUNTRY else str(self.country.data)
