"""Reads of invitations, guests and nominations."""
