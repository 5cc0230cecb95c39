"""whygate: why an action on an AWS resource is allowed or denied. This package is the domain: values in, values out.

`question.ask` answers a question about a `snapshot.Snapshot`, `explain.explain` says why; nothing here reads a file or opens a socket.
"""

__version__ = "0.1.0"
