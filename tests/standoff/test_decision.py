"""Parameters, signals, and the ledger behind them."""

from statistics import NormalDist

import numpy as np
import pytest

from locum.countries.pack import load_pack
from locum.errors import NotFinite, UnknownName
from locum.standoff.decision import RULES, Parameters, Signals
from locum.standoff.network import SHAPES, NetworkShape
from locum.standoff.reference import _probability
from locum.standoff.states import KINDS


@pytest.fixture(scope="module")
def ledger():
    return load_pack("korea").ledger("standoff")


class Noting(dict):
    """A mapping that notes what is read."""

    def __init__(self, values):
        super().__init__(values)
        self.read = set()

    def __getitem__(self, key):
        self.read.add(key)
        return super().__getitem__(key)


def test_every_assumption_of_decisions_and_links_is_read(ledger):
    values = Noting({key: each.value for key, each in ledger.items()})
    Parameters.read(values)
    NetworkShape.read(values)
    written = {key for key in ledger if key.startswith(("decision.", "network."))}
    assert written - values.read == {"decision.rule"}


def test_the_ledger_offers_the_rules_and_shapes_that_there_are(ledger):
    assert set(ledger["decision.rule"].prior.options) == set(RULES)
    assert set(ledger["network.shape"].prior.options) == set(SHAPES)


def test_a_key_of_a_kind_stands_before_the_common_one(ledger):
    values = {key: each.value for key, each in ledger.items()}
    gap = Parameters.read(values | {"decision.gap": 0.9, "decision.gap_professor": 2.0}).gap
    assert gap.tolist() == [0.9, 0.9, 2.0, values["decision.gap_community"]]


def test_weights_count_by_their_ratios(ledger):
    values = {key: each.value for key, each in ledger.items()}
    names = ("department", "organisation", "links", "public")
    weights = {f"decision.weight_{name}": 2.0 * (n + 1) for n, name in enumerate(names)}
    read = Parameters.read(values | weights)
    assert read.share_department == pytest.approx(np.full(4, 0.1))
    assert read.share_public == pytest.approx(np.full(4, 0.4))


def test_a_missing_assumption_is_named():
    with pytest.raises(UnknownName, match=r"decision\.taste"):
        Parameters.read({})


def test_a_quiet_day_says_nothing():
    quiet = Signals.quiet(5, 3)
    assert quiet.shift.shape == (5,)
    assert quiet.accept.shape == (3,)
    assert quiet.rows.sum() == 2 * len(KINDS)  # attention and held


def test_a_signal_that_is_no_number_is_named():
    bad = Signals.quiet(1, 1)._replace(sanction=np.array([0.0, np.nan, 0.0, 0.0]))
    with pytest.raises(NotFinite, match="signal sanction"):
        _ = bad.rows


def test_the_table_of_normal_probabilities_is_near_enough():
    z = np.linspace(-9.0, 9.0, 5000)
    exact = np.array([NormalDist().cdf(each) for each in z])
    assert np.abs(_probability(z) - exact).max() < 2e-6
