"""Who walks out, who returns: agents, collectives and a government, day by day."""
