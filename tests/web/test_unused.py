"""Nothing stands in our style sheets and templates that no page uses: classes, macros, imports."""

import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "app" / "web" / "static"
TEMPLATES = ROOT / "templates"
SHEETS = sorted(STATIC.glob("*.css"))
PAGES = {
    path: re.sub(r"\{#.*?#\}", "", path.read_text("utf-8"), flags=re.S)
    for path in sorted(TEMPLATES.rglob("*.html"))
}
IMPORT = re.compile(r'\{%-? *from +"([^"]+)" +import +([^%]+?)(?: +with context)? *-?%\}')
MACRO = re.compile(r"\{%-? *macro +(\w+)")
TAKEN_BY_VIEW = re.compile(r'get_template_attribute\(\s*"([^"]+)",\s*"(\w+)"')
CLASS = re.compile(r"\.([A-Za-z][\w-]*)")
OFFERED = frozenset({"w-100"})
"""Small helpers that stay for the next page that needs them."""

WRITTEN = r"""(?:\{\{|\$\{|\{\w|["'`] ?[~+])"""
"""What follows the fixed part of a class whose end is computed: in a template, an f-string or a
script.
"""


RUN = re.compile(r"[\w-]+")
STEM = re.compile(rf"[\w-]+(?={WRITTEN})")


@cache
def _written() -> tuple[frozenset[str], frozenset[str]]:
    """Every run of letters in what may write a class (templates, scripts, and views that do), and
    those whose end is computed.
    """
    scripts = [path.read_text("utf-8") for path in sorted(STATIC.glob("*.js"))]
    views = [path.read_text("utf-8") for path in sorted((ROOT / "app").rglob("*.py"))]
    text = "\n".join((*PAGES.values(), *scripts, *views))
    return frozenset(RUN.findall(text)), frozenset(STEM.findall(text))


def _is_written(name: str) -> bool:
    whole, stems = _written()
    stem = re.match(r".*--|.*-|[a-z]+(?=[0-9]+$)", name)
    return name in whole or (stem is not None and stem[0] in stems)


def _classes(sheet: Path) -> set[str]:
    css = re.sub(r"/\*.*?\*/", "", sheet.read_text("utf-8"), flags=re.S)
    selectors = re.sub(r"\{[^{}]*\}", "{}", css)
    return set(CLASS.findall(re.sub(r'url\([^)]*\)|"[^"]*"', "", selectors)))


def test_every_class_of_our_style_sheets_is_written_somewhere() -> None:
    unused = {
        sheet.name: sorted(name for name in _classes(sheet) - OFFERED if not _is_written(name))
        for sheet in SHEETS
    }
    assert {name: classes for name, classes in unused.items() if classes} == {}


def test_every_imported_macro_is_called() -> None:
    unused = []
    for path, text in PAGES.items():
        body = IMPORT.sub("", text)
        for source, names in IMPORT.findall(text):
            for name in names.split(","):
                called = name.split(" as ")[-1].strip()
                if not re.search(rf"\b{called}\b", body):
                    unused.append(f"{path.relative_to(TEMPLATES)}: {called} of {source}")
    assert unused == []


def test_every_macro_is_called_where_it_stands_or_imported() -> None:
    imported = {
        (source, name.split(" as ")[0].strip())
        for text in PAGES.values()
        for source, names in IMPORT.findall(text)
        for name in names.split(",")
    }
    for path in (ROOT / "app").rglob("*.py"):
        imported.update(TAKEN_BY_VIEW.findall(path.read_text("utf-8")))
    unused = []
    for path, text in PAGES.items():
        source = path.relative_to(TEMPLATES).as_posix()
        calls = MACRO.sub("", text)
        for name in MACRO.findall(text):
            if (source, name) not in imported and not re.search(rf"\b{name}\(", calls):
                unused.append(f"{source}: {name}")
    assert unused == []
