"""Door for a checkout: the same program as the installed ``station-planner``."""

from planner.cli import main

main()
