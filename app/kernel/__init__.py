"""Values that every domain shares; standard library only.

Owns the actor, time spans, facts, refusals, text in two languages, the greatest numbers, and which
state a writer saw. Leaves everything that needs a machine, a browser or a table to the floors
above.
"""
