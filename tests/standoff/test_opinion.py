"""Opinion: what moves it, what it moves, and what polls can and cannot tell of it."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

import numpy as np
import pytest
from tests.standoff.disputes import ANNOUNCED, LEDGER, event, terms

from locum.assumptions import Normal, Point
from locum.countries import load_pack
from locum.errors import InputError
from locum.standoff.forcing import compile_events
from locum.standoff.opinion import drift_of, feel, start_mood, stress_of
from locum.standoff.polls import Poll, fit_opinion, opinion_path, read_polls

TERMS = terms()
QUIET = compile_events([], 400)
START = date(2024, 2, 5)


def moods(stress, days=400, events=(), read=TERMS, harm=0.0):
    forcing = compile_events(events, days)
    mood = start_mood(read.opinion)
    for script in forcing.days:
        mood = feel(mood, script, (stress, harm), read.opinion, read.drift)
    return mood


def test_where_hospitals_are_calm_opinion_stays():
    assert moods(0.0) == start_mood(TERMS.opinion)


def test_strain_lowers_every_approval_and_resolve():
    calm, strained = moods(0.0), moods(0.5)
    for name in ("plan", "handling", "president", "resolve"):
        assert getattr(strained, name) < getattr(calm, name)


def test_in_the_end_approval_of_the_plan_falls_by_its_weight_times_the_strain():
    read = terms(opinion__plan_strain=0.3)
    assert moods(0.5, 4000, read=read).plan == pytest.approx(read.opinion.plan - 0.15, abs=1e-4)


def test_approval_of_the_president_moves_resolve_apart_from_approval_of_the_plan():
    """The president loses approval to a decree; the plan does not, and resolve follows."""
    decree = event(5, "president", "news", "decree")
    before, after = moods(0.0, 40), moods(0.0, 40, [decree])
    assert after.plan == before.plan
    assert after.president < before.president
    assert after.resolve < before.resolve


def test_resolve_ignores_the_president_where_the_assumption_says_so():
    decree = event(5, "president", "news", "decree")
    read = terms(opinion__resolve_president=0.0)
    assert moods(0.0, 40, [decree], read).resolve == moods(0.0, 40, [], read).resolve


def test_the_plan_moves_the_president():
    deaf = terms(opinion__president_plan=0.0, opinion__president_handling=0.0)
    deaf_ones = moods(0.5, read=deaf), moods(0.0, read=deaf)
    hearing = moods(0.5), moods(0.0)
    fall = hearing[1].president - hearing[0].president
    assert fall > deaf_ones[1].president - deaf_ones[0].president


def test_news_of_harm_is_felt_at_once():
    harmed = moods(0.0, 3, harm=1.0)
    assert harmed.plan < TERMS.opinion.plan
    assert harmed.handling < TERMS.opinion.handling


def test_an_election_brings_another_government():
    voted = event(5, "electorate", "election", "president")
    mood = moods(0.0, 6, [voted])
    assert (mood.president, mood.resolve) == (
        TERMS.opinion.new_president,
        TERMS.opinion.new_resolve,
    )


def test_rulings_for_and_against_the_state_weigh_the_same():
    from tests.standoff.disputes import live

    against = event(5, "court", "concession", "quota")
    in_favour = event(5, "court", "refusal", "quota")
    resolves = [
        live([ANNOUNCED, *ruling], 6).states[5].resolve for ruling in ([against], [], [in_favour])
    ]
    assert resolves[2] - resolves[1] == pytest.approx(resolves[1] - resolves[0])
    assert resolves[2] - resolves[1] == pytest.approx(TERMS.law.ruling_resolve)


def test_stress_grows_with_those_away_and_eases_with_time_and_relief():
    half, whole = (0.5, 0.0, 0.0, 0.0), (1.0, 0.0, 0.0, 0.0)
    strain = TERMS.strain
    assert stress_of((0.0, 0.0, 0.0, 0.0), 0.0, 0.0, strain) == 0.0
    assert stress_of(half, 0.0, 0.0, strain) == pytest.approx(strain.away[0] / 2.0)
    assert stress_of(whole, 90.0, 0.0, strain) < stress_of(whole, 0.0, 0.0, strain)
    assert stress_of(whole, 0.0, 2.0, strain) < stress_of(whole, 0.0, 1.0, strain)
    assert stress_of((1.0, 1.0, 1.0, 1.0), 0.0, 0.0, strain) <= 1.0


# --- the fit ---------------------------------------------------------------------


def poll(day, state, share, group=""):
    return Poll(f"{state}{day}", day, state, share, 1000.0, group)


def ledger_of(**priors):
    """Return the pack's assumptions about opinion, all without doubt but those given."""
    ledger = {}
    for key, each in LEDGER.items():
        if key.startswith(("opinion.", "polls.")):
            prior = priors.get(key.removeprefix("opinion."))
            value = prior.mean if prior else each.value
            ledger[key] = SimpleNamespace(key=key, value=value, prior=prior or Point())
    return ledger


