"""Rules of evaluations as dated data, read once at start: each with its legal basis, and whether the sentence that says so was read."""
