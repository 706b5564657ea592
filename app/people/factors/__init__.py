"""The second factor: codes of six digits, passkeys, recovery codes; who must have one, from when on,
and how a lost one is replaced by the word of two organizers.

Leaves passwords, links and sessions to identity, and the letters to notifications. Facts:
SecondFactorSetUp, SecondFactorRemoved, SecondFactorFailed, RecoveryCodesMade, RecoveryCodeUsed,
LostFactorsTold, LostFactorsDeclined, FactorsLost, FactorGraceChanged, FactorReminderSent.
"""
