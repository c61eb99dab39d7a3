"""Tests of the parts. The whole is judged by duroxide-compat."""

import logging

# It tells of every step that took long, which is nobody's fault on a busy machine.
logging.getLogger("asyncio").setLevel(logging.ERROR)
