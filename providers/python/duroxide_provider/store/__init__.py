"""Where everything is kept; the only place that knows SQLite's own interface."""
