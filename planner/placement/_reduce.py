"""Rows and columns that cannot matter, taken out before anything is chosen."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import block_array, csr_array
from scipy.sparse.csgraph import connected_components

from planner.compiled import kernel
from planner.coverage import Coverage


class Ask(StrEnum):
    """What is asked of the rows."""

    COVER_ALL = "cover every row with the fewest columns"
    COVER_SHARE = "cover a share of the weight with the fewest columns"
    COVER_MOST = "cover the most weight with a number of columns"


VALID: Final[dict[str, frozenset[Ask]]] = {
    # a row that a kept station covers is covered in every plan
    "covered rows": frozenset(Ask),
    # a row of weight 0 changes no weight; a plan that covers all has to cover it nevertheless
    "weightless rows": frozenset({Ask.COVER_SHARE, Ask.COVER_MOST}),
    # rows with the same columns are covered together: one row with the sum of their weights
    "identical rows": frozenset(Ask),
    # a row whose columns hold all columns of another is covered whenever the other is, and the other has to be
    "row dominance": frozenset({Ask.COVER_ALL}),
    # the only column of a row that has to be covered is in every plan
    "essential columns": frozenset({Ask.COVER_ALL}),
    # a column whose rows are all among another's can be swapped for it, for all columns cost and stand the same
    "column dominance": frozenset(Ask),
}
"""Which reduction is valid for what is asked, and why."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rows:
    """Rows and the columns that cover each, sparse.

    Attributes
    ----------
    indptr, column
        The columns of row i are ``column[indptr[i]:indptr[i + 1]]``, ascending and never none.
    weight
        Weight of each row.
    n_columns
        Number of columns.
    """

    indptr: NDArray[np.int64]
    column: NDArray[np.int32]
    weight: NDArray[np.float64]
    n_columns: int

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return self.weight.size

    @property
    def matrix(self) -> csr_array:
        """Rows x columns, 1 where the column covers the row."""
        ones = np.ones(self.column.size)
        return csr_array((ones, self.column, self.indptr), shape=(self.n_rows, self.n_columns))

    def weight_covered(self, columns: NDArray[np.int32]) -> float:
        """Return the weight of the rows that some columns cover."""
        is_chosen = np.zeros(self.n_columns, dtype=bool)
        is_chosen[columns] = True
        return math.fsum(self.weight[rows_with(self, is_chosen)].tolist())


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Core:
    """What is left to choose once all that cannot matter is out.

    Attributes
    ----------
    rows
        The rows left and the columns left to choose from.
    site
        The site of each column, ascending.
    fixed
        Sites that are in the plan already: the kept ones, then the essential ones.
    open_rows, open_site
        All rows that the kept sites leave open, identical ones merged, over all sites that are neither kept nor
        excluded; and the site of each of their columns.
    sizes
        Rows and columns after each reduction.
    """

    rows: Rows
    site: NDArray[np.int32]
    fixed: NDArray[np.int32]
    open_rows: Rows
    open_site: NDArray[np.int32]
    sizes: dict[str, tuple[int, int]]

    def stations(self, columns: NDArray[np.int32]) -> NDArray[np.int32]:
        """Return the sites of a plan that takes these columns, ascending."""
        return np.union1d(self.fixed, self.site[columns]).astype(np.int32)


def reduce(coverage: Coverage, ask: Ask) -> Core:
    """Return what is left to choose, by the reductions that are valid for what is asked.

    Parameters
    ----------
    coverage
        Which needs which sites cover. Needs that no site covers are left out here.
    ask
        What is asked of the rows.

    Returns
    -------
    Core
        An equivalent smaller question: with the fixed sites added, its best plans are best plans of the coverage.
    """
    usable = ~(coverage.is_kept | coverage.is_excluded)
    site = np.flatnonzero(usable).astype(np.int32)
    rows = _open_rows(coverage, usable, weightless_matter=ask not in VALID["weightless rows"])
    sizes = {"given": (coverage.n_needs, coverage.n_sites), "open": (rows.n_rows, rows.n_columns)}
    rows = merged(rows)
    sizes["identical rows"] = (rows.n_rows, rows.n_columns)
    open_rows, open_site = rows, site
    fixed = [np.flatnonzero(coverage.is_kept).astype(np.int32)]
    while True:
        before = (rows.n_rows, rows.n_columns)
        if ask in VALID["essential columns"]:
            rows, site, essential = _take_essential(rows, site)
            fixed.append(essential)
        if ask in VALID["row dominance"]:
            rows = _minimal(rows)
        rows, site = _maximal(rows, site)
        rows = merged(rows)
        sizes["core"] = (rows.n_rows, rows.n_columns)
        if sizes["core"] == before:
            break
    return Core(
        rows=rows,
        site=site,
        fixed=np.concatenate(fixed),
        open_rows=open_rows,
        open_site=open_site,
        sizes=sizes,
    )


