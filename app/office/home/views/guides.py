"""How it is done: every task by its name, and one of them at a time."""

from flask import Response, current_app, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from app.infra.installation import site_address
from app.infra.language import translate
from app.infra.pdf import pdf_of
from app.kernel.refusal import NotFound
from app.kernel.text import languages
from app.office.home.guides import BY_PAGE, BY_SLUG, GUIDES
from app.office.home.values import Guide
from app.office.home.views import bp
from app.office.search.rules import is_found, telling, words_of
from app.web.downloads import name_file
from app.web.guards import anyone, current_actor, policy_of, requires
from app.web.limits import PDF
from app.web.locale import reader_language

LONGEST = 100


@bp.get("/how-to")
@requires(anyone)
def guides() -> str:
    """Lists the tasks; with `q`, those that somebody may mean."""
    typed = request.args.get("q", "")[:LONGEST].strip()
    found = [one for one in GUIDES if _is_meant(one, typed)] if typed else GUIDES
    return render_template("office/home/guides.html", guides=found, typed=typed)


@bp.get("/help")
@requires(anyone)
def help_page() -> BaseResponse:
    return redirect(url_for("home.guides"), 301)


@bp.get("/how-to/<task>")
@requires(anyone)
def guide(task: str) -> str:
    """Tells one task in steps. What the reader may not open is named without a link."""
    shown = _guide(task)
    actor = current_actor()
    may = shown.policy(actor)
    return render_template(
        "office/home/guide.html",
        guides=GUIDES,
        guide=shown,
        by_slug=BY_SLUG,
        may_open=_may_open,
        url=url_for(shown.endpoint) if may and shown.endpoint else "",
        asks_to_sign_in=not may and not actor.signed_in,
    )


@bp.get("/how-to/<task>.pdf")
@requires(anyone, costs=PDF)
def guide_on_paper(task: str) -> Response:
    """Returns the same for paper, with a box to tick at each step; the same file for every reader of
    a language.
    """
    shown = _guide(task)
    html = render_template(
        "office/home/guide_print.html", guide=shown, lang=reader_language(), address=site_address()
    )
    answer = make_response(pdf_of(html))
    answer.mimetype = "application/pdf"
    name_file(answer, f"{shown.slug}-{reader_language()}.pdf", inline=True)
    return answer


def _guide(task: str) -> Guide:
    if task not in BY_SLUG:
        raise NotFound
    return BY_SLUG[task]


def _may_open(endpoint: str) -> bool:
    policy = policy_of(current_app.view_functions[endpoint])
    return policy is not None and policy(current_actor())


@bp.app_template_global()
def step_parts(say: str, button: str) -> tuple[str, str, str]:
    """Returns what stands before the name of a button, the name, and what stands after it."""
    before, _mark, after = _(say, button="\0").partition("\0")
    return before, _(button) if button else "", after


@bp.app_template_global()
def guide_here() -> tuple[str, str]:
    """Returns the address and the title of the guide that the page is about; both "" for none."""
    slug = BY_PAGE.get(request.endpoint or "")
    return (url_for("home.guide", task=slug), _(BY_SLUG[slug].title)) if slug else ("", "")


def _is_meant(guide: Guide, typed: str) -> bool:
    """Says whether a guide is named, or called, as somebody types: in the reader's language or in
    any other.
    """
    words = words_of(typed)
    if is_found(words, translate(reader_language(), guide.title)):
        return True
    said = " ".join(
        translate(language, text) for language in languages() for text in (guide.title, guide.words)
    )
    return is_found(telling(words), said)
