"""Values that every domain shares; standard library only.

Owns the actor, time spans, facts, refusals, text in two languages and the greatest numbers. Leaves everything that
needs a machine, a browser or a table to the floors above.
"""
