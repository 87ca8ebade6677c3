"""Loops over arrays, compiled once and remembered where a cache folder can be written."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar

import numba

_Arguments = ParamSpec("_Arguments")
_Result = TypeVar("_Result")


def kernel(loop: Callable[_Arguments, _Result]) -> Callable[_Arguments, _Result]:
    """Return a loop over arrays compiled to machine code that lets other threads run meanwhile.

    The machine code is kept in numba's cache folder. Where none can be written the kernel is compiled anew in each
    process. A kernel calls only kernels of its own file, for the cache does not notice an edit elsewhere.

    Parameters
    ----------
    loop
        A function of arrays and numbers.

    Returns
    -------
    Callable
        The same function, compiled at its first call.
    """
    try:
        compiled: Callable[_Arguments, _Result] = numba.njit(nogil=True, cache=True)(loop)
    except RuntimeError:  # numba found no folder that it may write a cache to
        compiled = numba.njit(nogil=True, cache=False)(loop)
    return compiled
