"""What one request, reply or fetch may take (WIRE-5, WIRE-6, WIRE-8, WIRE-9)."""

MAX_MESSAGE_BYTES = 64 * 1024 * 1024
MAX_BATCH_ITEMS = 100
MAX_POLL_SECONDS = 60
MAX_PAGE_SIZE = 1000
MAX_REQUEST_ID_BYTES = 128
MAX_TAGS = 5

# The largest number that SQLite stores; WIRE-9 lets a provider refuse larger ones.
MAX_NUMBER = 2**63 - 1
