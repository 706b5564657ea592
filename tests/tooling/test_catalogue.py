"""Each defect is planted in a small project of its own; the check must name it and its place."""

import gettext
from pathlib import Path
from typing import IO

import pytest
from babel.messages import Catalog, mofile
from jinja2 import TemplateSyntaxError

from tooling.catalogue import check, compile_all
from tooling.domains import settle
from tooling.messages import Key, extract_messages

SOUND = {
    "app/web/views.py": 'flash(_("Saved"))\n',
    "templates/page.html": "<p>{{ ngettext('%(num)s seat', '%(num)s seats', n) }}</p>\n",
    "translations/es/web/web.po": 'msgid "Saved"\nmsgstr "Guardado"\n',
    "translations/es/web/page.po": (
        'msgid "%(num)s seat"\nmsgid_plural "%(num)s seats"\nmsgstr[0] "Un cupo"\nmsgstr[1] "%(num)s cupos"\n'
    ),
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    write(tmp_path, SOUND)
    return tmp_path


def write(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def test_a_sound_project_has_no_defect(project: Path) -> None:
    assert list(check(project)) == []


@pytest.mark.parametrize(
    ("file", "text", "place", "words"),
    [
        (
            "app/web/more.py",
            'x = translate("es", "Late")\n',
            "app/web/more.py:1",
            "no Spanish for 'Late'",
        ),
        (
            "app/web/more.py",
            'x = 1\ny = both("Late")\n',
            "app/web/more.py:2",
            "no Spanish for 'Late'",
        ),
        ("app/web/more.py", 'x = N_("Late")\n', "app/web/more.py:1", "no Spanish for 'Late'"),
        ("app/web/more.py", 'x = _l("Late")\n', "app/web/more.py:1", "no Spanish for 'Late'"),
        (
            "templates/more.txt",
            "{% trans %}Late{% endtrans %}",
            "templates/more.txt:1",
            "no Spanish for 'Late'",
        ),
        (
            "certificates/v1/a.html",
            "{{ _('Late') }}",
            "certificates/v1/a.html:1",
            "no Spanish for 'Late'",
        ),
        (
            "translations/es/web/web.po",
            'msgid "Saved"\nmsgstr ""\n',
            "translations/es/web/web.po:1",
            "no translation: 'Saved'",
        ),
        (
            "translations/es/web/web.po",
            '#, fuzzy\nmsgid "Saved"\nmsgstr "Sí"\n',
            "translations/es/web/web.po:2",
            "fuzzy: 'Saved'",
        ),
        (
            "translations/es/web/more.po",
            'msgid "Old"\nmsgstr "Viejo"\n',
            "translations/es/web/more.po:1",
            "no longer used: 'Old'",
        ),
        (
            "translations/es/web/web.po",
            'msgid "Saved"\nmsgstr "Guardado "\n',
            "translations/es/web/web.po:1",
            "at the edge differs",
        ),
        (
            "translations/es/web/zzz.po",
            'msgid "Saved"\nmsgstr "Se guardó"\n',
            "translations/es/web/zzz.po:1",
            "two different translations (the other: translations/es/web/web.po:1): 'Saved'",
        ),
        (
            "translations/es/web/web.po",
            'msgid "Saved"\nmsgstr "Guardado"\n\nmsgid "Saved"\nmsgstr "Guardado"\n',
            "translations/es/web/web.po:4",
            "twice, with the same Spanish",
        ),
        (
            "translations/es/web/page.po",
            'msgid "%(num)s seat"\nmsgid_plural "%(num)s seats"\nmsgstr[0] "Un cupo"\nmsgstr[1] "%(n)s cupos"\n',
            "translations/es/web/page.po:1",
            "placeholders differ in '%(n)s cupos'",
        ),
        (
            "translations/es/web/page.po",
            'msgid "%(num)s seat"\nmsgid_plural "%(num)s seats"\nmsgstr[0] "Un %(x)s"\nmsgstr[1] "%(num)s cupos"\n',
            "translations/es/web/page.po:1",
            "placeholders differ in 'Un %(x)s'",
        ),
        (
            "translations/es/web/page.po",
            'msgid "%(num)s seat"\nmsgid_plural "%(num)s seats"\nmsgstr[0] "Un cupo"\n',
            "translations/es/web/page.po:1",
            "no translation",
        ),
        (
            "translations/es/web/page.po",
            'msgid "%(num)s seat"\nmsgstr "%(num)s cupo"\n',
            "translations/es/web/page.po:1",
            "lacks the plural that is asked for",
        ),
    ],
)
def test_a_planted_defect_is_named_with_its_place(
    project: Path, file: str, text: str, place: str, words: str
) -> None:
    write(project, {file: text})
    found = list(check(project))
    assert [line for line in found if line.startswith(place) and words in line] == found, found
    assert len(found) == 1


@pytest.mark.parametrize(
    ("spanish", "is_sound"),
    [("Vino al 80 % del total", False), ("Vino al 80 %% del total", True), ("100 %", False)],
)
def test_a_bare_percent_sign_would_break_the_page_that_shows_it(
    project: Path, spanish: str, is_sound: bool
) -> None:
    write(
        project,
        {
            "templates/more.html": "{{ _('Came') }}",
            "translations/es/web/more.po": f'msgid "Came"\nmsgstr "{spanish}"\n',
        },
    )
    assert [line for line in check(project) if "a bare %" in line] == list(check(project))
    assert (list(check(project)) == []) is is_sound


def test_the_same_translation_may_stand_in_two_files(project: Path) -> None:
    write(project, {"translations/es/web/more.po": 'msgid "Saved"\nmsgstr "Guardado"\n'})
    assert list(check(project)) == []


def test_message_in_the_file_of_a_package_that_does_not_use_it_is_moved(project: Path) -> None:
    seats = '# why\nmsgid "Full"\nmsgstr "Completo"\n\nmsgid "Later"\nmsgstr "Luego"\n'
    write(
        project,
        {
            "app/planning/programme/rules.py": 'x = N_("Later")\n',
            "app/participation/registrations/rules.py": 'x = N_("Full")\ny = N_("Later")\n',
            "app/participation/registrations/views.py": 'x = _("Full")\n',
            "app/office/home/views.py": 'x = _("Full")\n',
            "templates/letters/full.txt": "{{ _('Dear all') }}",
            "translations/es/planning/programme.po": seats,
            "translations/es/office/home.po": 'msgid "Dear all"\nmsgstr "Hola"\n',
        },
    )
    assert list(check(project)) == [
        "translations/es/office/home.po:1: belongs in translations/es/office/letters.po: 'Dear all'",
        "translations/es/planning/programme.po:2: belongs in"
        " translations/es/participation/registrations.po: 'Full'",
    ]
    settle(project)
    assert list(check(project)) == []
    folder = project / "translations" / "es"
    assert (folder / "participation" / "registrations.po").read_text() == (
        '# why\nmsgid "Full"\nmsgstr "Completo"\n'
    )
    assert (folder / "planning" / "programme.po").read_text() == ('msgid "Later"\nmsgstr "Luego"\n')
    assert not (folder / "office" / "home.po").exists(), "nothing is left in it"


def test_a_template_that_does_not_parse_stops_the_extraction(project: Path) -> None:
    write(project, {"templates/broken.html": "{% trans %}Late"})
    with pytest.raises(TemplateSyntaxError, match="unclosed translation block"):
        extract_messages(project)


def test_translated_blocks_are_trimmed_as_the_application_trims_them(project: Path) -> None:
    write(project, {"templates/long.html": "{% trans %}\n  Two\n  lines\n{% endtrans %}"})
    assert Key("Two lines", None) in extract_messages(project)


def test_compiled_catalogues_speak_both_languages(project: Path) -> None:
    compile_all(project)
    spanish = gettext.translation("messages", project / "translations", ["es"])
    english = gettext.translation("messages", project / "translations", ["en"])
    assert spanish.gettext("Saved") == "Guardado"
    assert [spanish.ngettext("%(num)s seat", "%(num)s seats", n) for n in (0, 1, 2)] == [
        "%(num)s cupos",
        "Un cupo",
        "%(num)s cupos",
    ]
    assert english.gettext("Saved") == "Saved"
    assert english.ngettext("%(num)s seat", "%(num)s seats", 2) == "%(num)s seats"


def test_of_two_that_compile_at_once_both_end_well(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As two `./run` in one tree do: the second begins and ends while the first one writes."""
    others = [compile_all]

    def write_mo(file: IO[bytes], catalogue: Catalog) -> None:
        if others:
            others.pop()(project)
        mofile.write_mo(file, catalogue)

    monkeypatch.setattr("tooling.catalogue.write_mo", write_mo)
    compile_all(project)
    assert not others
    spanish = gettext.translation("messages", project / "translations", ["es"])
    assert spanish.gettext("Saved") == "Guardado"
    left = [path.name for path in project.glob("translations/*/LC_MESSAGES/*")]
    assert left == ["messages.mo"] * 2


def test_an_untranslated_entry_is_left_out_so_that_english_shows(project: Path) -> None:
    write(project, {"translations/es/web/web.po": '#, fuzzy\nmsgid "Saved"\nmsgstr "Sí"\n'})
    compile_all(project)
    assert (
        gettext.translation("messages", project / "translations", ["es"]).gettext("Saved")
        == "Saved"
    )
