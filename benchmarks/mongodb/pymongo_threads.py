"""
MongoDB through PyMongo in plain threads, one for each worker.
"""

from benchmarks._variant import serve
from benchmarks.mongodb._blocking import PyMongo

serve(PyMongo)
