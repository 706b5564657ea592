"""The form that imports questions: the file, its language, and what its questions test."""

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.kernel.text import Language, languages
from app.training.authoring.forms.parts import section_choices, shortened
from app.training.authoring.values import CoursePart, CoursePartKind, Draft
from app.web.fields import Needed, SelectField
from app.web.forms import Form
from app.web.locale import language_name


class BankForm(Form):
    file = wtforms.FileField(_l("File"), [Needed()])
    language = SelectField(_l("Language of the questions"))
    objective = SelectField(_l("Objective they test"))
    section = SelectField(_l("Section they are based on"))

    def offer(self, draft: Draft, module: CoursePart, language: Language) -> None:
        none = ("", _("Not chosen yet"))
        self.language.choices = [(code, language_name(code)) for code in languages()]
        self.objective.choices = [
            none,
            *(
                (str(one.id), f"{one.code} {shortened(one.name.in_(language))}")
                for one in draft.children(module.id, CoursePartKind.OBJECTIVE)
            ),
        ]
        self.section.choices = [none, *section_choices(draft, language)]
