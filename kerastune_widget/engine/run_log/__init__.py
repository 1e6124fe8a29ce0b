"""The run log: a folder in which runs are written as they go, so that a restarted kernel finds them again.

On disk::

    kerastune.json            {"format": 1, "package": ..., "defaults": {...}}
    model.keras               the user's model as the session got it, where Keras can save it
    lock                      held by the one session that writes: {"pid": ..., "host": ..., "started": ...}
    runs/0001/run.json        what the run is: number, settings, labels, facts, and how it ended; always replaced whole
    runs/0001/prefix.jsonl    of a branch only: the events taken over from its parent, so that the folder stands alone
    runs/0001/events.jsonl    its own events, one a line, handed to the operating system as they happen
    runs/0001/start.npz       the weights that its history begins with
    runs/0001/end-120.npz     everything that training moves, as it stood when the run ended at step 120

The JSON is strict: a number that JSON lacks is ``{"number": "NaN"}``, ``"Infinity"`` or ``"-Infinity"``. An array of
per-step numbers is the base64 of its little-endian 8-byte floats: exact, and quicker than digits. Every line of events
carries ``at``, when it happened, in seconds since 1970. A deleted run stays in its folder, marked, so that it can come
back; to free its room, remove the folder.

A kernel that is killed leaves a run without an end, and perhaps a torn last line, which the next reader drops. Nothing
that is read here is ever run: JSON is checked field by field, arrays are read without pickle, models in Keras's safe
mode.
"""
