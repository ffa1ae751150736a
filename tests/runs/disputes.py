"""A short dispute of trainees and students, for tests of runs."""

from __future__ import annotations

SHORT = """\
name: short
title: Four weeks of trainees and students
inherits: korea-standoff-2024
sector: standoff
end: 2024-03-08
population: {kinds: [trainee, student]}
counterfactuals:
  penalties_dropped: null
  sanctions_executed_as_announced: null
  no_list: null
  takedown_in_1h: null
  liability_cover: null
  duty_cap_24h: null
  fees_for_essential_care: null
  talks_joined: null
  settlement_early: null
  no_settlement: null
"""
SETTLED = f"""\
{SHORT}
events:
  terms_agreed: {{date: 2024-03-01, actor: health_ministry, does: settlement, who: trainee}}
settlement: [terms_agreed]
"""
