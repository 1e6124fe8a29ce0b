"""Top floor: ipywidgets panels and the live chart. Imports core only; is handed a session."""
