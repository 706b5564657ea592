"""Archives and manifests in, an inspection or sentences out; and what an author types."""

from app.training.packages.forms.archive import inspect, unpacked
from app.training.packages.forms.words import UploadForm, WordsForm

__all__ = ["UploadForm", "WordsForm", "inspect", "unpacked"]
