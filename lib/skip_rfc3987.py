"""Blocks the import of rfc3987_syntax, which takes one to two seconds and is not used here.

jsonschema checks the form of URIs with the package rfc3987_syntax where it is installed, and to
import that compiles a grammar: most of what Altair or nbformat take to import, so most of the
page's first start, and of a hook that cleans a notebook. It is optional (``jsonschema._format``
suppresses the ImportError), and neither Jupyter's schemas nor a chart's data name a URI.
https://github.com/python-jsonschema/jsonschema/issues/1428

Import this module before Altair, nbformat, nbval or Jupyter; for pytest it is a plugin without
hooks.
"""

import sys

sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
