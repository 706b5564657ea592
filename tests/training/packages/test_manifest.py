"""Issue 12: manifests as other programs write them, sound ones and broken ones."""

import pytest

from app.kernel.refusal import InvalidInput
from app.training.packages import forms
from app.training.packages.forms import read_manifest
from app.training.packages.values import Manifest, PackageFinding, PartKind, Standard, Weight
from tests.training.packages.builders import manifest, manifest_2004, resource


def read(xml: str | bytes, *paths: str) -> tuple[Manifest, list[str]]:
    content = xml.encode() if isinstance(xml, str) else xml
    read_one, findings = read_manifest(content, {"imsmanifest.xml", "index.html", *paths})
    return read_one, [finding.sentence.msgid for finding in findings]


def weights(xml: str, *paths: str) -> list[tuple[Weight, str]]:
    findings: tuple[PackageFinding, ...] = read_manifest(xml.encode(), {"index.html", *paths})[1]
    return [(finding.weight, finding.sentence.msgid) for finding in findings]


def test_nested_items_in_order_with_what_each_says() -> None:
    items = """
    <item identifier="F"><title>Capítulo</title>
      <item identifier="A" identifierref="R1" parameters="?mode=a&amp;b=1"><title>Uno</title>
        <adlcp:masteryscore>80</adlcp:masteryscore><adlcp:datafromlms>start=3</adlcp:datafromlms>
        <adlcp:maxtimeallowed>00:30:00</adlcp:maxtimeallowed>
        <adlcp:timelimitaction>exit,message</adlcp:timelimitaction></item>
      <item identifier="B" identifierref="R2" isvisible="false"><title>Dos</title>
        <adlcp:prerequisites type="aicc_script">A</adlcp:prerequisites></item>
    </item>"""
    resources = resource("R2", "doc/leer.html#fin", "asset") + resource("R1", "index.html?x=1#top")
    made, msgids = read(manifest(items, resources), "doc/leer.html")
    assert msgids == []
    folder, one, two = made.items
    assert (folder.kind, folder.depth, one.depth) == (PartKind.FOLDER, 0, 1)
    assert (one.kind, one.path, one.query) == (
        PartKind.SCO,
        "index.html",
        "?x=1&mode=a&b=1#top",
    )
    assert (one.mastery, one.launch_data, one.max_time) == ("80", "start=3", "00:30:00")
    assert one.time_limit_action == "exit,message"
    assert (two.kind, two.path, two.query) == (PartKind.ASSET, "doc/leer.html", "#fin")
    assert (two.is_visible, two.prerequisites) == (False, "A")


def test_xml_bases_add_up_and_two_pages_of_one_name_stay_apart() -> None:
    items = "".join(
        f'<item identifier="I{n}" identifierref="R{n}"><title>{n}</title></item>' for n in (1, 2)
    )
    resources = resource("R1", "index.html", base="uno/") + resource("R2", "dos/index.html")
    xml = manifest(items, resources, base='xml:base="curso/"')
    made, msgids = read(xml, "curso/uno/index.html", "curso/dos/index.html")
    assert msgids == []
    assert [item.path for item in made.items] == ["curso/uno/index.html", "curso/dos/index.html"]


def test_default_organization_is_taken_and_not_the_first_resource() -> None:
    more = """<organization identifier="SECOND"><title>Otro</title>
      <item identifier="X" identifierref="R9"><title>Nueve</title></item></organization>"""
    resources = resource("R1", "index.html") + resource("R9", "nine.html")
    made, msgids = read(manifest("", resources, default="SECOND", more=more), "nine.html")
    assert (made.title, made.items[0].path) == ("Otro", "nine.html")
    assert msgids == [forms.OTHERS]
    assert read(manifest(default="NONE"))[1] == [forms.NO_DEFAULT]


@pytest.mark.parametrize(
    "xml",
    [
        manifest().replace("scormtype", "scormType").replace("identifierref", "identifierRef"),
        manifest().replace("<title>", "<Title>").replace("</title>", "</Title>"),
        manifest().replace('xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2"', ""),
        "\n  " + manifest(),
        manifest().encode("utf-8-sig"),
        manifest().replace("UTF-8", "UTF-16").encode("utf-16"),
        manifest().replace("UTF-8", "windows-1252").encode("cp1252"),
    ],
)
def test_capitals_namespaces_and_encodings_do_not_matter(xml: str | bytes) -> None:
    made, msgids = read(xml)
    assert (made.title, made.standard, msgids) == ("Curso de prueba", Standard.SCORM_12, [])
    assert (made.items[0].title, made.items[0].kind) == ("Lección", PartKind.SCO)


