"""The benchmark suite behind tools/bench; README.md says how to read it."""
