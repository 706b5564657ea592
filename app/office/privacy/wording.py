"""Purposes in words."""

from app.kernel.text import N_

PURPOSES = {
    "attendance-list": N_("Attendance list"),
    "statistics": N_("Statistics"),
    "recording": N_("Recording"),
    "contact": N_("Further webinars and courses"),
}
