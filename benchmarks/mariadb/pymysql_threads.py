"""
MariaDB through PyMySQL in plain threads, one per worker.
"""

from benchmarks._variant import serve
from benchmarks.mariadb._blocking import BlockingPyMySQL

serve(BlockingPyMySQL)
