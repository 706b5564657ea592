"""Pure rules: drawing and marking a quiz (`quiz`), order and completion (`progress`), minutes
(`duration`), private lines (`practice`).
"""
