"""The browser files: vendored bytes are the pinned ones, the first view stays light, templates obey
the strict CSP.
"""

import base64
import gzip
import hashlib
import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "app" / "web" / "static"
VENDOR = STATIC / "vendor"
FRONTEND = ROOT / "frontend"
TEMPLATES = ROOT / "templates"
PAGES = sorted(TEMPLATES.rglob("*.html"))
BASE = (TEMPLATES / "layout" / "base.html").read_text("utf-8")
ASSET = re.compile(r"""asset\(\s*['"]([^'"]+)['"]\s*\)""")
JINJA = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.S)
TOKENS = (STATIC / "tokens.css").read_text("utf-8")
FONT = re.compile(r'url\("(vendor/[^"]+\.woff2)"\)')
FIRST_VIEW_BYTES = 80_000
FACE_BYTES = 30_000
"""Both weights of the face for Latin; the extended file is fetched only where its letters stand."""
FIRST_VIEW_REQUESTS = 15


def lock_entries() -> list[dict[str, str]]:
    entries: list[dict[str, str]] = json.loads((VENDOR / "vendor.lock.json").read_text("utf-8"))[
        "files"
    ]
    return entries


def test_vendored_files_have_the_bytes_that_were_pinned() -> None:
    for entry in lock_entries():
        content = (VENDOR / entry["file"]).read_bytes()
        sha384 = "sha384-" + base64.b64encode(hashlib.sha384(content).digest()).decode()
        assert sha384 == entry["integrity"], entry["file"]
        assert f".{hashlib.sha256(content).hexdigest()[:8]}." in entry["file"]


def test_nothing_is_vendored_without_a_line_and_a_licence() -> None:
    named = {"vendor.lock.json"} | {
        entry[key] for entry in lock_entries() for key in ("file", "licence_file")
    }
    assert {path.name for path in VENDOR.iterdir()} == named
    assert {entry["licence"] for entry in lock_entries()} <= {
        "MIT",
        "0BSD",
        "ISC",
        "BSD-3-Clause",
        "OFL-1.1",
    }
    assert all((VENDOR / entry["licence_file"]).stat().st_size > 200 for entry in lock_entries())


def test_versions_are_exact_and_agree_in_all_three_files() -> None:
    wanted = json.loads((FRONTEND / "package.json").read_text("utf-8"))["dependencies"]
    locked = json.loads((FRONTEND / "package-lock.json").read_text("utf-8"))["packages"]
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in wanted.values())
    assert wanted == {entry["package"]: entry["version"] for entry in lock_entries()}
    assert wanted == {name: locked[f"node_modules/{name}"]["version"] for name in wanted}
    assert wanted["htmx.org"].startswith("2."), (
        "htmx 4 changes inheritance, timeouts and what is swapped"
    )


def test_the_lock_names_no_download_address() -> None:
    locked = json.loads((FRONTEND / "package-lock.json").read_text("utf-8"))["packages"]
    assert not [name for name, package in locked.items() if "resolved" in package]


def test_first_view_is_light() -> None:
    assets = ASSET.findall(BASE)
    fonts = [name for name in FONT.findall(TOKENS) if "-latin-ext-" not in name]
    assert [sum((STATIC / name).stat().st_size for name in fonts) <= FACE_BYTES, len(fonts)] == [
        True,
        2,
    ]
    assets += fonts
    weight = sum(len(gzip.compress((STATIC / name).read_bytes(), 6)) for name in assets)
    page_itself = 8_000  # the largest page may be 30 KB of HTML, which gzip brings under this
    assert weight + page_itself < FIRST_VIEW_BYTES, weight
    assert 1 + len(assets) <= FIRST_VIEW_REQUESTS


NOT_FOR_BROWSERS = {"letters/page.html", "print/paper.html"}
"""A letter has no style sheet but its own, and paper is drawn by the PDF engine: neither is under
the site's policy.
"""


IN_A_FOLDER, OWN_SCRIPT = "training/certificates/archive.html", r'<script src="[a-z]+\.js"'
"""The page of an archive, whose own policy lets in the scripts beside it and no others."""


def test_templates_name_assets_that_exist() -> None:
    missing = [
        (page.relative_to(TEMPLATES).as_posix(), name)
        for page in PAGES
        for name in ASSET.findall(page.read_text("utf-8"))
        if not (STATIC / name).is_file()
    ]
    assert len(PAGES) > 200
    assert missing == []


CLASSES = re.compile(r'class="([^"]*)"')
ON_PAPER = NOT_FOR_BROWSERS | {
    "participation/invitations/letter.html",
    "followup/general_plan/print.html",
    "followup/plans/print.html",
    "office/home/guide_print.html",
    "office/reports/print.html",
    "office/yearly/print.html",
    "training/turnover/_paper.html",
    "training/turnover/print_country.html",
    "training/turnover/print_region.html",
}
"""Drawn by the PDF engine with sheets of their own."""
UNSTYLED = {"plain", "plain-links", "presence", "prose", "signature", "units"}
"""Names that only tests and people read."""


def classes_in(source: str) -> set[str]:
    """The classes that stand in a template in plain words; those that Jinja puts together are left
    out.
    """
    words = " ".join(CLASSES.findall(re.sub(r"\{#.*?#\}", "", source, flags=re.S)))
    words = JINJA.sub("\x00", words)
    return {word for word in words.split() if re.fullmatch(r"[a-z][\w-]*", word)}


