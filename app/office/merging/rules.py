"""Pure rules of merging."""

from app.kernel.refusal import Kind, Refusal
from app.kernel.text import N_


class SameRecord(Refusal):
    kind = Kind.INVALID
    rule = "same-record"
    msgid = N_("Choose two different records.")


class NotMergeable(Refusal):
    rule = "not-mergeable"
    msgid = N_(
        "One of these records is of a guest, was erased, or has been merged already. Choose others."
    )


class HoldsAnOffice(Refusal):
    """Of a record that a focal point would merge: its person is, or will be, a focal point, delegate
    or convenor.
    """

    kind = Kind.FORBIDDEN
    rule = "holds-an-office"
    msgid = N_(
        "One of these people is, or will be, a focal point, delegate or convenor. "
        "Only the secretariat can merge their records: write to it, with both names."
    )


class SomethingHangs(Refusal):
    """Of somebody who is to be taken back: `what` counts what is about the record already."""

    rule = "something-hangs"
    msgid = N_(
        "Something is on record about this person already: %(what)s. Mark the person as gone instead."
    )


class KeepTheOther(Refusal):
    """The record that would go holds completed course work, which cannot replace that of the record
    kept.
    """

    rule = "keep-the-other"
    msgid = N_("The course was completed under the other record. Keep that one.")


class MergeOver(Refusal):
    rule = "merge-over"
    msgid = N_("This merge was undone already, or one of the records was erased.")
