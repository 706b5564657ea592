"""import-linter as a module, so that it runs by the interpreter's own path wherever the folder was
moved.
"""

from importlinter.cli import lint_imports_command

if __name__ == "__main__":
    lint_imports_command()