def test_what_is_odd_is_said_and_let_in() -> None:
    assert read(manifest(version=""))[1] == [forms.NO_VERSION]
    case = manifest("", resource("R1", "INDEX.html"))
    assert weights(case) == [(Weight.WARNING, forms.OTHER_CASE)]
    slash = manifest("", resource("R1", "sub\\page.html"))
    assert weights(slash, "sub/page.html") == [(Weight.WARNING, forms.BACKSLASH)]
    files = "".join(f'<file href="{n}.png"/>' for n in range(12))
    missing = weights(manifest("", resource("R1", "index.html", files=files)))
    assert len(missing) == forms.MOST_SHOWN + 1
    assert {weight for weight, _msgid in missing} == {Weight.MISSING}
    marks = """<item identifier="A" identifierref="R1"><title>A</title><adlcp:masteryscore>high</adlcp:masteryscore>
      <adlcp:prerequisites>A &amp; nobody</adlcp:prerequisites></item>"""
    made, msgids = read(manifest(marks))
    assert msgids == [forms.BAD_MASTERY, forms.PREREQUISITE]
    assert (made.items[0].mastery, made.items[0].prerequisites) == ("", "")


def test_without_table_of_contents_the_first_sco_is_taken() -> None:
    xml = manifest("<nothing/>", resource("R0", "a.html", "asset") + resource("R1", "index.html"))
    made, msgids = read(xml, "a.html")
    assert (made.items[0].path, msgids) == ("index.html", [forms.NO_ORGANIZATION])


@pytest.mark.parametrize(
    ("href", "msgid"),
    [
        ("gone.html", forms.NO_LAUNCH_FILE),
        ("../secret.html", forms.OUTSIDE),
        ("%2e%2e/secret.html", forms.OUTSIDE),
        ("/etc/passwd", forms.OUTSIDE),
        ("https://example.com/x.html", forms.ELSEWHERE),
        ("//example.com/x.html", forms.ELSEWHERE),
        ("javascript:alert(1)", forms.ELSEWHERE),
        ("", forms.NO_RESOURCE),
    ],
)
def test_launch_page_that_is_not_in_the_package_keeps_it_out(href: str, msgid: str) -> None:
    assert weights(manifest("", resource("R1", href))) == [(Weight.BLOCKER, msgid)]


BOMB = (
    '<!DOCTYPE lolz [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>',
    '<!DOCTYPE x [<!ENTITY file SYSTEM "file:///etc/passwd">]>',
    '<!DOCTYPE manifest SYSTEM "http://example.com/x.dtd">',
)


@pytest.mark.parametrize(
    ("xml", "msgid"),
    [
        *((manifest(before=doctype), forms.DTD) for doctype in BOMB),
        ("", forms.EMPTY),
        ("<manifest>", forms.NOT_XML),
        (manifest().replace("xmlns:adlcp", "xmlns:other"), forms.NOT_XML),
        ('<?xml version="1.0" encoding="x-nobody"?><manifest/>', forms.NOT_XML),
        ("<html/>", forms.NOT_A_MANIFEST),
        (manifest("<nothing/>", "<nothing/>"), forms.NOTHING),
        (
            manifest('<item identifier="x">' * 30 + "</item>" * 30),
            forms.TOO_MANY_ITEMS,
        ),
    ],
)
def test_what_is_no_manifest_is_refused(xml: str, msgid: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read(xml)
    assert refused.value.errors[forms.FILE].msgid == msgid


def test_single_part_of_2004_plays_and_its_sequencing_is_named() -> None:
    sequencing = """<adlcp:completionThreshold minProgressMeasure="0.8"/><imsss:sequencing>
      <imsss:controlMode choice="true"/><imsss:sequencingRules><imsss:postConditionRule/></imsss:sequencingRules>
      <imsss:objectives><imsss:primaryObjective satisfiedByMeasure="true">
      <imsss:minNormalizedMeasure>0.7</imsss:minNormalizedMeasure></imsss:primaryObjective></imsss:objectives>
      </imsss:sequencing>"""
    made, msgids = read(manifest_2004(sequencing=sequencing))
    [item] = made.items
    assert made.standard is Standard.SCORM_2004
    assert (item.mastery, item.completion_threshold) == ("0.7", "0.8")
    assert msgids == [forms.RULES]
    assert read(manifest_2004())[1] == []


def test_several_parts_of_2004_are_not_supported() -> None:
    items = "".join(
        f'<item identifier="{n}" identifierref="R1"><title>{n}</title></item>' for n in "ab"
    )
    assert weights(manifest_2004(items)) == [(Weight.BLOCKER, forms.SEVERAL_SCOS)]


def test_title_has_no_sign_that_turns_the_line_around() -> None:
    told = '<item identifier="A" identifierref="R1"><title>Acta\u202efdp.exe\u2066</title></item>'
    made, _findings = read_manifest(manifest(told).encode(), {"index.html"})
    assert made.items[0].title == "Actafdp.exe"
