"""Place rest stations so that everyone is within minutes of one, and prove how good the plan is."""
