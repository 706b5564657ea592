"""Forms go where they say, whichever address shows the page."""

import re

from tests.architecture.source import ROOT

FORM = re.compile(r'<form\b[^>]*\bmethod="post"[^>]*>')


def test_form_on_a_page_with_several_forms_names_its_address() -> None:
    """A page that answers one of its forms stands at the address of that form: another form on it
    without an action would be sent there, too.
    """
    silent = []
    for path in sorted((ROOT / "templates").rglob("*.html")):
        forms = FORM.findall(path.read_text(encoding="utf-8"))
        if len(forms) > 1 and not all(" action=" in form for form in forms):
            silent.append(str(path.relative_to(ROOT)))
    assert silent == []
