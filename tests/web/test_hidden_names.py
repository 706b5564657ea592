"""No template imports a macro under a name by which a page that it extends knows something else."""

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, nodes
from jinja2.meta import find_undeclared_variables

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
ENVIRONMENT = Environment(
    loader=FileSystemLoader(TEMPLATES), extensions=["jinja2.ext.i18n", "jinja2.ext.do"]
)


@cache
def _read(name: str) -> nodes.Template:
    return ENVIRONMENT.parse((TEMPLATES / name).read_text("utf-8"))


def _imported(template: nodes.Template) -> set[str]:
    names = (name for found in template.find_all(nodes.FromImport) for name in found.names)
    return {name if isinstance(name, str) else name[1] for name in names}


def _extended(template: nodes.Template) -> list[str]:
    """Returns the names of the pages that a template extends, the nearest first."""
    names = []
    found = template.find(nodes.Extends)
    while found is not None and isinstance(found.template, nodes.Const):
        names.append(str(found.template.value))
        found = _read(names[-1]).find(nodes.Extends)
    return names


@cache
def _known(name: str) -> set[str]:
    """Returns what a page takes for variables; a few pages are extended by all others."""
    page = _read(name)
    for found in page.find_all(nodes.Filter):  # ours, which this environment does not have
        ENVIRONMENT.filters.setdefault(found.name, str)
    return find_undeclared_variables(page)


def hidden_names(template: nodes.Template) -> set[str]:
    """Returns what the template imports and a page that it extends takes for a variable of its
    own: an import of a page is seen by the pages that it extends.
    """
    imported = _imported(template)
    return imported & set().union(*map(_known, _extended(template))) if imported else set()


def test_no_imported_macro_hides_a_variable_of_the_page_that_is_extended() -> None:
    hidden = {}
    for path in sorted(TEMPLATES.rglob("*.html")):
        name = path.relative_to(TEMPLATES).as_posix()
        if names := hidden_names(_read(name)):
            hidden[name] = names
    assert hidden == {}


def test_such_a_macro_is_seen() -> None:
    planted = ENVIRONMENT.parse(
        '{% extends "office/setup/_frame.html" %}'
        '{% from "office/setup/_buttons.html" import name_fields as names %}'
    )
    assert hidden_names(planted) == {"names"}
