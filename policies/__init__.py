"""Data only: the floor, the sources of statutory texts, and one file for each school policy."""