def merged(rows: Rows) -> Rows:
    """Return the rows with identical ones merged, their weights added, in order of first appearance."""
    if rows.n_rows == 0:
        return rows
    group, first = _groups(
        rows.indptr, rows.column, np.full(_table_size(rows.n_rows), -1, dtype=np.int32)
    )
    if first.size == rows.n_rows:
        return rows
    is_first = np.zeros(rows.n_rows, dtype=bool)
    is_first[first] = True
    kept = restricted(rows, is_first, np.ones(rows.n_columns, dtype=bool))
    weight = np.bincount(group, weights=rows.weight, minlength=first.size)
    return replace(kept, weight=weight.astype(np.float64))


def by_column(rows: Rows) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Return the rows of each column: where they start, and the rows, ascending in each column."""
    return _by_column(rows.indptr, rows.column, rows.n_columns)


def restricted(rows: Rows, is_row: NDArray[np.bool_], is_column: NDArray[np.bool_]) -> Rows:
    """Return some of the rows over some of the columns, both renumbered; rows that keep no column are left out."""
    if is_row.all() and is_column.all():
        return rows
    column_of = np.where(is_column, np.cumsum(is_column) - 1, -1).astype(np.int32)
    length = _lengths(rows.indptr, rows.column, is_row, column_of)
    is_left = length > 0
    indptr = np.concatenate([[0], np.cumsum(length[is_left])])
    return Rows(
        indptr=indptr,
        column=_columns_left(rows.indptr, rows.column, is_left, column_of, int(indptr[-1])),
        weight=rows.weight[is_left],
        n_columns=int(is_column.sum()),
    )


def parts(rows: Rows) -> list[NDArray[np.int32]]:
    """Return the columns of each part of the rows that shares no column with another, by the first column."""
    if rows.n_rows == 0:
        return []
    n, links = rows.n_rows, rows.matrix
    _, part = connected_components(
        block_array([[None, links], [links.T, None]], format="csr"), directed=False
    )
    order = np.argsort(part[n:], kind="stable").astype(np.int32)
    parts = np.split(order, np.flatnonzero(np.diff(part[n:][order])) + 1)
    return sorted(parts, key=lambda columns: int(columns[0]))


def rows_with(rows: Rows, is_column: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return whether each row has one of some columns."""
    if not is_column.any():
        return np.zeros(rows.n_rows, dtype=bool)
    return _have_one(rows.indptr, rows.column, is_column)


def _take_essential(
    rows: Rows, site: NDArray[np.int32]
) -> tuple[Rows, NDArray[np.int32], NDArray[np.int32]]:
    """Return the rows and sites that are left without the essential columns, and the sites of those."""
    is_essential = np.zeros(rows.n_columns, dtype=bool)
    is_essential[rows.column[rows.indptr[:-1][np.diff(rows.indptr) == 1]]] = True
    if not is_essential.any():
        return rows, site, site[:0]
    left = restricted(rows, ~rows_with(rows, is_essential), ~is_essential)
    return left, site[~is_essential], site[is_essential]


def _minimal(rows: Rows) -> Rows:
    """Return the rows without those that hold all columns of another (of equals the first stays)."""
    length = np.diff(rows.indptr)
    order = np.argsort(length, kind="stable")
    n_rows_of = np.bincount(rows.column, minlength=rows.n_columns)
    nobody = np.full((2, rows.n_columns), -1)
    is_minimal = _minimal_rows(rows.indptr, rows.column, order, n_rows_of, nobody[0], nobody[1])
    if is_minimal.all():
        return rows
    return restricted(rows, is_minimal, np.ones(rows.n_columns, dtype=bool))


