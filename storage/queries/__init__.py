"""What can be asked for, by noun: statements that a unit runs over its own trust's rows."""
