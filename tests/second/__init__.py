"""A second, deliberately plain implementation of the reference's decision rules, and the random comparison that holds the engine to it.

It is slow, keeps nothing and explains nothing. It reads rows in the vector format and shares no rule with the engine.
"""
