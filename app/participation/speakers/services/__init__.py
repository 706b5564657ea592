"""The only writers of speakers from outside."""
