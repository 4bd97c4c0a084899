from __future__ import annotations

import pytest

from lab.supply.bird import without_empty_tunnels


@pytest.mark.parametrize(
    ("line", "fitted"),
    [
        ('      krt_tunnel = "";   {{- /* why */}}', "         {{- /* why */}}"),
        (
            'krt_tunnel = "{{$data.ipip}}";',
            '{{if $data.ipip}}krt_tunnel = "{{$data.ipip}}";{{end}}',
        ),
        ("if ( net ~ {{$cidr}} ) then {", "if ( net ~ {{$cidr}} ) then {"),
    ],
)
def test_a_tunnel_is_set_only_where_it_has_a_name(line, fitted):
    assert without_empty_tunnels(line) == fitted
