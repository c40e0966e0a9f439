"""
Docstrings of what the MongoDB classes declare: PyMongo's facts in our words, with what differs.

They stand here so that a class body remains a table of what is asynchronous.  `motorish.proxy.declarations`
looks them up in the class's ``__texts__`` and adds whether it is a coroutine that takes ``callback=``.
"""
