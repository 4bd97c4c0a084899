# SPDX-License-Identifier: GPL-3.0-or-later
"""The embedded lab: virtual machines with a real kernel, their network and the mirror's servers."""

from __future__ import annotations
