"""What is generated: the dashboards, and the parts of the guides that they link to."""

import provider
import stress
import validation
from model import Section

GUIDE = [
    Section("server", "The server's metrics", "docs/operate.md", "Metrics", 18),
    Section("database", "The database", "docs/operate.md", "The database", 12),
    Section("validation", "The metrics of a validation", "docs/reports.md", "Metrics", 18),
    Section("verdicts", "Reading a report", "docs/read-a-report.md", "Verdicts", 14),
    Section("stress", "The metrics of a load", "docs/stress.md", "Metrics", 24),
    Section("bad-load", "What a bad load means", "docs/stress.md", "What a bad result means", 18),
]

DASHBOARDS = [provider.PROVIDER, validation.VALIDATION, stress.STRESS]
