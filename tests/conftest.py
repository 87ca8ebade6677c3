"""What all tests share: where files are, and how hypothesis runs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"

# the same examples in every run, and none judged by the clock: machines differ and may be busy
settings.register_profile(
    "ci",
    derandomize=True,
    deadline=None,
    max_examples=50,
    suppress_health_check=[HealthCheck.too_slow],
)
# twice as many, beside the slow tests: `pytest tests/property --hypothesis-profile=thorough`
settings.register_profile("thorough", settings.get_profile("ci"), max_examples=100)
# other examples every time, many of them: `pytest --hypothesis-profile=search`
settings.register_profile(
    "search", settings.get_profile("ci"), derandomize=False, max_examples=1000
)
settings.load_profile("ci")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what needs the folder of shared data where there is none; the marker alone is enough."""
    if SHARED.is_dir():
        return
    skip = pytest.mark.skip(reason=f"needs {SHARED}: real networks that are not ours to ship")
    for item in items:
        if "shared" in item.keywords:
            item.add_marker(skip)


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep networks in a folder of the session, in processes that tests start too; the user's cache is never touched.

    GDAL need not wait for the disk after each layer that a test writes.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STATION_PLANNER_CACHE", str(tmp_path_factory.mktemp("cache")))
        patch.setenv("OGR_SQLITE_SYNCHRONOUS", "OFF")
        yield


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real data beside the project."""
    if not SHARED.is_dir():
        pytest.skip(f"needs {SHARED}: real networks that are not ours to ship")
    return SHARED


@pytest.fixture(scope="session")
def cases() -> Path:
    """The small inputs of what users of other tools ran into, each with the right outcome."""
    return ROOT / "tests" / "cases"
