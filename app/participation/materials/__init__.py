"""Materials of an event: concept notes, presentations, fact sheets, research, tools, links.

Owns materials, who may read each, and how often each was downloaded, by day and country but not by
person. Leaves the bytes to infra and the recording to the event. Facts: MaterialAdded,
MaterialWithdrawn.
"""
