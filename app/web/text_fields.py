"""Form fields of a text in several languages: one control for each language of the installation."""

from collections.abc import Callable, Iterator
from typing import Any, overload

import wtforms
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from wtforms.fields.core import UnboundField

from app.kernel.text import Language, LocalizedText, field_in, languages
from app.web.forms import Form
from app.web.locale import language_name


class Texts:
    """The fields of one text in a form, in the order of the languages."""

    def __init__(self, form: wtforms.Form, name: str) -> None:
        self.form, self.name = form, name

    def __iter__(self) -> Iterator[wtforms.Field]:
        return (self.in_(language) for language in languages())

    def in_(self, language: Language) -> wtforms.Field:
        return self.form[field_in(self.name, language)]

    @property
    def first(self) -> wtforms.Field:
        """Returns the control at which a mistake is shown that concerns the text in no single
        language.
        """
        return self.in_(languages()[0])

    @property
    def data(self) -> LocalizedText:
        return LocalizedText({language: self.in_(language).data or "" for language in languages()})


class LocalizedField:
    """A text in every language, in a `LocalizedForm`. On the form it answers with its `Texts`.

    `make` is called for each language, as a field is: with the label and then the arguments given
    here. `label` is a msgid with %(language)s. The fields are named as `title_es`, `title_en`.
    """

    _formfield = True

    def __init__(self, label: str, make: Callable[..., Any], *args: Any, **kwargs: Any) -> None:
        UnboundField.creation_counter += 1
        self.creation_counter = UnboundField.creation_counter
        self.label, self.make, self.args, self.kwargs = label, make, args, kwargs
        self.fields: dict[Language, UnboundField] = {}

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, form: None, owner: type) -> "LocalizedField": ...
    @overload
    def __get__(self, form: wtforms.Form, owner: type) -> Texts: ...
    def __get__(self, form: wtforms.Form | None, owner: type) -> "LocalizedField | Texts":
        return self if form is None else Texts(form, self.name)

    def in_each_language(self) -> Iterator[tuple[str, UnboundField]]:
        for language in languages():
            if language not in self.fields:
                self.fields[language] = self._made(language)
            yield field_in(self.name, language), self.fields[language]

    def _made(self, language: Language) -> UnboundField:
        label = _l(self.label, language=LazyString(language_name, language))
        field = self.make(label, *self.args, **self.kwargs)
        field.kwargs["render_kw"] = {**(field.kwargs.get("render_kw") or {}), "lang": language}
        return field


class LocalizedForm(Form):
    """A form whose `LocalizedField`s become one field for each language of the installation."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        declared: list[tuple[str, Any]] = getattr(type(self), "_unbound_fields")  # noqa: B009
        self._unbound_fields = [
            pair
            for name, field in declared
            for pair in (
                field.in_each_language() if isinstance(field, LocalizedField) else [(name, field)]
            )
        ]
        super().__init__(*args, **kwargs)
