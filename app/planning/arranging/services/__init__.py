"""Use cases of events; each module is one of them, called from here."""
