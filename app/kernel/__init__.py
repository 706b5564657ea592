"""Values that every package shares; standard library only.

Owns the actor, time spans, facts, refusals, text in several languages, the reference zone, the
greatest numbers, and the state that a writer saw. Leaves whatever needs a machine, a browser or a
table to the packages above.
"""
