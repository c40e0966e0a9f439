"""
Redis through redis-py in plain threads, one per worker; they share one client.
"""

from benchmarks._variant import serve
from benchmarks.redisdb._blocking import BlockingRedis

serve(BlockingRedis)
