"""Conflict cases on the screen: what clashes since it was scheduled, and the three ways out.

Shows the cases of scheduling with the events they are about, for the secretariat and the presidency.
Moving and replacing are use cases of arranging; accepting is one of scheduling.
"""
