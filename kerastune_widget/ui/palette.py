"""Colours that both painters use, after Okabe and Ito: told apart by colour-blind readers, on light and dark ground."""

from __future__ import annotations

LIGHT = ("#0072b2", "#d55e00", "#009e73", "#aa4a8b", "#2e90cf", "#b07d00", "#5b5b5b", "#7b5ea7")
DARK = ("#56b4e9", "#f5a34d", "#2fc79a", "#e39bc6", "#8fd0ff", "#f0e442", "#b8b8b8", "#b9a3e3")

SEVERITY_COLOURS = {"good": "#009e73", "info": "#56b4e9", "warning": "#e69f00", "problem": "#d55e00"}
