"""The documents: their tables are those of the results, and what they name exists."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def test_tables_are_those_of_the_results() -> None:
    command = [sys.executable, str(ROOT / "benchmarks" / "tables.py"), "--check"]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert checked.stdout == ""
    assert checked.returncode == 0


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(document: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)\)", document.read_text())
    missing = [link for link in links if not link.startswith("https://") and not (document.parent / link).exists()]
    assert missing == []


def test_the_readme_counts_the_examples_points() -> None:
    from spnet.files.depth import read_depth

    points = (read_depth(ROOT / "examples" / "motorcycle" / "lidar.png", "mm").metres > 0).sum()
    for document in (ROOT / "README.md", ROOT / "docs" / "engines.md"):
        assert f"{points:,} points" in document.read_text()
