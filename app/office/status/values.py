"""What the status page shows of one check."""

from dataclasses import dataclass


@dataclass(frozen=True)
class StatusPress:
    """A button of a row, which does something at once: where it posts to, and its words."""

    endpoint: str
    label: str


@dataclass(frozen=True)
class StatusRow:
    """One thing that was looked at, in words. `look` and `word` say the state, `facts` what was
    found; `is_off`: it is off by choice. Where something is not well, `ask` is the sentence for the
    technician, and `endpoint` the page where the office itself can do something, "" where there is
    none; `presses` are what it can have done from here.
    """

    name: str
    title: str
    look: str
    word: str
    is_off: bool = False
    facts: tuple[str, ...] = ()
    ask: str = ""
    endpoint: str = ""
    act: str = ""
    presses: tuple[StatusPress, ...] = ()

    @property
    def is_well(self) -> bool:
        return self.look == "good"

    @property
    def needs_somebody(self) -> bool:
        return self.look in ("warn", "bad")
