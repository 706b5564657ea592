"""A course written at the screen in two languages, published, and passed by a learner."""

import re
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.journeys import steps, world
from tests.journeys.steps import PHONE_ES, WIDE_ES
from tests.support.browser import OpenPage, assert_no_sideways_scroll, click
from tests.support.server import LiveServer
from tests.training.learning.builders import DRAWING


def both(name: str, text: str) -> dict[str, str]:
    return {f"{name}_es": text, f"{name}_en": f"{text} (en)"}


def save(page: Page, where: str, **typed: str) -> int:
    """Opens a page of the desk, fills its form and saves; returns the number of the part."""
    page.goto(where)
    for name, text in typed.items():
        fill(page.locator(f"main [name={name}]").first, text)
    click(page.locator("main .btn-primary[name=step]"))
    expect(page.locator("#messages .flash--success")).to_be_visible()
    return int(re.findall(r"\d+", page.url)[-1])


SEND = """async ([where, typed]) => {
  const page = new DOMParser().parseFromString(await (await fetch(where)).text(), "text/html");
  const button = page.querySelector("main .btn-primary[name=step]"), form = button.form;
  for (const [name, text] of Object.entries(typed)) {
    const field = form.querySelector(`[name="${name}"]`);
    if (["checkbox", "radio"].includes(field.type)) field.checked = true; else field.value = text;
  }
  const body = new FormData(form);
  body.append(button.name, button.value);
  const answer = await fetch(form.getAttribute("action") || where, {method: "POST", body});
  return [answer.status, answer.url];
}"""


def send(page: Page, where: str, **typed: str) -> int:
    """Saves as `save` does, without showing the form: a picture, a text and a question show theirs."""
    status, url = page.evaluate(SEND, [where, typed])
    assert status == 200
    return int(re.findall(r"\d+", url)[-1])


def fill(control: Locator, text: str) -> None:
    kind = control.evaluate("one => one.type")
    if kind in ("checkbox", "radio"):
        control.check()
    elif kind == "select-one":
        control.select_option(text)
    elif kind == "file":
        control.set_input_files(text)
    else:
        control.fill(text)


def question(number: int, kind: str, right: str, **more: str) -> dict[str, str]:
    form = {"kind": kind, **both("stem", f"Pregunta {number}"), "section": "I", **more}
    for key in "ab" if kind == "truefalse" else "abc":
        form |= both(f"option_{key}_text", f"Opción {number}{key}")
        form |= both(f"option_{key}_feedback", f"Comentario {number}{key}")
        if key in right:
            form[f"option_{key}_is_correct"] = "y"
    if kind == "ordering":
        form |= both("explanation", f"Explicación {number}")
    return form


def write_course(page: Page, folder: Path) -> str:
    """A module of a lesson with a picture and four questions; returns the address of the draft."""
    page.goto("/authoring/new")
    for name, text in both("title", "Trato digno en la ventanilla").items():
        page.fill(f"[name={name}]", text)
    for name, text in both("summary", "Escuchar antes de preguntar.").items():
        page.fill(f"[name={name}]", text)
    page.select_option("[name=document]", "")
    click(page.locator("main .btn-primary"))
    page.wait_for_url(re.compile(r"/authoring/\d+$"))
    draft = page.url
    desk = f"{draft}/parts"
    link = page.locator(".desk-links a").first.get_attribute("href") or ""
    course = int(link.rpartition("/")[2])
    send(page, f"{desk}/{course}", **both("document_title", "Protocolo de atención"))
    send(page, f"{desk}/{course}/new/section", code="I", **both("title", "Entrada"))
    module = send(
        page, f"{desk}/{course}/new/module", **both("title", "Escuchar"), **both("outcome", "Sabe")
    )
    new = f"{desk}/{module}/new"
    objective = send(page, f"{new}/objective", sections="I", **both("text", "Escucha primero"))
    drawing = folder / "ventanilla.svg"
    drawing.write_text(DRAWING.format("Ventanilla"), encoding="utf-8")
    save(page, f"{new}/picture", file_es=str(drawing), **both("words", "Una ventanilla abierta"))
    lesson = send(page, f"{new}/lesson", **both("title", "La primera frase"))
    html = page.context.request.get(f"{desk}/{lesson}").text()
    [screen, *_] = re.findall(r'<a href="([^"]+)"', html.partition('class="desk-list')[2])
    body = "## Buenos días\n\nPrimero escuche.\n\n![](M1-F1)"
    save(page, screen, body_es=body, body_en=body.replace("Primero escuche", "Listen first"))
    kinds = (("single", "a"), ("multiple", "ab"), ("truefalse", "b"), ("ordering", ""))
    place = {"objective": str(objective), "screen": screen.rpartition("/")[2]}
    for number, (kind, right) in enumerate(kinds, start=1):
        keep = save if kind == "truefalse" else send
        keep(page, f"{new}/question", **question(number, kind, right, **place))
    send(page, f"{new}/quiz", **both("title", "Cuestionario"), **{f"draw_{objective}": "4"})
    return draft


def test_a_course_written_at_the_screen_is_passed_by_a_learner(
    live_server: LiveServer, open_page: OpenPage, tmp_path: Path
) -> None:
    author = steps.enter(open_page, "organizer", **WIDE_ES)
    draft = write_course(author, tmp_path)
    author.goto(f"{draft}/look")
    click(author.locator(".unit-list a").first)
    expect(author.get_by_role("img", name="Una ventanilla abierta")).to_be_visible()
    author.goto(f"{draft}/publish")
    author.fill("[name=label]", "1")
    author.check("[name=sure]")
    click(author.locator("main .btn-primary"))
    author.wait_for_url("**/courses/trato-digno-en-la-ventanilla")
    course = author.url

    learner = steps.enter(open_page, "official-hn", **PHONE_ES)
    learner.goto(course)
    click(learner.locator("form[action$='/enrolments'] button"))
    learner.wait_for_url(re.compile(rf"{course}/[^/]+/[^/]+/1$"))
    picture = learner.get_by_role("img", name="Una ventanilla abierta")
    expect(picture).to_be_visible()
    assert picture.evaluate("one => one.naturalWidth") > 0
    assert_no_sideways_scroll(learner)
    click(learner.locator("form.go-on button"))
    click(learner.locator("form[action$='/attempt'] button"))
    expect(learner.locator("[name=option], [name^=place-]").first).to_be_visible()
    attempt = world.attempt_in(learner.url)
    steps.answer_quiz(learner, world.answers(live_server, attempt))
    steps.hand_in(learner)
    expect(steps.heading(learner)).to_contain_text("Aprobado")
