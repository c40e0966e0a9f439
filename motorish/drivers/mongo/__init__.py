"""
MongoDB: Motor's API on stock PyMongo.  `api` is what to import.
"""
