"""`lanyard setup`: from nothing to a school whose reports reach somebody, asked in the terminal."""
