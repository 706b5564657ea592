"""Words for the general plan; msgids, translated where they are shown."""

from app.kernel.text import N_
from app.planning.events.values import GenderMarker

MARKERS = {
    GenderMarker.NO: N_("gender equality is not part of it"),
    GenderMarker.IN_PART: N_("gender equality is part of it"),
    GenderMarker.ITS_AIM: N_("gender equality is its aim"),
}
