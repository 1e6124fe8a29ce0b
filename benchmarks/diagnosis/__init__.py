"""How well the diagnosis finds injected faults, and how silent it stays without.

Healthy programs (``programs/``) get faults (``faults/``), train with several seeds, and are recorded with all that the
diagnosis may read (``record``). ``report`` diagnoses the recordings and counts, beside published detectors
(``baselines/``). The programs come in three sets that share no data:

- **tuning**: rules are tuned on principles and on this half, whose misses ``report --half tuning --misses`` lists.
- **held-out**: nobody sees more than aggregates: no single run of it is printed, and none is looked at while a rule is
  changed. At the first, blind look it had 88.9% of the faults found (macro), the root cause first in 83.3%, and no
  healthy run called a problem (the commit before b2e053a). Its table of pathologies was known before the last edits of
  rules that followed (b2e053a and later), so that what is reported since is not strictly blind.
- **fresh**: hence this third, smaller set, made after those edits, of generated data and small public tables
  (``fresh_data``), with 3 seeds a fault. Its programs were chosen and set by their scores and loss curves alone,
  without a look at any finding; faults went to them by kind, in rotation; the table was made once, at the end.

Run: python -m benchmarks diagnosis record [--half tuning] [--seeds 5] [--only fault]; then ... diagnosis report.
"""
