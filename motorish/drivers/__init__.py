"""
One adapter per driver, and proxies for those that have an API of their own here.
"""