def _maximal(rows: Rows, site: NDArray[np.int32]) -> tuple[Rows, NDArray[np.int32]]:
    """Return the rows and sites without columns whose rows are all among another's (of equals the first stays)."""
    start, row = by_column(rows)
    is_maximal = _maximal_columns(rows.indptr, rows.column, start, row)
    if is_maximal.all():
        return rows, site
    return restricted(rows, np.ones(rows.n_rows, dtype=bool), is_maximal), site[is_maximal]


def _open_rows(coverage: Coverage, usable: NDArray[np.bool_], *, weightless_matter: bool) -> Rows:
    """Return the rows that no kept site covers and some usable site does, over the usable sites."""
    given = coverage.indptr[:-1][np.diff(coverage.indptr) > 0]
    weight = coverage.weight[np.diff(coverage.indptr) > 0]
    rows = Rows(
        indptr=np.append(given, coverage.site.size),
        column=coverage.site,
        weight=weight,
        n_columns=coverage.n_sites,
    )
    is_open = ~rows_with(rows, coverage.is_kept)
    if not weightless_matter:
        is_open &= weight > 0
    return restricted(rows, is_open, usable)


def _table_size(n: int) -> int:
    """Return a power of two that is at least twice a number."""
    return 1 << (2 * n).bit_length()


