"""Spares a process the dearest import of Jupyter, for a check that nothing here asks for.

jsonschema checks the form of URIs with the package rfc3987_syntax where it is installed, and to
import that compiles a grammar: a third of JupyterLab's start, a fifth of a notebook's test. It is
optional (``jsonschema._format`` suppresses the ImportError), and Jupyter's own schemas name no URI.

Import this module before nbformat, nbval or Jupyter; for pytest it is a plugin without hooks.
"""

import sys

sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
