"""What is typed of a webinar that a country wishes for, and of the answer."""

from flask_babel import lazy_gettext as _l

from app.training.requests.rules import LONGEST_WORDS
from app.web.fields import Needed, text_field
from app.web.forms import Form


class WebinarWishForm(Form):
    """No words are refused by the service."""

    wish = text_field(_l("What it should be about"), LONGEST_WORDS, Needed(), area=True)


class WebinarAnswerForm(Form):
    """Why not. It stands on its page once for each request."""

    answer = text_field(_l("Why not"), LONGEST_WORDS, Needed(), area=True)
