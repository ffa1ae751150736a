"""Hospitals of a country: from the pack and a draw of assumptions to models that run."""