@kernel
def _by_column(
    indptr: NDArray[np.int64], column: NDArray[np.int32], n_columns: int
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Return where the rows of each column start, and the rows, ascending in each column."""
    start = np.zeros(n_columns + 1, np.int64)
    for j in column:
        start[j + 1] += 1
    start = np.cumsum(start)
    free = start[:-1].copy()
    row = np.empty(column.size, np.int32)
    for i in range(indptr.size - 1):
        for pair in range(indptr[i], indptr[i + 1]):
            row[free[column[pair]]] = i
            free[column[pair]] += 1
    return start, row


@kernel
def _lengths(
    indptr: NDArray[np.int64],
    column: NDArray[np.int32],
    is_row: NDArray[np.bool_],
    column_of: NDArray[np.int32],
) -> NDArray[np.int64]:
    """Return how many columns each row keeps: 0 for rows that go; ``column_of`` is -1 for columns that go."""
    length = np.zeros(is_row.size, np.int64)
    for i in range(is_row.size):
        if is_row[i]:
            for pair in range(indptr[i], indptr[i + 1]):
                length[i] += column_of[column[pair]] >= 0
    return length


@kernel
def _columns_left(
    indptr: NDArray[np.int64],
    column: NDArray[np.int32],
    is_left: NDArray[np.bool_],
    column_of: NDArray[np.int32],
    n_pairs: int,
) -> NDArray[np.int32]:
    """Return the new numbers of the columns that the rows left keep, row after row."""
    out = np.empty(n_pairs, np.int32)
    n = 0
    for i in range(is_left.size):
        if is_left[i]:
            for pair in range(indptr[i], indptr[i + 1]):
                if column_of[column[pair]] >= 0:
                    out[n] = column_of[column[pair]]
                    n += 1
    return out


@kernel
def _have_one(
    indptr: NDArray[np.int64], column: NDArray[np.int32], is_column: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Return whether each row has one of some columns."""
    has = np.zeros(indptr.size - 1, np.bool_)
    for i in range(has.size):
        for pair in range(indptr[i], indptr[i + 1]):
            if is_column[column[pair]]:
                has[i] = True
                break
    return has


@kernel
def _groups(
    indptr: NDArray[np.int64], column: NDArray[np.int32], table: NDArray[np.int32]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return for each row the number of its group of identical rows, and the first row of each group.

    Rows are looked up by a hash of their columns in an empty table of a power of two slots; columns are compared where
    hashes agree, so that only rows that are identical meet.
    """
    n = indptr.size - 1
    mask = np.uint64(table.size - 1)
    hashes = np.empty(n, dtype=np.uint64)
    group = np.empty(n, dtype=np.int64)
    first = np.empty(n, dtype=np.int64)
    n_groups = 0
    for i in range(n):
        begin, end = indptr[i], indptr[i + 1]
        code = np.uint64(end - begin)
        for pair in range(begin, end):
            # a product with a large odd number, its high bits folded onto the low ones, spreads over all bits
            code = (code ^ np.uint64(column[pair])) * np.uint64(0x9E3779B97F4A7C15)
            code ^= code >> np.uint64(29)
        slot = code & mask
        while True:
            g = table[slot]
            if g < 0:
                table[slot] = n_groups
                hashes[n_groups] = code
                first[n_groups] = i
                group[i] = n_groups
                n_groups += 1
                break
            if hashes[g] == code:
                other = indptr[first[g]]
                same = indptr[first[g] + 1] - other == end - begin
                k = 0
                while same and k < end - begin:
                    same = column[other + k] == column[begin + k]
                    k += 1
                if same:
                    group[i] = g
                    break
            slot = (slot + np.uint64(1)) & mask
    return group, first[:n_groups]


@kernel
def _minimal_rows(
    indptr: NDArray[np.int64],
    column: NDArray[np.int32],
    order: NDArray[np.int64],
    n_rows_of: NDArray[np.int64],
    last_on: NDArray[np.int64],
    marked_by: NDArray[np.int64],
) -> NDArray[np.bool_]:
    """Return whether each row holds all columns of no other row that comes before it in order of length.

    Each minimal row hangs on the rarest of its columns. A later row asks only the rows that hang on its own columns,
    and most of those answer by a signature of 64 bits. The two arrays over the columns come filled with -1.
    """
    n = indptr.size - 1
    is_minimal = np.zeros(n, dtype=np.bool_)
    signature = np.empty(n, dtype=np.uint64)
    before = np.empty(n, dtype=np.int64)
    for i in order:
        sign = np.uint64(0)
        for pair in range(indptr[i], indptr[i + 1]):
            marked_by[column[pair]] = i
            sign |= np.uint64(1) << (
                (np.uint64(column[pair]) * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(58)
            )
        dominated = False
        rarest = column[indptr[i]]
        for pair in range(indptr[i], indptr[i + 1]):
            j = column[pair]
            if n_rows_of[j] < n_rows_of[rarest]:
                rarest = j
            other = last_on[j]
            while other >= 0:
                if signature[other] & ~sign == np.uint64(0):
                    dominated = True
                    for k in range(indptr[other], indptr[other + 1]):
                        if marked_by[column[k]] != i:
                            dominated = False
                            break
                    if dominated:
                        break
                other = before[other]
            if dominated:
                break
        if not dominated:
            is_minimal[i] = True
            signature[i] = sign
            before[i] = last_on[rarest]
            last_on[rarest] = i
    return is_minimal


@kernel
def _maximal_columns(
    indptr: NDArray[np.int64],
    column: NDArray[np.int32],
    start: NDArray[np.int64],
    row: NDArray[np.int32],
) -> NDArray[np.bool_]:
    """Return whether the rows of each column are not all among those of a larger, or an equal earlier, column.

    The columns that could hold all rows of a column are those of its shortest row; each further row strikes out those
    it does not have, until none is left, which is soon.
    """
    n_columns = start.size - 1
    is_maximal = np.zeros(n_columns, dtype=np.bool_)
    n_seen = np.zeros(n_columns, dtype=np.int64)
    for j in range(n_columns):
        size = start[j + 1] - start[j]
        if size == 0:
            continue
        shortest = row[start[j]]
        for k in range(start[j], start[j + 1]):
            if indptr[row[k] + 1] - indptr[row[k]] < indptr[shortest + 1] - indptr[shortest]:
                shortest = row[k]
        for pair in range(indptr[shortest], indptr[shortest + 1]):
            other = column[pair]
            other_size = start[other + 1] - start[other]
            n_seen[other] = 1 if other_size > size or (other_size == size and other < j) else 0
        seen = 1
        left = True
        for k in range(start[j], start[j + 1]):
            i = row[k]
            if i == shortest:
                continue
            left = False
            for pair in range(indptr[i], indptr[i + 1]):
                if n_seen[column[pair]] == seen:
                    n_seen[column[pair]] = seen + 1
                    left = True
            seen += 1
            if not left:
                break
        dominated = False
        for pair in range(indptr[shortest], indptr[shortest + 1]):
            dominated |= left and n_seen[column[pair]] == seen
            n_seen[column[pair]] = 0
        is_maximal[j] = not dominated
    return is_maximal
