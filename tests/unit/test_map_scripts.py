"""The scripts of the map: they share one scope."""

from __future__ import annotations

import re
from collections import Counter
from importlib.resources import files

DECLARED = re.compile(r"^(?:async )?(?:function|class|const|let) +(\w+)", re.MULTILINE)


def test_no_name_is_declared_twice():
    """What is declared last would stand for both, without a word."""
    assets = (files("planner.webmap") / "assets").iterdir()
    scripts = [asset.read_text("utf-8") for asset in assets if asset.name.endswith(".js")]
    names = Counter(name for script in scripts for name in DECLARED.findall(script))
    assert len(names) > 200
    assert [name for name, n in names.items() if n > 1] == []
