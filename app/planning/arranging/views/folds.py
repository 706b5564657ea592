"""The folded parts of the planning form: one line each, so that nobody opens them in vain."""

from collections.abc import Iterable
from dataclasses import dataclass

import wtforms
from flask_babel import gettext as _

from app.kernel.text import Language, languages
from app.planning.arranging.forms import PlanForm
from app.planning.events.values import EventKind, Mode
from app.web.locale import language_name


@dataclass(frozen=True)
class Fold:
    """`summary` is one line; `is_missing`: it says what readers will miss; `is_open`: an error or
    an unusual answer stands inside.
    """

    summary: str
    is_missing: bool = False
    is_open: bool = False


def folds_of(form: PlanForm, language: Language, *, room: str = "") -> dict[str, Fold]:
    """Returns the folds by name: cycle, plan, room, access, texts. `room`: the meeting program in
    which one is created on publishing, "" for none.
    """
    return {
        "cycle": _cycle(form),
        "plan": _plan(form),
        "room": _room(form, room),
        "access": _access(form),
        "texts": _texts(form, language),
    }


def _has_errors(*fields: wtforms.Field) -> bool:
    return any(field.errors for field in fields)


def _names(field: wtforms.Field) -> list[str]:
    """Returns the labels of what is chosen."""
    chosen = field.data if isinstance(field.data, list) else [field.data]
    return [str(label) for value, label in field.choices if value and value in (chosen or ())]


def _joined(parts: Iterable[str]) -> str:
    return " · ".join(part for part in parts if part)


def _cycle(form: PlanForm) -> Fold:
    fields = (form.prepares, form.follows_up, form.congress_of, form.side_event_of)
    said = _joined(
        f"{field.label.text}: {', '.join(names)}" for field in fields if (names := _names(field))
    )
    return Fold(said or _("Not part of a congress cycle"), is_open=_has_errors(*fields))


def _plan(form: PlanForm) -> Fold:
    said = _joined((*_names(form.plan_entry_id), form.decision_ref.data or ""))
    return Fold(
        said or _("Not under an entry of the plan"),
        is_open=_has_errors(form.plan_entry_id, form.decision_ref),
    )


def _room(form: PlanForm, offered: str) -> Fold:
    needs_link = form.mode.data != Mode.IN_PERSON and not form.join_url.data
    said = _joined(
        (
            *_names(form.mode),
            form.place.data or "",
            *_names(form.licence),
            _without_link(offered) if needs_link else "",
        )
    )
    return Fold(
        said,
        is_missing=needs_link and not offered,
        is_open=_has_errors(form.mode, form.place, form.licence, form.join_url),
    )


def _without_link(offered: str) -> str:
    if offered:
        return str(_("%(program)s, created on publishing", program=offered))
    return str(_("the link to join is missing"))


def _access(form: PlanForm) -> Fold:
    countries = form.countries.data or ()
    is_usual = form.kind.data == EventKind.WEBINAR
    said = _joined(
        (
            "" if is_usual else ", ".join(_names(form.kind)),
            _("%(count)s countries", count=len(countries))
            if countries
            else _("All countries of the region"),
            _("%(count)s places", count=form.capacity.data) if form.capacity.data else "",
            _("delegates required") if form.needs_delegates.data else "",
            _("confidential") if form.is_confidential.data else "",
        )
    )
    fields = (form.kind, form.countries, form.capacity, form.needs_delegates, form.is_confidential)
    return Fold(said, is_open=_has_errors(*fields))


def _texts(form: PlanForm, language: Language) -> Fold:
    titles, summaries = form.title, form.summary
    missing = [
        _("the title in %(language)s", language=language_name(code))
        for code in languages()
        if code != language and not titles.in_(code).data
    ]
    missing += [
        _("the description in %(language)s", language=language_name(code))
        for code in languages()
        if not summaries.in_(code).data
    ]
    said = _("Missing: %(texts)s", texts=", ".join(missing)) if missing else _("Complete")
    fields = [titles.in_(code) for code in languages() if code != language]
    return Fold(
        said,
        is_missing=bool(missing),
        is_open=_has_errors(*fields, *(summaries.in_(code) for code in languages())),
    )
