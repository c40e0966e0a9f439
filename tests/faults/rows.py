"""
The catalogue of faults: each row has a number, what happens, and what motorish promises then.

A test names its row with ``@pytest.mark.row("A1")``; `docs/operate/reliability.md` shows what it measured.
"""

from typing import NamedTuple


class Row(NamedTuple):
    """
    One fault: what happens, and what is promised.
    """

    fault: str
    promise: str


SECTIONS = {
    "A": "Servers and networks",
    "B": "Pools and concurrency",
    "C": "Cancellation and deadlines",
    "D": "Life cycle",
    "E": "Fairness and back-pressure",
    "G": "Bugs that others have shipped",
}

ROWS = {
    "A1": Row(
        "the server is killed amid queries",
        "each operation fails within 100 ms with the driver's own error; the first success is at most 2 s "
        "after the server is back",
    ),
    "A2": Row(
        "the server freezes (SIGSTOP)",
        "a timeout is kept to 100 ms; without one the monitor ends the wait within 3 s; after SIGCONT all is "
        "well within 2 s, and no late reply is delivered",
    ),
    "A3": Row("one of two servers freezes", "operations on the other take at most twice as long as before"),
    "A4": Row(
        "the primary steps down under eight writers",
        "no error, no write lost or doubled, no gap over 3 s",
    ),
    "A5": Row(
        "the primary is killed under eight writers",
        "no error, no write lost or doubled; the gap is the election and 3 s at most",
    ),
    "A6": Row(
        "the connection is reset: amid connect, hello, login, after the send, amid the reply, idle",
        "reads and retryable writes succeed after one retry, others raise AutoReconnect; one clearing",
    ),
    "A7": Row(
        "packets are dropped, with no FIN",
        "a timeout is kept to 100 ms; a dead idle connection is noticed when it is taken, or retried once",
    ),
    "A8": Row("the reply trickles: one byte in 50 ms", "the deadline of the whole reply is kept to 100 ms"),
    "A9": Row(
        "garbage, cut off and mutated replies",
        "the driver's error, the connection is not used again; no crash, no hang, at most 64 MB more",
    ),
    "A10": Row(
        "oversize: a document over 16 MB, a reply of 48 MB, a send of 47 MB",
        "DocumentTooLarge with the connection kept; the others pass, in at most three times their memory",
    ),
    "A11": Row(
        "TLS: wrong authority, wrong host, expired, no client certificate, no TLS, no handshake",
        "fails within the connect timeout with the reason in the message; nothing leaks, nothing is sent",
    ),
    "A12": Row("login refused", "OperationFailure 18 at once; the password is in no log, repr or error"),
    "A13": Row(
        "names that do not resolve, or in 5 s",
        "the error names the host; the loop is at most 20 ms late; a cancel takes at most 50 ms",
    ),
    "A14": Row("IPv6, two addresses of which one is dead, Unix sockets", "all work"),
    "B15": Row(
        "the pool is exhausted: 50 operations of 1 s on two connections, 100 ms of patience",
        "exactly 48 fail, after 100 to 150 ms; the others are served in order",
    ),
    "B16": Row(
        "500 operations on a cold client",
        "at most two handshakes at a time; the loop is at most 50 ms late",
    ),
    "B17": Row("two children use one connection", "a clear error in the second, at once; bytes never mix"),
    "B18": Row(
        "drivers that use threading.local", "each child has its own: 1,000 interleavings, none mixed up"
    ),
    "B19": Row("other users of greenlets on the same loop", "each finds its own"),
    "B20": Row(
        "context variables",
        "seen in the operation and by listeners, whose changes stay there; 1,000 at once, none mixed up",
    ),
    "C21": Row(
        "cancelled at its k-th wait, for every k",
        "ends within 50 ms; counters, descriptors, greenlets and the server's sessions are as before",
    ),
    "C22": Row("10,000 cancels in 100,000 operations, for each driver", "no reply goes to another request"),
    "C23": Row(
        "cancelled in waits for locks and conditions, at 24 moments about half a second",
        "no wrong outcome, none hangs",
    ),
    "C24": Row("cancelled while the server is frozen", "ends within 100 ms; socket closed, pool slot free"),
    "C25": Row("result and cancel in the same turn of the loop, 10,000 times", "one of the two, always"),
    "C26": Row("cancelled again amid the clean-up", "the clean-up is finished, or the socket closed"),
    "C27": Row(
        "cancelled in a transaction",
        "aborted on the server within 1 s; the session works, the locks are free",
    ),
    "C28": Row("of eight workers one is cancelled every 3 ms, for 12 s", "operations never stop for 1 s"),
    "D29": Row(
        "the loop is closed with 50 operations in flight",
        "each has one end at most; no warning, no hang, exit within 1 s",
    ),
    "D30": Row(
        "the client is dropped with operations in flight, 100 times",
        "a ResourceWarning says where it was opened; sockets, monitors and greenlets are gone within 3 s",
    ),
    "D31": Row(
        "fork, before and under load",
        "the child never touches its parent's sockets; both sides go on, or say at once why not",
    ),
    "D32": Row(
        "four threads with a loop and a client each; one client used on a foreign loop",
        "independent; an error that names both loops",
    ),
    "D33": Row("a callback raises", "logged once by the loop's exception handler; others go on"),
    "D34": Row(
        "100,000 callbacks under faults",
        "each is called once, on the loop's thread, after the call has returned",
    ),
    "D35": Row(
        "KeyboardInterrupt and SystemExit in a child",
        "as in an asyncio.Task: stored and raised from the loop; the next query is right",
    ),
    "D36": Row(
        "a caller 900 frames deep; documents 100 levels deep",
        "both work; a RecursionError becomes the operation's error",
    ),
    "D37": Row("an async iterator is abandoned", "its cursor is killed within 2 s; no warning"),
    "D38": Row("1,000 half-read cursors are dropped", "none is open on the server after 3 s"),
    "D39": Row("10,000 operations, 50 at a time", "at most 50 sessions; none after close"),
    "D40": Row(
        "10,000 times connect, use, close, and failing to connect",
        "descriptors, greenlets, tasks and threads as before",
    ),
    "D41": Row("half an hour of mixed faults", "memory grows by at most 1 MB in 10 minutes"),
    "E42": Row(
        "a scan of a million documents beside 100 small operations a second",
        "the loop is at most 50 ms late; the small ones' p99 is at most three times that of an idle loop",
    ),
    "E43": Row("a socket that is always ready", "a ticker is never more than 50 ms late"),
    "E44": Row("500 idle change streams", "events within 1 s; at most 5 % of a core"),
    "E45": Row("a slow consumer of a million events", "one batch is buffered; at most 32 MB more memory"),
    "G1": Row("redis-py: replies off by one after a cancel", "the next reply is its own"),
    "G2": Row("redis-py: a command that could not be cancelled", "the next command does not hang"),
    "G3": Row("redis-py: a cancel swallowed", "1,000 cancels of BRPOPLPUSH end cancelled"),
    "G4": Row("redis-py: a pipeline's reset leaks a connection", "the pool can be drained again"),
    "G5": Row("PyMySQL: packet sequence after connect timeouts", "OperationalError, never InternalError"),
    "G6": Row("asyncmy: the next borrower reads the cancelled query's rows", "it reads its own"),
    "G7": Row("asyncmy: cancelling close() leaks connections", "the server's process list is empty"),
    "G8": Row(
        "aiomysql: cancels while connections are given back", "free and used add up to the pool's size"
    ),
    "G9": Row("aiomysql: a rogue server asks for a local file", "refused"),
    "G10": Row("PyMySQL under gevent: killed in a transaction", "connection closed, nothing half committed"),
    "G11": Row("asyncpg: cancelling connect leaks sessions", "none is left on the server"),
    "G12": Row("asyncpg: giving back hangs when packets are dropped", "it ends with its timeout"),
    "G13": Row("asyncpg: two tasks on one connection", "a clear error, and the connection works"),
    "G14": Row("SQLAlchemy: cancels in `async with` lose connections", "all are back in the pool"),
    "G15": Row("SQLAlchemy: context variables not seen by listeners", "seen"),
    "G16": Row("SQLAlchemy: a synchronous call outside a greenlet", "the error says what to do"),
    "G17": Row("psycopg_pool: a waiter cancelled as its connection comes", "no connection is lost"),
    "G18": Row("psycopg: the cancel is never delivered by a frozen server", "delivered within 100 ms"),
    "G19": Row(
        "psycopg2's wait callback: errors hidden, connect_timeout ignored",
        "the error comes out as it is; a black hole fails after its second",
    ),
    "G20": Row("aiopg: closing after the network is lost blocks the loop", "it does not"),
    "G21": Row("PyMongo under gevent: kill churn deadlocks", "operations never stop for 1 s"),
    "G22": Row("PyMongo under gevent: a dropped client leaves its monitors", "gone within 5 s"),
    "G23": Row("PyMongo: KeyboardInterrupt amid a query", "the next query is right"),
    "G24": Row("PyMongo: fork at any moment", "neither side hangs"),
    "G25": Row("AsyncMongoClient: cancel, loops, uvloop, monitors", "each works"),
    "G26": Row("asyncio.wait_for on 3.11", "motorish does not use it"),
    "G27": Row("Motor: 100 change streams starve operations; shutdown prints", "they do not; it is silent"),
    "G28": Row("Motor: a client made at import, used in a second asyncio.run", "works, or a clear error"),
    "G29": Row("change streams: events lost between empty batches and a step-down", "none missed or doubled"),
    "G30": Row("greenlet: leaks in cycles and in threads that end", "none"),
    "G31": Row("eventlet: one waiter's timeout removes the other", "it does not"),
    "G32": Row("gevent: a timeout swallows bytes; a closed descriptor's waiter sleeps on", "neither"),
    "G33": Row("Tornado: a slow WebSocket reader grows without bound", "bounded"),
    "G34": Row("ODMs: unknown attributes of a client look callable", "they do not"),
}
