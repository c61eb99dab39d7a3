"""The duroxide provider contract on Python's standard SQLite.

Data flows one way: `server` (gRPC) -> `provider` (one request, one transaction) -> `methods` (who
answers which method) -> the rooms (`turn`, `orchestrator_queue`, `worker_queue`, `sessions`,
`history`, `records`, `kv`, `admin`, `deletion`, `testing`) -> `store.sqlite`. `errors`, `limits`,
`moments`, `paging`, `validation`, `waiting` and `requests` stand beside them.
"""

__version__ = "0.1.0"
