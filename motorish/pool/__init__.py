"""
Connections of any PEP 249 driver, pooled; each job of an application gets one for itself.

`api` is what users see, `members` knows which connections there are, `work` is what runs on one.
"""
