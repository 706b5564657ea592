"""Values that every domain shares; standard library only.

Owns the actor, time spans, facts, refusals and text in two languages. Leaves everything that needs a machine,
a browser or a table to the floors above.
"""
