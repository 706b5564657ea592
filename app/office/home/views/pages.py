"""Pages about this place, and the sheet of components for whoever builds one."""

from dataclasses import dataclass

from flask import current_app, render_template
from flask_babel import gettext as _

from app.kernel.refusal import NotFound
from app.kernel.text import N_
from app.office.home.forms import SampleForm
from app.office.home.views.door import bp
from app.web.guards import anyone, requires

SWATCHES = (
    ("ink", N_("Text"), "14.5 · 14.7"),
    ("ink-soft", N_("Second text"), "6.5 · 8.8"),
    ("link", N_("Link"), "7.6 · 9.9"),
    ("action", N_("Button"), "8.3 · 5.0"),
    ("accent", N_("Now"), "8.1 · 8.9"),
    ("good", N_("Good"), "5.9 · 8.0"),
    ("warn", N_("Attention"), "6.2 · 8.6"),
    ("bad", N_("Bad"), "6.2 · 7.8"),
    ("g1", N_("Protection"), "5.7 · 7.8"),
    ("g2", N_("Labour migration"), "5.6 · 7.7"),
    ("g3", N_("Border management"), "5.5 · 7.9"),
    ("g4", N_("Migration in large numbers"), "6.5 · 7.8"),
    ("gg", N_("Governance"), "6.8 · 7.4"),
)
"""Token, what it is for, and its contrast in light and in dark."""


@dataclass(frozen=True)
class SampleStage:
    name: str
    number: int
    state: str
    words: str
    mark: str = ""
    links: tuple[tuple[str, str, bool], ...] = ()


@bp.get("/about")
@requires(anyone)
def about() -> str:
    return render_template("office/home/about.html")


@bp.get("/accessibility")
@requires(anyone)
def accessibility() -> str:
    return render_template("office/home/accessibility.html")


@bp.get("/styleguide")
@requires(anyone)
def styleguide() -> str:
    """Every component once; only the demo has this page."""
    if not current_app.config["DEMO"]:
        raise NotFound
    form = SampleForm.with_faults()
    sample_stages = (
        SampleStage(
            name=_("Prepare"),
            number=1,
            state="passed",
            words=_("%(done)s of %(all)s", done=5, all=7),
            mark="warn",
        ),
        SampleStage(
            name=_("Invite"),
            number=2,
            state="now",
            words=_("%(done)s of %(all)s", done=147, all=214),
        ),
        SampleStage(name=_("Hold"), number=3, state="to-come", words=""),
        SampleStage(name=_("Close"), number=4, state="to-come", words=""),
    )
    swatches = [(name, _(words), ratio) for name, words, ratio in SWATCHES]
    return render_template(
        "office/home/styleguide.html", form=form, sample_stages=sample_stages, swatches=swatches
    )
