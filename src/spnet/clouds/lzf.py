"""LZF decompression, for compressed PCD files.

Format: that of LibLZF, http://oldhome.schmorp.de/marc/liblzf.html. A control byte c below 32 is followed by
c + 1 literal bytes. Otherwise its upper three bits are a length (7: add the next byte), and its lower five
with one more byte are a distance back; length + 2 bytes are copied from there.
"""

from spnet.errors import SpnetError

MOST_EXPANSION = 88  # three bytes make at most 7 + 255 + 2


def decompress(data: bytes, full_size: int, name: str) -> bytearray:
    """Decompress `data` to exactly `full_size` bytes.

    Raises:
        SpnetError: the data ends within a copy, refers to before its start, or makes another number of bytes.
    """
    output = bytearray()
    position = 0
    try:
        while position < len(data) and len(output) <= full_size:
            control = data[position]
            position += 1
            if control < 32:
                output += data[position : position + control + 1]
                position += control + 1
                continue
            length = control >> 5
            if length == 7:
                length += data[position]
                position += 1
            start = len(output) - ((control & 31) << 8) - data[position] - 1
            position += 1
            _copy_back(output, start, length + 2)
    except IndexError:
        raise SpnetError(f"{name}: its compressed data is damaged") from None
    if position != len(data) or len(output) != full_size:
        raise SpnetError(f"{name}: its compressed data makes {len(output):,} bytes, expected {full_size:,}")
    return output


def _copy_back(output: bytearray, start: int, length: int) -> None:
    """Append `length` bytes from `start` on, which may run into the bytes that are being appended."""
    if start < 0:
        raise IndexError("a reference to before the start")
    period = output[start : start + length]
    output += (period * -(-length // len(period)))[:length]
