"""
Spoils bytes in the ways that bytes get spoilt: seeded, so that each run spoils them alike.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

LENGTHS = (0, 1, 15, 17, 255, 0x7FFF, 0xFFFF, 0xFFFFFF, 48_000_001, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)


def flip(data: bytes, rng: Random) -> bytes:
    """
    Change one to eight bytes.
    """
    spoilt = bytearray(data)
    for _ in range(rng.randint(1, 8)):
        spoilt[rng.randrange(len(spoilt))] = rng.randrange(256)
    return bytes(spoilt)


def early_flip(data: bytes, rng: Random) -> bytes:
    """
    Change a byte near the beginning, where lengths and types are.
    """
    at = rng.randrange(min(24, len(data)))
    return data[:at] + rng.randbytes(1) + data[at + 1 :]


def cut_off(data: bytes, rng: Random) -> bytes:
    """
    Leave the end out.
    """
    return data[: rng.randrange(len(data))]


def leave_out(data: bytes, rng: Random) -> bytes:
    """
    Leave a piece out.
    """
    at = rng.randrange(len(data))
    return data[:at] + data[at + rng.randint(1, 16) :]


def put_in(data: bytes, rng: Random) -> bytes:
    """
    Add bytes that do not belong there.
    """
    at = rng.randrange(len(data) + 1)
    return data[:at] + rng.randbytes(rng.randint(1, 64)) + data[at:]


def repeat(data: bytes, rng: Random) -> bytes:
    """
    Say a piece, or all, twice.
    """
    at = rng.randrange(len(data))
    end = rng.choice((len(data), min(len(data), at + 16)))
    return data[:end] + data[at:]


def wrong_length(data: bytes, rng: Random) -> bytes:
    """
    Write a length, where perhaps there was one.
    """
    at = rng.randrange(len(data))
    size = rng.choice((1, 2, 3, 4))
    number = rng.choice(LENGTHS) & ((1 << 8 * size) - 1)
    return data[:at] + number.to_bytes(size, rng.choice(("little", "big"))) + data[at + size :]


def garbage(data: bytes, rng: Random) -> bytes:
    """
    Say something else altogether.
    """
    return rng.randbytes(rng.randint(1, 2 * len(data)))


KINDS: tuple[Callable[[bytes, Random], bytes], ...] = (
    flip, flip, early_flip, early_flip, cut_off, leave_out, put_in, repeat, garbage,
    wrong_length, wrong_length,
)  # fmt: skip


def mutate(data: bytes, rng: Random) -> bytes:
    """
    Return *data* spoilt in one of these ways; never as it was.
    """
    while (spoilt := rng.choice(KINDS)(data, rng)) == data:
        pass
    return spoilt
