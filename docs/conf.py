"""Build the documents as a site: `sphinx-build docs docs/_build`."""

from __future__ import annotations

project = "Locum"
author = "The Locum developers"
extensions = ["myst_parser"]
exclude_patterns = ["_build"]
myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 3
suppress_warnings = ["myst.xref_missing"]  # anchors of sources are plain HTML
html_theme = "furo"
