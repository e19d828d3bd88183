"""Packed columns: numpy and C agree, on what the program wrote and on anything else."""

import lz4.frame
import numpy as np
import pytest

from feature_atlas import AtlasError, bits, blocks
from feature_atlas.bits import BitStream
from feature_atlas.errors import BlockFault

BOTH = pytest.mark.parametrize("uses_c", [True, False], ids=["c", "numpy"])


class Writer:
    """Bits as Schema/blocks.md tells them, one after the other: slow and plain."""

    def __init__(self):
        self.bits = []

    def number(self, value, width):
        self.bits += [value >> place & 1 for place in range(width)]

    def rice(self, values, k):
        self.number(k, 5)
        for value in values:
            quotient = value >> k
            if quotient < bits.ESCAPE:
                self.bits += [1] * quotient + [0]
                self.number(value & (1 << k) - 1, k)
            else:
                self.bits += [1] * bits.ESCAPE
                self.number(value, 32)

    def content(self):
        return np.packbits(np.array(self.bits, dtype=np.uint8), bitorder="little").tobytes()


@pytest.fixture(autouse=True)
def _as_built(monkeypatch, request):
    uses_c = getattr(request.node, "callspec", None)
    if uses_c is not None and "uses_c" in uses_c.params:
        if uses_c.params["uses_c"] and bits._quick is None:
            pytest.skip("the C part was not built")
        monkeypatch.setattr(bits, "USES_C", uses_c.params["uses_c"])


@BOTH
@pytest.mark.parametrize("k", [0, 1, 5, 12, 31])
@pytest.mark.parametrize("count", [0, 1, 47, 48, 3_000])
def test_a_column_of_gaps_comes_back(uses_c, k, count):
    random = np.random.default_rng(count * 32 + k)
    values = random.geometric(1 / (1 << min(k, 20)), size=count).astype(np.int64) - 1
    values[random.random(count) < 0.02] = 0xFFFFFFFF
    writer = Writer()
    writer.number(5, 3)
    writer.rice(values.tolist(), k)
    stream = BitStream(writer.content())
    stream.read(3)
    assert stream.gaps(count).tolist() == values.tolist()
    stream.require_end()


@BOTH
def test_a_column_longer_than_a_window_comes_back(uses_c, monkeypatch):
    monkeypatch.setattr(bits, "WINDOW", 512)
    values = (np.arange(4_000) * 7919 % 97).tolist()
    writer = Writer()
    writer.rice(values, 2)
    assert BitStream(writer.content()).gaps(4_000).tolist() == values


@BOTH
def test_a_column_that_ends_early_is_refused(uses_c):
    writer = Writer()
    writer.rice([3] * 100, 3)
    content = writer.content()
    with pytest.raises(BlockFault):
        BitStream(content[:-8]).gaps(100)
    with pytest.raises(BlockFault):
        BitStream(content).gaps(10_000)


@BOTH
@pytest.mark.parametrize("signed", [0, 1])
@pytest.mark.parametrize("zeros", [0, 1])
def test_magnitudes_follow_the_description(uses_c, signed, zeros):
    writer = Writer()
    smallest, width = 100_000, 7
    writer.number(signed, 1)
    writer.number(zeros, 1)
    writer.number(width, 6)
    writer.number(smallest, 32)
    distances, signs = [0, 1, 127, 64], [1, 0, 1, 0]
    expected = []
    for distance, sign in zip(distances, signs):
        if signed:
            writer.number(sign, 1)
        writer.number(distance, width)
        code = 0 if zeros and distance == 0 else smallest - zeros + distance
        value = np.uint32(code << 13).view(np.float32)
        expected.append(float(-value if signed and sign and code else value))
    found = BitStream(writer.content()).magnitudes(4, 10)
    assert found.tolist() == expected


@BOTH
def test_numbers_that_are_not_finite_are_refused(uses_c):
    writer = Writer()
    writer.number(0, 2)
    writer.number(1, 6)
    writer.number(0xFF << 10, 32)
    writer.number(0, 8)
    with pytest.raises(BlockFault, match="finite"):
        BitStream(writer.content()).magnitudes(1, 10)


def test_c_and_numpy_read_a_whole_atlas_alike(atlas, monkeypatch):
    if bits._quick is None:
        pytest.skip("the C part was not built")

    def everything():
        for name in ("activations", "nodes", "influence", "edges"):
            for table in atlas.stream(name):
                for values in table.columns.values():
                    yield np.asarray(values.codes if hasattr(values, "codes") else np.ma.filled(values, 0))

    with_c = list(everything())
    monkeypatch.setattr(bits, "USES_C", False)
    without = list(everything())
    assert len(with_c) == len(without)
    assert all(np.array_equal(one, other) for one, other in zip(with_c, without))


@pytest.mark.parametrize(
    "frame",
    [
        b"",
        b"not a frame",
        lz4.frame.compress(b"\x01\x01\x00"),
        lz4.frame.compress(b"\x02\x01\x00\x00\x00" * 3, content_checksum=True),
        lz4.frame.compress(b"\x04\x02\x00\x00" * 3, content_checksum=True),
        lz4.frame.compress(b"\x04\x01\xff\xff\xff\xff\x0f", content_checksum=True),
    ],
    ids=["nothing", "no frame", "no checksum", "other kind", "other version", "too many"],
)
def test_a_block_that_cannot_be_read_is_one_fault(frame):
    with pytest.raises(BlockFault):
        blocks.edges(frame, 3)


def test_damage_never_escapes_as_another_error(atlas):
    frames = [row[0] for row in atlas._database.all("SELECT edges FROM graphs LIMIT 3")]
    random = np.random.default_rng(1)
    for frame in frames:
        content = bytearray(blocks.content(frame))
        for _ in range(60):
            damaged = bytearray(content)
            for place in random.integers(2, len(damaged), size=4):
                damaged[place] = random.integers(256)
            sealed = lz4.frame.compress(bytes(damaged), content_checksum=True, store_size=True)
            try:
                atlas._database.unpack("graphs.edges", 1, blocks.edges, sealed, 50)
            except AtlasError as error:
                assert "damaged block" in str(error) and "\n" not in str(error)