def test_one_level_and_one_poll_give_the_textbook_posterior():
    prior = Normal(0.5, 0.1)
    fit = fit_opinion([poll(0, "plan", 0.7)], QUIET, [0.0], ledger_of(plan=prior))
    error = 0.7 * 0.3 / 1000.0 + 0.02**2
    weight = 0.1**2 / (0.1**2 + error)
    assert fit.values["opinion.plan"] == pytest.approx(0.5 + weight * 0.2, abs=1e-6)
    assert fit.contraction["opinion.plan"] == pytest.approx(weight, abs=1e-5)


def test_what_only_their_sum_tells_stays_as_wide_and_is_correlated():
    priors = {"handling_plan": Normal(0.5, 0.4), "handling_strain": Normal(0.3, 0.3)}
    days = [poll(200, "handling", 0.2), poll(210, "handling", 0.2)]
    fit = fit_opinion(days, QUIET, [0.5] * 220, ledger_of(**priors))
    first, second, rho = fit.correlations(1)[0]
    assert {first, second} == {"opinion.handling_plan", "opinion.handling_strain"}
    assert abs(rho) > 0.8


def test_what_no_poll_speaks_of_is_said_to_be_unidentified():
    priors = {"plan": Normal(0.7, 0.1), "resolve": Normal(0.8, 0.1)}
    fit = fit_opinion([poll(5, "plan", 0.76)], QUIET, [0.0] * 10, ledger_of(**priors))
    assert fit.unidentified == ("opinion.resolve",)
    assert fit.values["opinion.resolve"] == pytest.approx(0.8)


def test_draws_have_the_mean_and_the_spread_of_the_posterior():
    fit = fit_opinion([poll(0, "plan", 0.7)], QUIET, [0.0], ledger_of(plan=Normal(0.5, 0.1)))
    assert fit.draw(np.zeros(1))["opinion.plan"] == pytest.approx(fit.values["opinion.plan"])
    spread = fit.draw(np.ones(1))["opinion.plan"] - fit.values["opinion.plan"]
    assert spread == pytest.approx(0.1 * np.sqrt(fit.covariance[0, 0]), rel=1e-5)


def test_the_offset_of_a_wording_is_not_taken_for_opinion():
    asked = [poll(5, "plan", 0.76), poll(6, "plan", 0.41, "compromise")]
    free = ledger_of(plan=Normal(0.7, 0.2))
    fit = fit_opinion(asked, QUIET, [0.0] * 10, free)
    assert fit.values["opinion.plan"] == pytest.approx(0.76, abs=0.02)
    assert fit.values["offset.compromise"] == pytest.approx(-0.35, abs=0.03)


def test_polls_outside_the_days_are_refused():
    free = ledger_of(plan=Normal(0.7, 0.2))
    with pytest.raises(InputError, match="no such day"):
        fit_opinion([poll(11, "plan", 0.5)], QUIET, [0.0] * 10, free)


def test_a_ledger_that_does_not_say_how_well_polls_are_known_is_refused():
    short = {k: each for k, each in LEDGER.items() if k != "polls.error"}
    with pytest.raises(KeyError, match=r"polls\.error"):
        fit_opinion([poll(1, "plan", 0.5)], QUIET, [0.0] * 10, short)


def test_polls_of_adults_are_read_until_the_day_and_rows_left_out_are_not():
    rows = load_pack("korea").table("polls").rows
    polls = read_polls(rows, START, date(2024, 9, 5))
    assert {each.state for each in polls} == {"plan", "handling", "president"}
    assert max(each.day for each in polls) == (date(2024, 9, 5) - START).days
    assert not {"O029", "O030", "O009", "O021"} & {each.row for each in polls}
    assert len(read_polls(rows, START, date(2024, 2, 29))) < len(polls)


def test_the_polls_of_the_pack_are_fitted_within_their_errors():
    """Held in: 16 answers up to 5 September 2024, with the wide priors of the ledger."""
    polls = read_polls(load_pack("korea").table("polls").rows, START, date(2024, 9, 5))
    stress = [0.45 if day >= 15 else 0.0 for day in range(220)]
    calm = compile_events([], 220)
    fit = fit_opinion(polls, calm, stress, LEDGER)
    misses = [abs(share - fitted) for _, _, share, fitted in fit.rows()]
    assert max(misses) < 0.06
    assert fit.contraction["opinion.plan"] > 0.8
    assert "opinion.resolve" in fit.unidentified
    assert "opinion.new_president" in fit.unidentified


def test_the_path_of_opinion_starts_at_its_levels():
    path = opinion_path(TERMS.opinion, QUIET, [0.0] * 5)
    levels = [TERMS.opinion.plan, TERMS.opinion.handling, TERMS.opinion.president]
    assert path.shape == (5, 3)
    assert path[4].tolist() == pytest.approx(levels)
    assert drift_of(TERMS.opinion).opinion == pytest.approx(
        1.0 - 0.5 ** (1.0 / TERMS.opinion.half_life)
    )
