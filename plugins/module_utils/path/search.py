# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The largest packet that passes to one node, by bisection. Private to the collection.

Sizes are bytes of a whole IP packet, as MTUs are.
"""

from __future__ import annotations

PASSES = "passes"
LOCAL_LIMIT = "local_limit"
ROUTER_LIMIT = "router_limit"
BLACK_HOLE = "black_hole"
UNREACHABLE = "unreachable"
UNKNOWN = "unknown"

#: What a path is found to be: as large as asked; bounded by the interface of the host itself; by a
#: router that says so; by something that drops large packets without a word; not answering at all;
#: not finished in time.
VERDICTS = (PASSES, LOCAL_LIMIT, ROUTER_LIMIT, BLACK_HOLE, UNREACHABLE, UNKNOWN)


class Search:
    """What is known of one path, and which size is to be tried next.

    The smallest size comes first: without an answer to that there is nothing to search for. Then
    the wanted one, which most often passes; after that each step halves what is left, or tries what
    a router has named.

    ``wanted`` is the size that should pass, ``smallest`` the one that every path carries,
    ``attempts`` how many packets of one size are lost before the size is. At most
    ``attempts * (log2(wanted - smallest) + 2)`` packets may be sent; where refusals cost more than
    that, the search is ended early with the largest size that is known to pass.
    """

    def __init__(self, wanted: int, smallest: int, attempts: int) -> None:
        self.wanted = wanted
        self.smallest = min(smallest, wanted)
        steps = max(self.wanted - self.smallest - 1, 0).bit_length()
        self.packets_left = attempts * (steps + 2)
        #: The largest size that was answered, 0 before the first answer.
        self.passed_size = 0
        self._lost: set[int] = set()
        #: Sizes that somebody refused, with the verdict and who it was.
        self._refused: dict[int, tuple[str, str]] = {}
        self._named: set[int] = set()
        #: Who says that the address cannot be reached, "" if nobody.
        self.unreachable_by = ""

    def size(self) -> int | None:
        """Return the size to try next, None where the search has ended."""
        if self.passed_size >= self.wanted:
            return None
        above = self._above()
        named = [size for size in self._named if self.passed_size < size < above]
        if not self.passed_size:
            if self._lost:
                return None
            # Where even the smallest size was refused, what the refusal has named may pass.
            return self.smallest if self.smallest < above else max(named, default=None)
        if above > self.wanted:
            return self.wanted
        if above - self.passed_size <= 1:
            return None
        return max(named, default=(self.passed_size + above) // 2)

    def _above(self) -> int:
        """Return the smallest size that is known not to pass."""
        sizes = [size for size in (*self._lost, *self._refused) if size > self.passed_size]
        return min(sizes, default=self.wanted + 1)

    def sent(self) -> None:
        """Count a packet."""
        self.packets_left -= 1

    def passed(self, size: int) -> None:
        """Take an answer to a packet of *size*, which may come long after it counted as lost."""
        self.passed_size = max(self.passed_size, size)

    def lost(self, size: int) -> None:
        """Take it that no packet of *size* was answered."""
        self._lost.add(size)

    def refused(self, size: int, verdict: str, by: str, limit: int) -> None:
        """Take it that *by* has refused a packet of *size* and has named *limit*, 0 if nothing.

        Some routers name 0 (RFC 1191, section 5) or nonsense; then only the refusal counts.
        """
        if self.passed_size < limit < size:
            self._named.add(limit)
            size = limit + 1
        self._refused[size] = (verdict, by)

    def result(self) -> tuple[int | None, str, str]:
        """Return the largest size that passed or None, the verdict, and who limits the path."""
        passed = self.passed_size or None
        if self.passed_size >= self.wanted:
            return passed, PASSES, ""
        above = self._above()
        if above in self._refused:
            return passed, *self._refused[above]
        if passed is None:
            return passed, UNREACHABLE, self.unreachable_by
        if above > self.wanted:
            return passed, UNKNOWN, ""
        return passed, BLACK_HOLE, ""
