"""The page fits its screen: nothing sticks out at the side, from a phone to a desktop."""

from __future__ import annotations

import re
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest
from tests.report.hospital_runs import synthetic_run

from locum.report import write_report
from locum.report.hospitals import write_hospital_report

if TYPE_CHECKING:
    from pathlib import Path

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
WIDTHS = (360, 390, 768, 1024, 1280)
PROBE = """<!doctype html><body><pre></pre><script>
const widths = %s, found = [];
function look(i) {
  if (i === widths.length) { document.querySelector("pre").textContent = found.join(); return; }
  const frame = document.createElement("iframe");
  frame.style.width = widths[i] + "px";
  frame.src = "report.html";
  frame.onload = () => {
    const page = frame.contentDocument;
    page.querySelectorAll("details").forEach(one => one.open = true);
    found.push(page.documentElement.scrollWidth - page.documentElement.clientWidth);
    frame.remove();
    look(i + 1);
  };
  document.body.appendChild(frame);
}
look(0);
</script></body>"""


def sticking_out(folder: Path) -> list[int]:
    """Return by how many pixels the report in a folder is too wide, at each of `WIDTHS`."""
    probe = folder / "probe.html"
    probe.write_text(PROBE % list(WIDTHS), encoding="utf-8")
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--allow-file-access-from-files"]
    command = [CHROMIUM, *options, "--virtual-time-budget=20000", "--dump-dom", probe.as_uri()]
    shown = subprocess.run(command, capture_output=True, text=True, check=True, timeout=100).stdout
    overflow = re.search(r"<pre>([\d,]*)</pre>", shown)
    assert overflow is not None
    return [int(one) for one in overflow[1].split(",")]


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")
def test_the_page_never_scrolls_sideways_even_with_every_table_open(run, tmp_path):
    write_report(run, tmp_path / "report.html")
    assert sticking_out(tmp_path) == [0] * len(WIDTHS)


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")
def test_the_page_of_hospitals_never_scrolls_sideways_either(tmp_path):
    write_hospital_report(synthetic_run(draws=3), tmp_path / "report.html")
    assert sticking_out(tmp_path) == [0] * len(WIDTHS)
