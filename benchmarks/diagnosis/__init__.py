"""How well the diagnosis finds injected faults, and how silent it stays without.

Healthy programs on real data (``programs/``) get faults (``faults/``), train with several seeds, and are recorded with
all that the diagnosis may read (``record``). ``report`` diagnoses the recordings and counts, beside published detectors
(``baselines/``). The programs come in two halves that share no data set. Rules are tuned on principles and on the
tuning half, whose misses ``report --half tuning --misses`` lists. **Of the held-out half nobody sees more than
totals**: no single run of it is printed, and none is looked at while a rule is changed.

Run: python -m benchmarks diagnosis record [--half tuning] [--seeds 5] [--only fault]; then ... diagnosis report.
"""
