# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Distributions as SVG, by matplotlib where there is one. Private to the collection.

The share of samples is drawn so that each further nine has the same room: a cluster stumbles over
its slowest one in a hundred, which a plain scale hides in its uppermost line.
"""

from __future__ import annotations

import io
import logging
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from xml.etree import ElementTree

from ansible_collections.fastpath.k8s.plugins.module_utils import _percentiles
from ansible_collections.fastpath.k8s.plugins.plugin_utils.report import _distributions

#: What the page says in place of plots.
WITHOUT_MATPLOTLIB = (
    "Plots need matplotlib on the controller; install it with: python3 -m pip install matplotlib"
)

#: How lines differ: by colour, and by dashes (drawn and blank points) for who sees no colours.
COLOURS = 6
DASHES = ((), (5, 2), (1.5, 1.5), (6, 1.5, 1.5, 1.5))

#: Inches and points an inch: what a phone shows without shrinking the text much.
_SIZE, _DPI = (6.0, 3.1), 72

#: Shares that are marked, and how few nines are shown at least.
_MARKS = (0.5, 0.9, 0.99, 0.999, 0.9999)
_LEAST_DEPTH, _MOST_DEPTH = 2.4, 4.4
_LEAST_RANGE = 6

#: Colours that stand for the page's own, which is dark or light.
_INK, _FAINT, _LIMIT, _BAND = "#010101", "#010102", "#010103", "#010104"
_VARIABLES = {
    _INK: "currentColor",
    _FAINT: "var(--rule)",
    _LIMIT: "var(--error)",
    _BAND: "var(--muted)",
    **{f"#0202{number:02x}": f"var(--series-{number})" for number in range(COLOURS)},
}


def colour(number: int) -> str:
    """Return the colour of line *number* as the page's CSS names it."""
    return f"var(--series-{number % COLOURS})"


def dash(number: int) -> tuple[float, ...]:
    """Return the dashes of line *number*; empty for a whole line."""
    return DASHES[number % len(DASHES)]


def svg(distribution: Mapping[str, Any], name: str) -> str:
    """Return the plot of *distribution* as an element of a page, empty without measured series.

    Its ids begin with *name*, which is the plot's own on its page. Raises ImportError without
    matplotlib.
    """
    named, others = _distributions.shown(distribution["series"])
    if not any(map(_distributions.points, named)):
        return ""
    # It says that it looks for fonts when it is first used, which nobody asked.
    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    import matplotlib

    # Texts stay texts, and ids are the same in each run.
    with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": "fastpath"}):
        figure = _drawn(distribution, named, others)
        stream = io.StringIO()
        figure.savefig(stream, format="svg", transparent=True, metadata={"Date": None})
    return _element(stream.getvalue(), name, distribution["title"])


def _drawn(distribution: Mapping[str, Any], named: Sequence[Any], others: Sequence[Any]) -> Any:
    curves = [_distributions.points(series) for series in named]
    hidden = [curve for curve in map(_distributions.points, others) if curve]
    figure, axes = _figure(distribution["unit"])
    deepest = max(_deepest(series) for series in named)
    top = min(max(deepest, _LEAST_DEPTH), _MOST_DEPTH)
    most = max(_samples(series) for series in named)
    marks = [share for share in _MARKS if _percentiles.known(share * 1000, most)]
    _scale(axes, [*curves, *hidden], distribution["limit"], top, marks)
    if hidden:
        _band(axes, [*curves, *hidden], top)
    for number, (curve, series) in enumerate(zip(curves, named, strict=True)):
        _line(axes, curve, number, _deepest(series))
    if distribution["limit"]:
        _limit(axes, distribution["limit"], distribution["unit"])
    return figure


def _figure(unit: str) -> tuple[Any, Any]:
    from matplotlib.figure import Figure

    figure = Figure(figsize=_SIZE, dpi=_DPI)
    axes = figure.add_axes((0.15, 0.155, 0.82, 0.755))
    for side, spine in axes.spines.items():
        spine.set_visible(side == "bottom")
        spine.set_color(_INK)
    axes.tick_params(which="both", colors=_INK, labelcolor=_INK, left=False)
    axes.set_xlabel(f"{unit}, logarithmic", color=_INK, parse_math=False)
    return figure, axes


def _depth(share: float, deepest: float) -> float:
    """Return how many nines *share* is; the last sample of all has no share above it."""
    return min(deepest, -math.log10(1 - share)) if share < 1 else deepest


def _deepest(series: Mapping[str, Any]) -> float:
    return math.log10(2 * max(_samples(series), 1))


