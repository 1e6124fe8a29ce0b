"""One plot a file: a pure function from numbers to a PlotSpec."""
