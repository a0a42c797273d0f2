"""Videos in and out through ffmpeg, picture by picture; ffmpeg is a program beside this package, not a part of it."""

import io
import json
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import IO, Any, cast

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from spnet.errors import SpnetError
from spnet.files.atomic import written_whole
from spnet.files.limits import check_pixel_count, check_readable_file

_MAX_FILE_BYTES = 2**40
_MAX_PICTURES = 10**7
_MAX_RATE = 1000
_DEFAULT_RATE = Fraction(25)
# Names that start like an option or a URL are still names; and a video cannot make ffmpeg open anything else.
_FROM_FILE = ("-protocol_whitelist", "file,pipe")
_PROBED = "stream=width,height,avg_frame_rate,nb_read_packets"


@dataclass(frozen=True)
class Video:
    """A file of pictures: how large they are, how many, and how many a second."""

    path: Path
    width: int
    height: int
    count: int
    rate: Fraction


def open_video(path: Path) -> Video:
    """What a video holds; no picture is decoded.

    Raises:
        SpnetError: ffmpeg is not installed, no such file, not a video, or larger than what is read.
    """
    check_readable_file(path, max_bytes=_MAX_FILE_BYTES)
    command = [_program("ffprobe", path), "-v", "error", *_FROM_FILE, "-select_streams", "v:0", "-count_packets"]
    command += ["-show_entries", _PROBED, "-of", "json", f"file:{path}"]
    done = subprocess.run(command, capture_output=True, check=False)
    streams = json.loads(done.stdout).get("streams", []) if done.returncode == 0 else []
    if not streams:
        reason = _last_line(io.BytesIO(done.stderr)) or "it has no pictures"
        raise SpnetError(f"{path}: damaged, or not a video: {reason}")
    facts: dict[str, Any] = streams[0]
    width, height, count = (int(facts.get(name, 0)) for name in ("width", "height", "nb_read_packets"))
    check_pixel_count(width, height, str(path))
    if not 0 < count <= _MAX_PICTURES:
        raise SpnetError(f"{path}: has {count:,} pictures, expected 1 to {_MAX_PICTURES:,}")
    return Video(path, width, height, count, _rate(str(facts.get("avg_frame_rate", ""))))


def read_pictures(video: Video) -> Iterator[NDArray[np.uint8]]:
    """Every picture (H,W,3) as it is stored: none doubled or dropped to keep time, none turned.

    Raises:
        SpnetError: the video ends before its `count`, or is damaged.
    """
    size = video.width * video.height * 3
    # Sync to a constant rate is all that older ffmpeg has; with times of that rate it neither doubles nor drops.
    even = ("-vf", "setpts=N/(25*TB)", "-r", "25")
    command = [_program("ffmpeg", video.path), "-v", "error", "-nostdin", "-noautorotate", *_FROM_FILE]
    command += ["-i", f"file:{video.path}", "-map", "0:v:0", *even, "-f", "rawvideo", "-pix_fmt", "rgb24", "-"]
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors)
        pictures = cast(IO[bytes], process.stdout)
        try:
            for number in range(video.count):
                data = pictures.read(size)
                if len(data) < size:
                    process.wait()
                    reason = _last_line(errors) or f"its index speaks of {video.count:,}"
                    raise SpnetError(f"{video.path}: damaged, ends after {number:,} pictures: {reason}")
                yield np.frombuffer(data, np.uint8).reshape(video.height, video.width, 3)
        finally:
            _end(process, pictures)


@contextmanager
def written_video(path: Path, rate: Fraction, *, overwrite: bool = False) -> Iterator[Callable[[Image.Image], None]]:
    """Yield what appends a picture to a video; the file appears whole when the block ends well.

    Args:
        path: a name that ends in one of `spnet.batch.VIDEO_SUFFIXES`; it chooses the format.
        rate: pictures a second.
        overwrite: whether a file that stands there may be replaced.

    Raises:
        SpnetError: ffmpeg is not installed or fails, pictures of two sizes, none at all, or a file that cannot be
            written.
    """
    program = _program("ffmpeg", path)
    with written_whole(path, overwrite=overwrite) as temporary, tempfile.TemporaryFile() as errors:
        encoders: list[subprocess.Popen[bytes]] = []  # none before the first picture, whose size it needs
        sizes: set[tuple[int, int]] = set()

        def write(picture: Image.Image) -> None:
            sizes.add(picture.size)
            if len(sizes) > 1:
                raise SpnetError(f"{path}: pictures of {' and '.join(f'{w}x{h}' for w, h in sorted(sizes))}")
            if not encoders:
                encoders.append(_encoder(program, picture.size, rate, temporary, errors))
            with _telling(path, encoders[0], errors):
                cast(IO[bytes], encoders[0].stdin).write(picture.convert("RGB").tobytes())

        try:
            yield write
            if not encoders:
                raise SpnetError(f"{path}: there is no picture to show")
            with _telling(path, encoders[0], errors):
                cast(IO[bytes], encoders[0].stdin).close()
                if encoders[0].wait():
                    raise BrokenPipeError
        finally:
            for encoder in encoders:
                _end(encoder, cast(IO[bytes], encoder.stdin))


def _encoder(
    program: str, size: tuple[int, int], rate: Fraction, output: Path, errors: IO[bytes]
) -> "subprocess.Popen[bytes]":
    pictures = ("-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{size[0]}x{size[1]}", "-r", str(rate), "-i", "-")
    even_sides = ("-vf", "pad=ceil(iw/2)*2:ceil(ih/2)*2", "-pix_fmt", "yuv420p")  # what players expect
    command = [program, "-v", "error", "-y", *pictures, *even_sides, f"file:{output}"]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stderr=errors)


@contextmanager
def _telling(path: Path, encoder: "subprocess.Popen[bytes]", errors: IO[bytes]) -> Iterator[None]:
    """Turn the end of ffmpeg before its time into what it said."""
    try:
        yield
    except BrokenPipeError:
        encoder.wait()
        raise SpnetError(f"{path}: ffmpeg could not write it: {_last_line(errors)}") from None


def _end(process: "subprocess.Popen[bytes]", pipe: IO[bytes]) -> None:
    process.kill()
    process.wait()
    with suppress(BrokenPipeError):  # of bytes that it did not take any more
        pipe.close()


def _program(name: str, path: Path) -> str:
    found = shutil.which(name)
    if found is None:
        raise SpnetError(
            f"{path}: videos need {name}, which is not installed: install ffmpeg, or use folders of images"
        )
    return found


def _rate(text: str) -> Fraction:
    """Pictures a second of "30000/1001"; what is no rate is taken as 25."""
    above, _, below = text.partition("/")
    if not (above.isdecimal() and below.isdecimal() and int(below)):
        return _DEFAULT_RATE
    rate = Fraction(int(above), int(below))
    return rate if 0 < rate <= _MAX_RATE else _DEFAULT_RATE


def _last_line(errors: IO[bytes]) -> str:
    errors.seek(0)
    lines = errors.read(2**20).decode(errors="replace").split("\n")
    return next((line.strip()[:300] for line in reversed(lines) if line.strip()), "")
