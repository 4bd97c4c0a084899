# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("path", "value", "sentence"),
    [
        (("live", "pools", 0, "vxlan_mode"), "Always", "Encapsulation is vxlan, planned is none"),
        (("live", "pools", 0, "ipip_mode"), "Always", "Encapsulation is ipip, planned is none"),
        (("live", "pools"), [], "Encapsulation is no pool, planned is none (there is no IPPool)."),
    ],
)
def test_encapsulation(wrong, path, value, sentence):
    (check,) = wrong(path, value)
    assert (check.id, check.host, check.verdict) == ("encapsulation", None, "error")
    assert check.message.startswith(sentence)
    assert check.value == check.message.split()[2].rstrip(",") or check.value == "no pool"
