"""The only writers of learning."""
