"""The page is one well-formed file that opens anywhere and hides nothing it should show."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from html.parser import HTMLParser
from types import SimpleNamespace
from urllib.parse import unquote

import pytest

from locum.report import compose, render, write_report
from locum.report.markup import VOID_TAGS, csv_uri, inner, link, tag
from locum.report.words import exact, rounded_middle, rounded_spread

HOSTILE = "<script>alert('1')</script> & \"Co\""
LARGEST_PAGE = 1_500_000


class Reader(HTMLParser):
    """Collects elements, checks that they close in order, and gathers text."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID_TAGS:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)

    def all(self, name: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.elements if tag == name]

    @property
    def words(self) -> str:
        return " ".join(" ".join(self.text).split())


@pytest.fixture(scope="module")
def reader(page):
    return Reader(page)


def files_of(reader: Reader) -> dict[str, list[list[str]]]:
    """Read every CSV file that the page offers."""
    found = {}
    for attributes in reader.all("a"):
        if attributes.get("download"):
            text = unquote(str(attributes["href"]).partition(",")[2]).removeprefix("\ufeff")
            found[attributes["download"]] = list(csv.reader(io.StringIO(text)))
    return found


def test_every_element_is_closed_in_order(reader):
    assert reader.open == []


def test_no_identifier_is_used_twice(reader):
    uses = Counter(a["id"] for _, a in reader.elements if a.get("id"))
    assert [name for name, count in uses.items() if count > 1] == []


def test_every_link_within_the_page_leads_somewhere(reader):
    known = {a["id"] for _, a in reader.elements if a.get("id")}
    for name in ("a", "use"):
        for attributes in reader.all(name):
            if attributes["href"].startswith("#"):
                assert attributes["href"][1:] in known


def test_nothing_is_fetched(page, reader):
    assert not re.search(r"url\(|@import|\bsrc=|srcset=|<script|<link|<iframe|<object", page)
    outside = [a["href"] for a in reader.all("a") if a["href"].startswith("http")]
    assert outside
    others = [a for name, a in reader.elements if name != "a"]
    assert not any("http" in (value or "") for a in others for value in a.values())


def test_the_page_forbids_itself_to_fetch(reader):
    policy = next(a for a in reader.all("meta") if a.get("http-equiv"))
    assert policy["content"].startswith("default-src 'none'")


def test_the_page_has_a_language_a_title_and_a_viewport(page, reader):
    assert reader.all("html")[0]["lang"] == "en"
    assert "<title>Korea after the interruption of 2024 to 2026: Locum report</title>" in page
    assert any(a.get("name") == "viewport" for a in reader.all("meta"))


def test_the_headline_says_the_quantiles_of_the_dataset(content, reader):
    national = content.national
    for fan in (national.supply, national.need):
        at = fan.at(2035)
        assert f"{rounded_middle(at)}" in reader.words
        assert rounded_spread(at) in reader.words
    assert f"in {national.short_draws[2035]} of the 200 draws" in reader.words


def test_the_files_hold_the_quantiles_of_the_dataset(run, reader):
    rows = files_of(reader)["supply-and-need.csv"]
    at = next(row for row in rows if row[0] == "2035")
    median = float(run.dataset["supply_total"].sel(year=2035).median())
    assert rows[0][3] == "Supply, median"
    assert float(at[3]) == pytest.approx(median, abs=0.51)


def test_every_region_stands_on_the_page_with_its_density(content, reader):
    rows = {row[0]: row for row in files_of(reader)["regions.csv"][1:]}
    for region in content.regions:
        assert region.name in reader.words
        assert exact(region.density.value, "per_1000") in reader.words
        row = rows[f"{region.name} ({region.local_name})"]
        assert float(row[2]) == pytest.approx(region.density.value, abs=1e-4)


def test_every_region_is_drawn_on_every_map(content, reader):
    assert len(reader.all("use")) == 3 * len(content.regions)
    assert "Statistics Korea (SGIS)" in reader.words


def test_every_chart_has_a_text_instead(reader):
    charts = [a for a in reader.all("svg") if a.get("aria-hidden") != "true"]
    assert charts
    assert all(a["role"] == "img" and a["aria-label"] for a in charts)


def test_a_file_lies_behind_every_chart_but_the_maps_which_share_one(page):
    for figure in re.findall(r"<figure.*?</figure>", page, flags=re.DOTALL):
        is_part = "<use" in figure or 'viewBox="0 0 300 ' in figure
        assert is_part or "download=" in figure


def test_every_scrolling_table_can_be_reached_by_key(reader):
    frames = [a for a in reader.all("div") if a.get("class") == "scroll"]
    assert frames
    assert all(a["tabindex"] == "0" and a["aria-label"] for a in frames)


def test_every_assumption_is_in_the_file_with_its_source(run, reader):
    rows = files_of(reader)["assumptions.csv"]
    assert len(rows) - 1 == len(run.ledger.rows())
    assert all(row[rows[0].index("source")] for row in rows[1:])


