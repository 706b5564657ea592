"""Outside speakers: no account, no country; each confirms and describes themselves by a link.

Owns who they are to an event, their answer, their lines and their photo. The person is kept as a
guest is, and forgotten with the guests. Leaves people of the directory to events and letters to
notifications. Facts: SpeakerAsked, SpeakerAnswered, SpeakerTakenOut, SpeakerPutBack.
"""
