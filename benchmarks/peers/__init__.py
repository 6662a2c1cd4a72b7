"""Other programs on the same inputs: ``python -m benchmarks.peers --setup``.

Peers live in a virtual environment of their own, never in ours; each is asked by a small script of
`adapters`, in a process of its own, on one thread.
"""
