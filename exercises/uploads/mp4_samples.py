"""Where the samples of an MP4 track lie in the file (ISO 14496-12, 8.7), from the bodies of its tables."""

from itertools import accumulate, pairwise

from exercises.uploads.faults import Fault

Range = tuple[int, int]
MOST_ENTRIES = 1_000_000


def ranges(stsc: bytes, stsz: bytes, offsets: bytes, *, wide: bool) -> list[Range]:
    """(start, end) in bytes of every chunk. `offsets` is stco, or co64 when `wide`. Raises Fault."""
    starts = _numbers(offsets, 4, 8 if wide else 4, 1)
    first, per_chunk, _entry = (_numbers(stsc, 4, 4, 3)[n::3] for n in range(3))
    if not starts:
        return []
    if not first or first[0] != 1 or any(a >= b for a, b in pairwise(first)) or first[-1] > len(starts):
        raise Fault("damaged")
    counts: list[int] = []
    for run, many in enumerate(per_chunk):
        until = first[run + 1] - 1 if run + 1 < len(first) else len(starts)
        counts += [many] * (until - len(counts))
    uniform, total = int.from_bytes(stsz[4:8]), int.from_bytes(stsz[8:12])
    if sum(counts) != total:
        raise Fault("damaged")
    if uniform:
        return [(start, start + many * uniform) for start, many in zip(starts, counts, strict=True)]
    ends = [0, *accumulate(_numbers(stsz, 8, 4, 1))]
    if len(ends) != total + 1:
        raise Fault("damaged")
    upto = [0, *accumulate(counts)]
    return [(start, start + ends[b] - ends[a]) for start, (a, b) in zip(starts, pairwise(upto), strict=True)]


def _numbers(body: bytes, at: int, width: int, columns: int) -> list[int]:
    """The numbers of a table: its count stands at `at`, `columns` numbers of `width` bytes follow for each."""
    count = int.from_bytes(body[at : at + 4]) * columns
    table = body[at + 4 : at + 4 + count * width]
    if count > MOST_ENTRIES or len(table) != count * width:
        raise Fault("damaged")
    return [int.from_bytes(table[n : n + width]) for n in range(0, len(table), width)]
