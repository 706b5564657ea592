"""Work tables of a congress and the plans they submit to the body for validation. Not built yet.

Will own WorkTable, WorkPlan and PlanActivity (R6, R11–R13). Stands on events (editions) and library
(Guidelines sections); never imports certificates.
"""
