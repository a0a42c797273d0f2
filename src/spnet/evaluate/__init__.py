"""How well models complete depth: data sets, sparse input, metrics, results and reports.

>>> dataset = open_dataset("nyu")
>>> results = evaluate(dataset, ["guided", "large.safetensors"], ["random:1%", "lines:16"])
>>> results.means[0].metrics["rmse"]
"""

from spnet.evaluate.datasets import open_dataset
from spnet.evaluate.frames import Shown, shown
from spnet.evaluate.report import write_report
from spnet.evaluate.results import Results, to_json
from spnet.evaluate.run import evaluate
from spnet.evaluate.task import Settings

__all__ = ["Results", "Settings", "Shown", "evaluate", "open_dataset", "shown", "to_json", "write_report"]
