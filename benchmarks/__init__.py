"""How fast, and beside whom: tasks x sizes x tools, measured in the same run (see README.md)."""
