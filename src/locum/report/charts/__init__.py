"""Charts as SVG text, drawn by small pure functions: no plotting library, no script."""
