# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report for people: one page that needs nothing else. Private to the collection."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from ansible_collections.fastpath.k8s.plugins.module_utils import _checks
from ansible_collections.fastpath.k8s.plugins.plugin_utils.report import (
    _distributions,
    _view,
    plots,
)

_FOLDER = Path(__file__).parent

#: Of more pairs of nodes nobody reads the figures; programs have the JSON.
_MOST_ROWS = 295

_TITLES = {"preflight": "Preflight", "verify": "Verification"}


def page(document: Mapping[str, Any]) -> str:
    """Return *document* as a page of HTML: one file without scripts, which asks no network.

    Raises ImportError without jinja2, which Ansible has always.
    """
    import jinja2
    from markupsafe import Markup

    environment = jinja2.Environment(
        autoescape=True,
        loader=jinja2.FileSystemLoader(_FOLDER),
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters.update(figure=_distributions.figure)
    places = _view.places(document)
    verdict, sentence = _view.headline(document)
    drawn, missing = plots.all_of(document["distributions"])
    return environment.get_template("page.html.j2").render(
        document=document,
        title=_TITLES[document["kind"]],
        created=_moment(document["created"]),
        verdict=verdict,
        verdicts=_checks.VERDICTS,
        sentence=sentence,
        chips_of_all=_view.counted(document["checks"]),
        problems=_view.problems(places),
        places=places,
        open_places=_view.open_places(places),
        arranged=_view.arranged,
        counted=_view.counted,
        columns=list(document["table"][0]) if document["table"] else [],
        figures=[
            _figure(distribution, Markup(plot))
            for distribution, plot in zip(document["distributions"], drawn, strict=True)
        ],
        plots_missing=missing,
        style=Markup((_FOLDER / "style.css").read_text(encoding="utf-8")),
    )


def _moment(created: str) -> str:
    moment = datetime.strptime(created, "%Y-%m-%dT%H:%M:%SZ")
    # Names of months would be in the language of whoever runs this.
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def _figure(distribution: Mapping[str, Any], plot: str) -> dict[str, Any]:
    """Return a distribution with its plot, and its series as rows: the named ones, and others."""
    named, others = _distributions.shown(distribution["series"])
    limit = distribution["limit"]

    def row(series: Mapping[str, Any], number: int | None) -> dict[str, Any]:
        return {
            "series": series,
            "over": _distributions.is_over(series, limit),
            "colour": plots.colour(number) if plot and number is not None else "",
            "strokes": "" if number is None else plots.strokes(number),
        }

    return {
        "distribution": distribution,
        "plot": plot,
        "limit": None if limit is None else f"{limit:g} {distribution['unit']}",
        "named": [row(series, number) for number, series in enumerate(named)],
        "others": len(others),
        "listed": [row(series, None) for series in others[:_MOST_ROWS]],
    }
