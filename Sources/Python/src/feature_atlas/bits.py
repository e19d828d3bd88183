"""Reading streams of bits with numpy, as ``Schema/blocks.md`` describes them.

A number's lowest bit comes first, and the first bit of a stream is the lowest bit of its first byte. Rice codes have
no fixed length, so where one begins is known only when the one before has been read. Where the C part of the package
was built, it reads them one by one. The numpy part finds the beginnings without that: it computes for *every* bit
where the next code would begin if one began there, doubles that step four times, walks in steps of sixteen codes and
fills in what lies between.
"""

from __future__ import annotations

from typing import List, Tuple

import numpy as np
import numpy.typing as npt

from .errors import BlockFault

try:
    from . import _bits as _quick
except ImportError:  # not built: numpy alone
    _quick = None  # type: ignore[assignment]

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]

#: A Rice code whose run of ones reaches this is 32 plain bits.
ESCAPE = 24
#: Bits of a code with a run that long.
LONG_CODE = ESCAPE + 32
#: Bits that are looked at together; it bounds the memory that reading takes.
WINDOW = 1 << 20
#: Fewer codes than this are read one by one, which is quicker.
FEW = 48
#: Whether what was built in C is used; the tests turn it off.
USES_C = True


class BitStream:
    """The bits of a block's content, read from the start; never reads past the end."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        padded = content + bytes(16)
        self._bytes = np.frombuffer(padded, dtype=np.uint8)
        # The 64 bits from every byte on; it overlaps itself, and is only read.
        self._words = np.ndarray((len(padded) - 7,), dtype="<u8", buffer=padded, strides=(1,))
        self.position = 0
        self.end = len(content) * 8

    @property
    def remaining(self) -> int:
        """Bits that are left: no more elements can follow, as each takes at least one."""
        return self.end - self.position

    def read(self, width: int) -> int:
        """One number of ``width`` bits."""
        self._require(width)
        first, last = self.position >> 3, (self.position + width + 7) >> 3
        word = int.from_bytes(self._content[first:last], "little") >> (self.position & 7)
        self.position += width
        return word & ((1 << width) - 1)

    def varint(self) -> int:
        """One number in groups of seven bits, at most 56."""
        value = 0
        for shift in range(0, 56, 7):
            group = self.read(8)
            value |= (group & 0x7F) << shift
            if group < 0x80:
                return value
        raise BlockFault("a number of at most 56 bits", "a longer one")

    def count(self, what: str) -> int:
        """A number of elements that take a bit each at least, so that a damaged one cannot exhaust memory."""
        count = self.varint()
        if count > self.remaining:
            raise BlockFault(f"at most {self.remaining} {what}", str(count))
        return count

    def bytes_of(self, count: int) -> npt.NDArray[np.uint8]:
        """``count`` whole bytes; the stream must be at one's beginning."""
        self._require(count * 8)
        first = self._aligned()
        self.position += count * 8
        return self._bytes[first : first + count]

    def varints(self, count: int) -> Integers:
        """``count`` varints; the stream must be at a byte's beginning."""
        first = self._aligned()
        if count == 0:
            return np.zeros(0, dtype=np.int64)
        groups = self._bytes[first : min(first + 8 * count, self.end >> 3)]
        ends = np.flatnonzero(groups < 0x80)[:count]
        if len(ends) < count:
            raise BlockFault(f"{count} numbers of at most 56 bits", f"{len(ends)}")
        starts = np.concatenate([[0], ends[:-1] + 1])
        lengths = ends - starts + 1
        if lengths.max() > 8:
            raise BlockFault("a number of at most 56 bits", "a longer one")
        values = np.zeros(count, dtype=np.int64)
        for group in range(int(lengths.max())):
            longer = lengths > group
            values[longer] |= (groups[starts[longer] + group].astype(np.int64) & 0x7F) << (7 * group)
        self.position += (int(ends[-1]) + 1) * 8
        return values

    def zigzags(self, count: int) -> Integers:
        """``count`` signed varints: 0, -1, 1, -2, 2…; the stream must be at a byte's beginning."""
        values = self.varints(count)
        signed: Integers = (values >> 1) ^ -(values & 1)
        return signed

    def fixed(self, count: int, width: int) -> Integers:
        """``count`` numbers of ``width`` bits, at most 56."""
        self._require(count * width)
        starts = self.position + np.arange(count, dtype=np.int64) * width
        self.position += count * width
        return self._at(starts, width)

    def gaps(self, count: int) -> Integers:
        """A column of ``count`` small numbers as Rice codes, with the parameter that begins it."""
        k = self.read(5)
        if count > self.remaining:
            raise BlockFault(f"at most {self.remaining} numbers", str(count))
        if USES_C and _quick is not None:
            found = _quick.rice(self._content, self.position, k, count)
            if found is None:
                raise BlockFault(f"{count} numbers", "the end of the block")
            self.position = found[1]
            return np.frombuffer(found[0], dtype=np.int64)
        if count < FEW:
            return np.array([self._rice(k) for _ in range(count)], dtype=np.int64)
        parts: List[Integers] = []
        missing, window = count, 0
        while missing:
            window = min(max(window, missing * (k + 3) + 256), WINDOW)
            part, used = self._window(missing, k, min(window, self.remaining))
            if not len(part):
                if window >= self.remaining:
                    raise BlockFault(f"{missing} more numbers", "the end of the block")
                window += LONG_CODE
                continue
            parts.append(part)
            missing -= len(part)
            self.position += used
        return np.concatenate(parts)

    def magnitudes(self, count: int, mantissa_bits: int) -> Floats:
        """A column of ``count`` real numbers rounded to ``mantissa_bits`` after the leading one."""
        signed, zeros = self.read(1), self.read(1)
        width, smallest = self.read(6), self.read(32)
        if width > 32:
            raise BlockFault("codes of at most 32 bits", f"{width} bits")
        if USES_C and _quick is not None:
            self._require(count * (width + signed))
            floats = _quick.magnitudes(
                self._content, self.position, count, width, signed, zeros, smallest, mantissa_bits
            )
            if floats is None:
                raise BlockFault("finite numbers", "one that is not")
            self.position += count * (width + signed)
            return np.frombuffer(floats, dtype=np.float32)
        entries = self.fixed(count, width + signed)
        codes = entries >> signed
        is_zero = codes == 0 if zeros else None
        codes = (codes + (smallest - zeros)) & 0xFFFFFFFF
        if is_zero is not None:
            codes[is_zero] = 0
        if count and int(codes.max()) >= 0xFF << mantissa_bits:
            raise BlockFault("a finite number", f"code {int(codes.max())}")
        bits = codes << (23 - mantissa_bits)
        if signed:
            signs = entries & 1
            if is_zero is not None:
                signs[is_zero] = 0
            bits |= signs << 31
        return bits.astype(np.uint32).view(np.float32)

    def require_end(self) -> None:
        """Throws unless nothing but the last byte's filling is left."""
        if self.remaining >= 8:
            raise BlockFault("the end of the block", f"{self.remaining // 8} more bytes")

    def _window(self, most: int, k: int, bit_count: int) -> Tuple[Integers, int]:
        """The whole codes among the next bits, at most ``most`` of them, and the bits that they take."""
        first = self.position >> 3
        skipped = self.position & 7
        raw = np.unpackbits(self._bytes[first : first + (skipped + bit_count + 7) // 8], bitorder="little")
        bits = raw[skipped : skipped + bit_count]
        places = np.arange(bit_count, dtype=np.int32)
        # Where the first zero at or after each bit is; beyond everything where there is none.
        zero = np.where(bits == 0, places, np.int32(2 * WINDOW))
        zero = np.minimum.accumulate(zero[::-1])[::-1]
        # Where the next code begins: `bit_count` is the end of the window, one more means "not whole in here".
        after = np.where(zero - places >= ESCAPE, places + LONG_CODE, zero + (1 + k))
        step = np.empty(bit_count + 2, dtype=np.int32)
        np.minimum(after, bit_count + 1, out=step[:bit_count])
        step[bit_count:] = (bit_count, bit_count + 1)
        steps = [step]
        for _ in range(4):
            steps.append(steps[-1].take(steps[-1]))
        anchors: List[int] = []
        place, leap = 0, steps[4]
        while place < bit_count and len(anchors) * 16 < most:
            anchors.append(place)
            place = int(leap[place])
        starts = np.array(anchors, dtype=np.int32)
        for doubled in (steps[3], steps[2], steps[1], steps[0]):
            starts = np.stack([starts, doubled.take(starts)], axis=1).ravel()
        following = step.take(starts)
        whole = int(np.count_nonzero((starts < bit_count) & (following <= bit_count)))
        starts = starts[: min(whole, most)]
        if not len(starts):
            return np.zeros(0, dtype=np.int64), 0
        used = int(step[starts[-1]])
        quotients = (zero.take(starts) - starts).astype(np.int64)
        long = quotients >= ESCAPE
        remainders = self._at(self.position + starts.astype(np.int64) + quotients + 1, k) if k else 0
        values = (quotients << k) | remainders
        if long.any():
            values[long] = self._at(self.position + starts[long].astype(np.int64) + ESCAPE, 32)
        return values, used

    def _rice(self, k: int) -> int:
        first = self.position >> 3
        word = int.from_bytes(self._content[first : first + 9], "little") >> (self.position & 7)
        quotient = (~word & (word + 1)).bit_length() - 1
        if quotient < ESCAPE:
            width = quotient + 1 + k
            value = quotient << k | (word >> (quotient + 1)) & ((1 << k) - 1)
        else:
            width = LONG_CODE
            value = (word >> ESCAPE) & 0xFFFFFFFF
        self._require(width)
        self.position += width
        return value

    def _at(self, starts: Integers, width: int) -> Integers:
        """The ``width`` bits from each place on; zeros past the end."""
        if width == 0:
            return np.zeros(len(starts), dtype=np.int64)
        index = np.minimum(starts >> 3, len(self._words) - 1)
        words = self._words[index] >> (starts & 7).astype(np.uint64)
        numbers: Integers = (words & np.uint64((1 << width) - 1)).astype(np.int64)
        return numbers

    def _aligned(self) -> int:
        if self.position & 7:
            raise AssertionError("bytes begin at a byte")
        return self.position >> 3

    def _require(self, width: int) -> None:
        if width > self.remaining:
            raise BlockFault(f"{width} more bits", f"{self.remaining} at the end of the block")
