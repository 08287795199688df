r"""
# Numbers on a page

A number has four digits:

>>> shown(0.993471), shown(-2.0), shown(4.26327e-06), shown(12345.6)
('0.9935', '−2', '4.263·10⁻⁶', '12350')
"""

from __future__ import annotations

_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def shown(value: float) -> str:
    """The number as the page shows it; `live.js` does the same."""
    if value == 0 or 1e-3 <= abs(value) < 1e5:
        text = f"{float(f'{value:.4g}'):.12f}".rstrip("0").rstrip(".")
    else:
        mantissa, exponent = f"{value:.3e}".split("e")
        text = f"{float(mantissa):g}·10{str(int(exponent)).translate(_RAISED)}"
    return text.replace("-", "\N{MINUS SIGN}")
