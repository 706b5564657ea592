"""The review of the Guidelines in words; msgids, translated at the edge."""

from app.followup.review.values import InputKind, SectionProposal
from app.kernel.text import N_

PROPOSALS = {
    SectionProposal.KEEP: N_("Keep it as it is"),
    SectionProposal.REWORD: N_("Word it otherwise"),
    SectionProposal.ADD: N_("Add the section"),
}
INPUTS = {
    InputKind.LESSON: N_("Course"),
    InputKind.FINDING: N_("Findings"),
    InputKind.AGREEMENT: N_("Agreements and activities"),
    InputKind.ROW: N_("Matrix"),
    InputKind.PRACTICE: N_("Good practices"),
    InputKind.MATERIAL: N_("Materials"),
    InputKind.INSTRUMENT: N_("Instruments"),
}
