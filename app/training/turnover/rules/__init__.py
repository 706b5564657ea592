"""What is true about coverage, its decay and its forecast, about learners on their way, and about
pasted lines: pure.
"""