def test_no_group_of_fewer_than_ten_persons_is_printed(reader):
    files = files_of(reader)
    flows = files["flows.csv"]
    emigrations = [i for i, name in enumerate(flows[0]) if name.startswith("Emigrations")]
    assert {row[i] for row in flows[1:] for i in emigrations} == {"<10"}
    small = next(row for row in files["specialties.csv"] if row[0].startswith("Tuberculosis"))
    assert small[1:] == ["<10"] * 6 + [""] * 3
    for row in files["missing-by-specialty.csv"][1:]:
        assert not any(0 < abs(float(cell)) < 10 for cell in row[1:] if cell != "<10")


def test_the_split_of_need_among_specialties_is_said_to_be_assumed(reader):
    assert "How need divides among specialties is assumed" in reader.words


def test_results_that_are_mostly_assumed_stand_apart_from_the_headline(page):
    headline = re.search(r'<p class="headline">(.*?)</p>', page, flags=re.DOTALL)
    assert headline is not None
    assert "full-time" not in headline[1]
    assert "Not headlines" in page


def test_a_need_that_is_assumed_leaves_only_supply_in_the_headline(run):
    dataset = run.dataset.copy()
    for name in ("need_total", "gap_total"):
        dataset[name] = dataset[name].assign_attrs(grade="assumed")
    page = render(compose(run.with_(dataset=dataset)))
    headline = re.search(r'<p class="headline">(.*?)</p>', page, flags=re.DOTALL)
    assert headline is not None
    assert "likely to have" in headline[1]
    assert "need" not in headline[1]
    assert '<div class="card need">' not in page


def test_one_draw_is_told_as_one_draw(run):
    one = run.with_(dataset=run.dataset.isel(draw=[0]), influence={})
    words = Reader(render(compose(one))).words
    assert "This run has one draw" in words
    assert "80% interval 1" not in words
    assert "influence was not measured" in words


def test_sections_without_results_are_absent(run):
    kept = ["supply_total", "need_total", "gap_total", "density"]
    page = render(compose(run.with_(dataset=run.dataset[kept], headline=[])))
    reader = Reader(page)
    assert reader.open == []
    assert {"posts", "pipeline", "fund", "specialties"}.isdisjoint(
        {a.get("id") for a in reader.all("section")}
    )


def test_the_same_run_gives_the_same_bytes(run, page):
    assert render(compose(run)) == page


def test_the_page_is_light_enough_to_send(page):
    assert len(page.encode()) < LARGEST_PAGE


def test_the_file_is_written_whole_and_alone(run, page, tmp_path):
    path = write_report(run, tmp_path / "report.html")
    assert path.read_text(encoding="utf-8") == page
    assert [p.name for p in tmp_path.iterdir()] == ["report.html"]


def test_hostile_names_stay_text(run):
    tables = {
        "regions": [{"region": r, "name_ko": HOSTILE, "iso": r} for r in run.pack.regions],
        "specialties": [
            {"specialty": s, "name_en": HOSTILE + s, "name_ko": ""} for s in run.pack.specialties
        ],
    }
    bad = SimpleNamespace(title=HOSTILE, publisher=HOSTILE, date="", url="javascript:alert(1)")
    pack = SimpleNamespace(
        **{
            **vars(run.pack),
            "table": lambda name: SimpleNamespace(rows=tables[name]),
            "sources": {HOSTILE: bad},
        }
    )
    rows = [
        {**row, "note": HOSTILE, "holder": HOSTILE, "source": HOSTILE} for row in run.ledger.rows()
    ]
    dataset = run.dataset.assign_attrs(title=HOSTILE, description=HOSTILE, scenario=HOSTILE)
    manifest = {HOSTILE: HOSTILE, "scenario": {"seats": {HOSTILE: HOSTILE}}}
    hostile = run.with_(
        pack=pack, dataset=dataset, manifest=manifest, ledger=SimpleNamespace(rows=lambda: rows)
    )
    page = render(compose(hostile))
    assert "<script" not in page
    assert "javascript:" not in page
    reader = Reader(page)
    assert reader.open == []
    assert HOSTILE in reader.words


def test_attributes_and_text_are_escaped_once():
    assert tag("p", {"title": '"<'}, inner("<", tag("b", {}, "&"))) == (
        '<p title="&quot;&lt;">&lt;<b>&amp;</b></p>'
    )


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "http://[", "", "ftp://x.org", "https:"]
)
def test_only_web_addresses_become_links(url):
    assert link("words", url) == "words"


def test_a_file_cell_is_never_a_formula_but_a_negative_number_stays_one():
    text = unquote(csv_uri(["a"], [["=1+1"], ["-12"], ['say "x", y']]))
    assert text.splitlines()[1:] == ["'=1+1", "-12", '"say ""x"", y"']
