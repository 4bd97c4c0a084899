# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the mirrors answer. Private to the collection."""

from __future__ import annotations

import concurrent.futures
import http.client
import urllib.error
import urllib.request
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from ansible_collections.fastpath.k8s.plugins.module_utils import _credentials


def bare(url: str) -> str:
    """Return a URL without the name and the password that may stand in it."""
    return urlunsplit(urlsplit(_credentials.removed(url)))


def _ask(url: str, timeout: float) -> dict[str, str]:
    # What is no URL is told too, without what may be a password.
    shown, error = url.rpartition("@")[2], ""
    try:
        shown = bare(url)
        request = urllib.request.Request(shown, method="HEAD")
        with urllib.request.urlopen(request, timeout=timeout):
            pass
    except urllib.error.HTTPError:
        # Any answer will do: what a mirror has to offer is seen when something is asked of it.
        pass
    except (OSError, ValueError, http.client.HTTPException) as problem:
        error = str(getattr(problem, "reason", "") or problem) or type(problem).__name__
    return {"url": shown, "error": error}


def read(urls: Sequence[str], timeout: float) -> list[dict[str, Any]]:
    """Ask all mirrors at once, through the host's proxies where its environment names some.

    Returns for each the url, without credentials, and the error, empty where it answered with
    whatever status.
    """
    if not urls:
        return []
    with concurrent.futures.ThreadPoolExecutor(len(urls)) as pool:
        return list(pool.map(lambda url: _ask(url, timeout), urls))
