"""Institutions and parts as words."""

from app.kernel.text import N_
from app.people.directory.values import Part

KINDS = {
    "foreign-affairs": N_("Foreign affairs"),
    "migration": N_("Migration"),
    "womens-mechanism": N_("Women's mechanism"),
    "labour": N_("Labour"),
    "interior": N_("Interior"),
    "secretariat": N_("Secretariat"),
    "civil-society": N_("Civil society"),
    "other": N_("Other"),
}
"""The kinds of institutions."""
PARTS = {
    Part.FOCAL_POINT: N_("Focal point"),
    Part.DELEGATE: N_("Delegate"),
    Part.CONVENOR: N_("Convenor"),
}