def test_every_class_of_a_template_has_a_look() -> None:
    """There is no library behind our sheets: a class that none of them knows does nothing."""
    sheets = " ".join(path.read_text("utf-8") for path in STATIC.glob("*.css"))
    known = set(re.findall(r"\.([a-z][\w-]*)", sheets)) | UNSTYLED
    unknown = {
        page.relative_to(TEMPLATES).as_posix(): sorted(lost)
        for page in PAGES
        if page.relative_to(TEMPLATES).as_posix() not in ON_PAPER
        and (lost := classes_in(page.read_text("utf-8")) - known)
    }
    assert unknown == {}


def test_box_that_scrolls_sideways_keeps_its_hidden_words_inside() -> None:
    """Words for screen readers are placed absolutely: in a box that is not placed itself they would
    stand beside it, and widen the whole page of a phone (`/region`).
    """
    boxes = {
        f"{path.name}: {rule[1].strip()}": rule[2]
        for path in sorted(STATIC.glob("*.css"))
        for rule in re.finditer(
            r"([^{}]+)\{([^{}]*overflow-x: auto[^{}]*)\}", path.read_text("utf-8")
        )
    }
    assert boxes
    assert [name for name, look in boxes.items() if "position: relative" not in look] == []


def csp_breaches(source: str) -> list[str]:
    """What a strict CSP would block: inline style, handlers, scripts without a nonce, javascript:
    links.
    """
    tags = re.findall(r"<script\b[^>]*>", source)
    scripts = [tag for tag in tags if "asset(" not in tag and "csp_nonce()" not in tag]
    bare = JINJA.sub("x", source)
    return scripts + re.findall(
        r"<style\b|\sstyle=|\son[a-z]+=|javascript:|\shx-on\b|\shx-vals=['\"]js:", bare
    )


def test_templates_hold_nothing_the_csp_would_block() -> None:
    breaches = [
        (name, breach)
        for page in PAGES
        for name in [page.relative_to(TEMPLATES).as_posix()]
        for breach in csp_breaches(page.read_text("utf-8"))
        if (name not in NOT_FOR_BROWSERS or "style" not in breach)
        and (name != IN_A_FOLDER or not re.match(OWN_SCRIPT, breach))
    ]
    assert breaches == []


@pytest.mark.parametrize(
    "source",
    [
        '<p style="x">',
        "<script>",
        '<a onclick="x">',
        '<a href="javascript:x">',
        "<style>",
        '<i {{ x }} onload="y">',
    ],
)
def test_the_csp_check_sees_each_breach(source: str) -> None:
    assert csp_breaches(source)


def test_htmx_is_told_to_inject_nothing_and_keep_no_history() -> None:
    found = re.search(r"name=\"htmx-config\"\s+content='([^']+)'", BASE)
    assert found
    config = json.loads(found.group(1))
    assert (
        config["includeIndicatorStyles"]
        is config["allowEval"]
        is config["allowScriptTags"]
        is False
    )
    assert config["historyCacheSize"] == 0, (
        "another person at the same PC would find the last pages"
    )


def colours(dark: bool) -> dict[str, str]:
    light, night = TOKENS.split("@media (prefers-color-scheme: dark)")
    found = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", light))
    return found | dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", night)) if dark else found


def luminance(colour: str) -> float:
    """WCAG 2.2 relative luminance."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


TEXT_PAIRS = [
    *(
        (text, ground)
        for text in ("ink", "ink-soft", "link", "link-hover")
        for ground in ("ground", "surface", "sunk")
    ),
    *((text, "brand-tint") for text in ("ink", "link", "link-hover")),
    *((text, "brand") for text in ("on-brand", "on-brand-soft")),
    *(("on-action", ground) for ground in ("action", "action-hover")),
    *(
        (word, ground)
        for word in ("good", "warn", "bad")
        for ground in ("ground", "surface", f"{word}-tint")
    ),
    ("ink", "warn-tint"),
    ("ink-soft", "quiet-tint"),
    ("on-accent", "accent"),
    *((text, "accent-tint") for text in ("ink", "ink-soft", "link")),
    *((text, f"{word}-tint") for text in ("ink", "ink-soft") for word in ("good", "bad")),
    *(
        (one, other)
        for group in ("g1", "g2", "g3", "g4", "gg", "gx")
        for one, other in ((group, f"{group}-tint"), (group, "surface"), ("on-group", group))
    ),
]
EDGE_PAIRS = [
    *(("edge", ground) for ground in ("ground", "surface")),
    ("accent", "brand"),
    ("action", "surface"),
    ("focus-inner", "focus-outer"),
]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_contrast_of_every_pair_of_tokens(dark: bool) -> None:
    """WCAG 2.2, 1.4.3 (text, 4.5:1) and 1.4.11 (edges, 3:1)."""
    colour = colours(dark)
    weak = [
        (pair, round(ratio, 2))
        for pairs, needed in ((TEXT_PAIRS, 4.5), (EDGE_PAIRS, 3.0))
        for pair in pairs
        if (ratio := contrast(colour[pair[0]], colour[pair[1]])) < needed
    ]
    assert weak == []


def test_contrast_knows_the_two_ends_of_the_scale() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#777777") == pytest.approx(1)
