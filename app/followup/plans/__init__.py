"""Work tables of a congress, who sits at them, and the plans that they submit to the body (R6, R11–R13).

Owns members of tables and the states of plans. An activity is an agreement that a table wrote;
agreements keep its text, and validating a plan brings it into the register.
"""
