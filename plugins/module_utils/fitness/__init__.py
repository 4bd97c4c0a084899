# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads how fit a host is for its place in a cluster; judges nothing. Private to the collection.

One subject a file. Each has pure functions that parse text, and ``read``, which takes a
:class:`~.host.Host`: its root directory is another one in tests. It runs on managed hosts, with
Python's standard library alone. A value that cannot be read is None or empty.
"""

from __future__ import annotations
