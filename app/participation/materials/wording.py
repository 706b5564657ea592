"""Materials in words; msgids, translated at the edge."""

from app.kernel.text import N_
from app.participation.materials.values import MaterialKind, Visibility

KINDS = {
    MaterialKind.CONCEPT_NOTE: N_("Concept note"),
    MaterialKind.AGENDA: N_("Agenda (document)"),
    MaterialKind.PRESENTATION: N_("Presentation"),
    MaterialKind.FACT_SHEET: N_("Fact sheet"),
    MaterialKind.RESEARCH: N_("Research"),
    MaterialKind.TOOL: N_("Technical tool"),
    MaterialKind.RECORDING: N_("Recording"),
    MaterialKind.REPORT: N_("Report"),
    MaterialKind.OTHER: N_("Other material"),
}
VISIBILITIES = {
    Visibility.PUBLIC: N_("Public: everybody"),
    Visibility.MEMBERS: N_("Members: whoever has an account"),
    Visibility.GROUP: N_("Group: its members and people who are registered"),
}
LANGUAGES = {"es": N_("Spanish"), "en": N_("English"), "es en": N_("Spanish and English")}


def size_text(size_bytes: int) -> str:
    """Returns a size as "340 KB" or "2.1 MB": what a reader on a slow link wants to know before
    pressing.
    """
    kilobytes = max(1, round(size_bytes / 1024))
    return f"{kilobytes} KB" if kilobytes < 1000 else f"{size_bytes / 1024 / 1024:.1f} MB"  # noqa: PLR2004
