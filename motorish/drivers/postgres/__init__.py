"""
PostgreSQL: psycopg2 through its wait callback, psycopg 3 through its wait functions.
"""
