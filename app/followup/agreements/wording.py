"""Words for what was agreed; msgids, translated where they are shown."""

from app.followup.agreements.queries.agreements import ALL, OPEN, OVERDUE, SETTLED
from app.followup.agreements.values import FindingKind, IssueKind, ResponsibleKind, Status, Verb
from app.kernel.text import N_

VERBS = {
    Verb.TAKE_NOTE: N_("Takes note"),
    Verb.REQUEST: N_("Requests"),
    Verb.COMMIT: N_("Commits"),
    Verb.DEADLINE: N_("Sets a deadline"),
}
STATUSES = {
    Status.OPEN: N_("Not begun"),
    Status.IN_PROGRESS: N_("Under way"),
    Status.DONE: N_("Fulfilled"),
    Status.NO_LONGER_APPLICABLE: N_("No longer applicable"),
}
BODIES = {
    ResponsibleKind.SECRETARIAT: N_("Secretariat"),
    ResponsibleKind.PRESIDENCY: N_("Presidency"),
}
WHICH = {
    OPEN: N_("Open ones"),
    OVERDUE: N_("Overdue ones"),
    SETTLED: N_("Settled ones"),
    ALL: N_("All of them"),
}
ISSUE_KINDS = {
    IssueKind.PANEL: N_("Panel discussion"),
    IssueKind.WORK_TABLE: N_("Work table session"),
}
FINDING_KINDS = {FindingKind.FINDING: N_("Main finding"), FindingKind.ACTION: N_("Priority action")}
