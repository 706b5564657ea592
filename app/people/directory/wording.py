"""Institutions and parts as words."""

from app.kernel.text import N_
from app.people.directory.values import Mandate, Part, SharedFigures

KINDS = {
    "foreign-affairs": N_("Foreign affairs"),
    "migration": N_("Migration"),
    "womens-mechanism": N_("Women's mechanism"),
    "labour": N_("Labour"),
    "interior": N_("Interior"),
    "justice": N_("Justice and prosecution"),
    "children": N_("Children and family"),
    "social-development": N_("Social development"),
    "health": N_("Health"),
    "human-rights": N_("Human rights"),
    "secretariat": N_("Secretariat"),
    "civil-society": N_("Civil society"),
    "other": N_("Other"),
}
"""The kinds of institutions, which are also their sectors."""
MANDATES = {
    Mandate.MIGRATION: N_("Migration management"),
    Mandate.GENDER: N_("Gender issues"),
    Mandate.BOTH: N_("Migration management and gender issues"),
}
AS_ITS_KIND = N_("As its kind says")
SHARED_FIGURES = {
    SharedFigures.NOTHING: N_("nothing"),
    SharedFigures.TRAINED: N_("how many serve and how many of them are trained"),
    SharedFigures.ALL: N_("also the forecast, how many are on each list, and the offices"),
}
PARTS = {
    Part.FOCAL_POINT: N_("Focal point"),
    Part.DELEGATE: N_("Delegate"),
    Part.CONVENOR: N_("Convenor"),
}
