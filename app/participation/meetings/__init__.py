"""Meetings in Zoom or Microsoft Teams that follow their events by themselves.

Owns the connection to the program, its keys (sealed), and for each event the meeting made for it:
created when the event is published, moved and cancelled with it. The report of who was there enters
attendance as an uploaded file does. Without a connection nothing here happens.
"""
