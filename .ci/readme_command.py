"""Print one of the README's two commands: the N-th block of shell code under "Two commands"."""

import re
import sys
from pathlib import Path

readme = (Path(__file__).parents[1] / "README.md").read_text()
section = readme.partition("## Two commands")[2].partition("\n## ")[0]
blocks = re.findall(r"```sh\n(.*?)```", section, flags=re.DOTALL)
if len(blocks) != 2:
    sys.exit(f"README.md: found {len(blocks)} shell blocks under 'Two commands', expected 2")
print(blocks[int(sys.argv[1]) - 1].strip())
