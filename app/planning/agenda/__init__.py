"""The agenda of an event: its parts in order, their hours in each zone that matters, and forms.

Adds, changes and removes agenda items, and holds the time of whoever is named in one. The tables
stand in events; what arranging copies and moves with an event, it does itself.
"""
