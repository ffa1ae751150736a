"""Runs of a standoff: draws driven day by day, readings as they would have been printed."""
