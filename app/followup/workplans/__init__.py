"""Work tables of a congress and the plans they put forward for validation by the RCM.

Owns WorkTable, WorkPlan and PlanActivity once they are built (requirements R6, R11–R13 of the first
user). Stands on events (editions) and library (Guidelines sections); never imports certificates.
"""
