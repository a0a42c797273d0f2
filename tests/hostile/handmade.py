"""Files built byte by byte, so that a test knows what is in them and a hostile one can lie."""

import struct
import zlib
from collections.abc import Sequence

NPY_PADDING = 64


def png(width: int, height: int, rows: bytes, *, bits: int = 16, colour_type: int = 0) -> bytes:
    """A PNG whose header says `width` x `height`, whatever `rows` (a filter byte before each) holds."""
    header = struct.pack(">IIBBBBB", width, height, bits, colour_type, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_png_chunk(kind, data) for kind, data in chunks)


def npy(data: bytes, descr: str = "'<f4'", shape: str = "(2, 3)", *, fortran_order: bool = False) -> bytes:
    """An npy file, version 1, whose header says what it is told to."""
    text = f"{{'descr': {descr}, 'fortran_order': {fortran_order}, 'shape': {shape}, }}"
    header = text.encode("latin-1").ljust(NPY_PADDING * (len(text) // NPY_PADDING + 1) - 11) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + data


def tiff(entries: Sequence[tuple[int, int]], data: bytes) -> bytes:
    """A little-endian TIFF of one directory of (tag, value), then `data`; the value -1 is where it begins."""
    data_offset = 8 + 2 + 12 * len(entries) + 4
    directory = b"".join(
        struct.pack("<HHII", tag, 4, 1, data_offset if value < 0 else value) for tag, value in sorted(entries)
    )
    return b"II*\x00" + struct.pack("<IH", 8, len(entries)) + directory + struct.pack("<I", 0) + data


def _png_chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
