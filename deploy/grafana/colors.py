"""Colours that several dashboards have for the same thing."""

RED_ABOVE_0 = [(None, "green"), (0.0001, "red")]
RED_BELOW_1 = [(None, "red"), (1, "green")]
