"""The survey as it was answered."""

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import Optional

from app.participation.surveys.rules import LONGEST_COMMENT
from app.participation.surveys.values import Response, SurveyQuestion
from app.participation.surveys.wording import OPEN_QUESTION, QUESTIONS, SCALE
from app.web.fields import RadioField
from app.web.forms import Form


class SurveyForm(Form):
    useful = RadioField(validators=[Optional()], validate_choice=False)
    clear = RadioField(validators=[Optional()], validate_choice=False)
    timely = RadioField(validators=[Optional()], validate_choice=False)
    applied = RadioField(validators=[Optional()], validate_choice=False)
    comment = wtforms.TextAreaField(
        _l(OPEN_QUESTION), [Optional()], render_kw={"maxlength": LONGEST_COMMENT}
    )
    with_name = wtforms.BooleanField(_l("Give my name with this answer"))

    def in_words(self) -> "SurveyForm":
        """Returns the form with labels and choices in the reader's language."""
        for question, msgid in QUESTIONS.items():
            field = self[question.value]
            field.label.text = _(msgid)
            field.choices = [(str(score), _(words)) for score, words in SCALE.items()]
        return self

    def response(self) -> Response:
        """Returns the answers; a score that is none becomes 0, which the rules refuse at its field."""
        given = {question: str(self[question.value].data or "") for question in SurveyQuestion}
        scores = {
            question: int(text) if text in ("1", "2", "3", "4", "5") else 0
            for question, text in given.items()
            if text
        }
        return Response(
            scores,
            str(self.comment.data or "").replace("\r\n", "\n"),
            is_anonymous=not self.with_name.data,
        )