def _samples(series: Mapping[str, Any]) -> int:
    return int(series["samples"] or _distributions.counted(series["buckets"]))


def _scale(
    axes: Any,
    curves: Sequence[_distributions.Points],
    limit: float | None,
    top: float,
    marks: Sequence[float],
) -> None:
    from matplotlib.ticker import LogLocator

    values = [value for curve in curves for value, _share in curve] + ([limit] if limit else [])
    low, high = min(values) / 1.15, max(values) * 1.25
    # Two marks of 1, 2 and 5 at least.
    wider = max(1, math.sqrt(_LEAST_RANGE * low / high))
    axes.set_xscale("log", subs=[])
    axes.set_xlim(low / wider, high * wider)
    axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5) if high / low < 300 else (1,)))
    axes.xaxis.set_major_formatter(lambda value, _place: f"{value:g}")
    axes.set_ylim(0, top)
    marks = [share for share in marks if _depth(share, math.inf) < top]
    axes.set_yticks([_depth(share, math.inf) for share in marks])
    axes.set_yticklabels([f"{share * 100:g} %" for share in marks])
    axes.grid(axis="y", color=_FAINT, linewidth=0.8)
    axes.grid(axis="x", which="major", color=_FAINT, linewidth=0.8)
    axes.set_axisbelow(True)


def _band(axes: Any, curves: Sequence[_distributions.Points], top: float) -> None:
    shares = [1 - 10 ** (-top * step / 60) for step in range(61)]
    found = _distributions.envelope(curves, shares)
    axes.fill_betweenx(
        [_depth(share, top) for share, _low, _high in found],
        [low for _share, low, _high in found],
        [high for _share, _low, high in found],
        color=_BAND,
        alpha=0.22,
        linewidth=0,
    )


def _line(axes: Any, curve: _distributions.Points, number: int, deepest: float) -> None:
    axes.plot(
        [value for value, _share in curve],
        [_depth(share, deepest) for _value, share in curve],
        color=f"#0202{number % COLOURS:02x}",
        linewidth=1.8,
        linestyle=(0, dash(number)) if dash(number) else "-",
        clip_on=True,
    )


def _limit(axes: Any, limit: float, unit: str) -> None:
    axes.axvline(limit, color=_LIMIT, linewidth=1.4, linestyle=(0, (4, 2)))
    low, high = axes.get_xlim()
    place = math.log(limit / low) / math.log(high / low)
    axes.text(
        limit,
        1.025,
        f"limit {limit:g} {unit}",
        color=_LIMIT,
        ha="left" if place < 0.15 else "right" if place > 0.85 else "center",
        transform=axes.get_xaxis_transform(),
        parse_math=False,
    )


def _element(text: str, name: str, title: str) -> str:
    """Return matplotlib's file as an element that lives in a page with others of its kind."""
    root = ElementTree.fromstring(text)
    for parent in list(root.iter()):
        for child in list(parent):
            # Its style would hold for the whole page.
            if child.tag.rpartition("}")[2] in ("metadata", "style"):
                parent.remove(child)
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
        for key in list(element.attrib):
            element.set(key.rpartition("}")[2], _value(key, element.attrib.pop(key), name))
    size = root.get("viewBox")
    root.attrib.clear()
    root.attrib.update({"viewBox": size, "role": "img", "class": "plot", "aria-label": title})
    return _with_variables(ElementTree.tostring(root, encoding="unicode"))


def _value(key: str, value: str, name: str) -> str:
    if key == "id":
        return f"{name}-{value}"
    if key == "style":
        # The page says which font and how large, for the width it has.
        value = re.sub(r"\bfont[^:;]*:[^;]*(; *|$)", "", value)
    return re.sub(r"^#|(?<=url\(#)", lambda found: f"{found[0]}{name}-", value)


def _with_variables(text: str) -> str:
    for known, variable in _VARIABLES.items():
        text = text.replace(known, variable)
    return text


def strokes(number: int) -> str:
    """Return the dashes of line *number* as SVG writes them, for the table below a plot."""
    return " ".join(f"{length * 1.8:g}" for length in dash(number))


def all_of(distributions: Iterable[Mapping[str, Any]]) -> tuple[list[str], str]:
    """Return the plot of each distribution, empty where there is none, and why there is none."""
    distributions = list(distributions)
    try:
        return [svg(one, f"plot{number}") for number, one in enumerate(distributions)], ""
    except (ImportError, OSError):
        return [""] * len(distributions), WITHOUT_MATPLOTLIB
