"""The report: one HTML file with everything in it, to look at results rather than read them."""

from pathlib import Path

from spnet.evaluate.report.page import page
from spnet.evaluate.results import Results
from spnet.files.atomic import refuse_to_overwrite, written_whole


def write_report(results: Results, path: str | Path, *, overwrite: bool = False) -> None:
    """Write results as one HTML file that loads nothing: tables, charts, and the worst frames in pictures.

    The frames in it are completed again, by every model (at most `gallery.MOST_SCENES` of them), because results hold
    no pictures. The page needs no JavaScript; with it tables can be sorted, metrics and models chosen, and pictures
    laid over each other. Equal results give equal bytes on the same machine.

    Args:
        results: from `spnet.evaluate.evaluate`, in the same process or another that has its files.
        path: the file to make.
        overwrite: whether a file that stands there may be replaced.

    Raises:
        SpnetError: the file cannot be written, a frame cannot be read any more, or as `spnet.evaluate.shown`.
    """
    path = Path(path)
    refuse_to_overwrite(path, overwrite=overwrite)
    content = page(results).encode()
    with written_whole(path, overwrite=overwrite) as temporary:
        temporary.write_bytes(content)
