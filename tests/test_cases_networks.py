"""What users of other tools ran into with networks that don't hang together, through the front door."""

from __future__ import annotations

import numpy as np
import pytest
from test_cases import Answer, about, command, right, write_scenario


def test_c24_ends_at_one_spot_that_are_not_connected_are_told(tmp_path):
    expected = right("C24")
    answer = Answer(write_scenario(tmp_path, "C24"))
    network = answer.summary["network"]
    assert network["components"] == expected["components"]
    assert np.bincount(answer.result.network.component).tolist() == [2, 2]
    assert network["counts"]["ends_coincident"] == 1
    assert any("1 pair of road ends at the same spot" in r for r in answer.summary["remarks"])
    assert answer.summary["demand"]["unreachable"] == ["D1"]
    assert np.isnan(answer.drive_s("D1"))
    assert expected["D1_s"] is None


def test_c24_with_ends_merged_the_drive_goes_through(tmp_path):
    answer = Answer(write_scenario(tmp_path, "C24", network={"merge_ends_m": 0.1}))
    assert answer.drive_s("D1") == about(right("C24")["with_merge_s"])
    assert answer.summary["network"]["components"] == 1
    assert answer.summary["network"]["counts"]["ends_merged"] == 1
    assert any("1 end of roads joined" in remark for remark in answer.summary["remarks"])


@pytest.mark.parametrize("merge_ends_m", [0, 0.1])
def test_c24_passes_verify_either_way(tmp_path, merge_ends_m):
    scenario = write_scenario(tmp_path, "C24", network={"merge_ends_m": merge_ends_m})
    assert command("plan", scenario, "--out", tmp_path / "out").exit_code == 0
    told = command("verify", tmp_path / "out")
    assert told.stdout.endswith("\nEverything agrees.\n")
