# SPDX-License-Identifier: GPL-3.0-or-later
"""The one exception that the command line prints as sentences."""

from __future__ import annotations


class LabError(Exception):
    """What is wrong, one sentence each, all that could be found at once."""

    def __init__(self, *sentences: str) -> None:
        super().__init__("\n".join(sentences))
        self.sentences = sentences
