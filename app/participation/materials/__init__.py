"""What is handed out at an event: concept notes, presentations, fact sheets, research, tools,
links.

Owns materials, who may read each, and how often each was downloaded (by day and country, never by
person). Leaves the bytes to infra's files and the recording of a webinar to its page. Tells:
MaterialAdded, MaterialWithdrawn.
"""
