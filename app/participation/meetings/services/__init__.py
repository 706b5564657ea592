"""Connecting a program, following an event, and handing over the report."""
