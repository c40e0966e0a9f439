"""
A chat server: Tornado in front, MongoDB behind, motorish between.

Follow one message: ``websocket.py`` or ``rest.py`` receives it, ``validation.py``
checks it, ``sequencer.py`` gives it the next number of its room and stores it,
``live.py`` sees it in the change stream, and ``websocket.py`` or ``longpoll.py``
brings it to every reader. ``store.py`` reads history.
"""
