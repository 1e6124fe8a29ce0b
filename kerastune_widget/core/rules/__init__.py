"""One rule a file: RULE, and a docstring that is its documentation page, with its Chinese beside it."""
