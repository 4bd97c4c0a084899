# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sets the collection's keys in a containerd configuration. Private to the collection.

What a host has of its own in config.toml stays. containerd 1 puts a plugin's section of an imported
file in the place of the whole section before it (containerd 1.7, services/server/config,
mergeConfig); containerd 2 merges key by key (pull request 9982). So with containerd 1 and sections
of the CRI plugin in imported files, a last import has all of them merged.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from ansible_collections.fastpath.k8s.plugins.module_utils import _credentials, _toml

FOLDER = "/etc/containerd"
CONFIG = f"{FOLDER}/config.toml"
BACKUP = f"{CONFIG}.before-fastpath"
DROP_INS = f"{FOLDER}/conf.d/*.toml"
#: The last import, for containerd 1.
MERGED = f"{FOLDER}/zz-fastpath.toml"
REGISTRIES = f"{FOLDER}/certs.d"
HOSTS = f"{REGISTRIES}/_default/hosts.toml"
#: How every file of ours begins.
HEADER = "# Written by fastpath.k8s"

CRI = "io.containerd.grpc.v1.cri"
RUNTIME, IMAGES = "io.containerd.cri.v1.runtime", "io.containerd.cri.v1.images"
#: Plugins without which there is no CRI, under all their names.
_CRI_NAMES = ("cri", CRI, RUNTIME, IMAGES)

SHIM = "io.containerd.runc.v2"

#: Names of plugins in version 1 and in version 2 (containerd 1.7, docs/PLUGINS.md).
_VERSION_1 = {
    "cri": CRI,
    "opt": "io.containerd.internal.v1.opt",
    "restart": "io.containerd.internal.v1.restart",
    "scheduler": "io.containerd.gc.v1.scheduler",
    "linux": "io.containerd.runtime.v1.linux",
    "cgroups": "io.containerd.monitor.v1.cgroups",
    "bolt": "io.containerd.metadata.v1.bolt",
    "diff-service": "io.containerd.service.v1.diff-service",
    **{
        name: f"io.containerd.snapshotter.v1.{name}"
        for name in ("aufs", "btrfs", "devmapper", "native", "overlayfs", "zfs")
    },
}

_ABSENT = object()

_SECRET = re.compile(
    r"""((?:password|identitytoken|auth|token|secret|authorization)["']?\s*=\s*\[?\s*)"""
    r"""("(?:[^"\\\n]|\\.)*"|'[^'\n]*')""",
    re.IGNORECASE,
)

Path = tuple[str, ...]


class ConfigError(ValueError):
    """Reasons why a configuration cannot be made, one sentence each."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = list(problems)
        super().__init__(" ".join(self.problems))


class Wanted(NamedTuple):
    """What containerd is to be configured with: the options of the module containerd_config."""

    oci_runtime: str = "runc"
    runtimes: Mapping[str, Any] = {}
    default_runtime: str = ""
    pause_image: str = ""
    cni_bin_dir: str = "/opt/cni/bin"
    image_repository: str = ""


class Found(NamedTuple):
    """What a host has: its version of containerd (None where there is none yet) and files.

    ``imported`` are the files that config.toml imports, in the order in which containerd reads
    them, without :data:`MERGED`. ``pristine`` is whether config.toml is as its package brought it.
    """

    version: tuple[int, int] | None = None
    config: str = ""
    imported: Sequence[tuple[str, str]] = ()
    pristine: bool = False
    hosts: str | None = None


class Result(NamedTuple):
    """Texts to write, None for a file that must not be there; notes for people; the memory."""

    config: str
    merged: str | None
    hosts: str | None
    #: Whether hosts.toml belongs to the host and stays.
    foreign_hosts: bool
    #: Whether config.toml held settings of the host or its package before the first run.
    backup: bool
    notes: list[str]
    memory: dict[str, Any]


def redacted(text: str) -> str:
    """Return a configuration as a diff may show it: without passwords and tokens."""
    return _credentials.of_text(_SECRET.sub(r'\1"***"', text))


def parse_version(output: str) -> tuple[int, int] | None:
    """Return major and minor version out of ``containerd --version``."""
    match = re.search(r"\bv?(\d+)\.(\d+)\.\d+", output)
    return (int(match[1]), int(match[2])) if match else None


def parsed(path: str, text: str) -> dict[str, Any]:
    """Return the tables of a file; ConfigError names the file that is no TOML."""
    try:
        return _toml.loads(text)
    except _toml.TomlError as error:
        raise ConfigError(
            [f"{path} cannot be read ({error}), by containerd neither: correct it or remove it."]
        ) from error


def _get(table: Any, path: Path) -> Any:
    for part in path:
        if not isinstance(table, Mapping) or part not in table:
            return _ABSENT
        table = table[part]
    return table


def _set(table: dict[str, Any], path: Path, value: Any) -> None:
    for part in path[:-1]:
        inner = table.get(part)
        if not isinstance(inner, dict):
            inner = table[part] = {}
        table = inner
    table[path[-1]] = value


def _remove(table: dict[str, Any], path: Path) -> None:
    """Remove a key, and the tables that are empty without it."""
    parents = [table]
    for part in path[:-1]:
        parents.append(parents[-1][part])
    del parents[-1][path[-1]]
    for depth in range(len(path) - 1, 0, -1):
        if parents[depth]:
            return
        del parents[depth - 1][path[depth - 1]]


def _merged(low: Any, high: Any) -> Any:
    """Return tables merged key by key; where both have a value, that of *high*."""
    if not isinstance(low, Mapping) or not isinstance(high, Mapping):
        return copy.deepcopy(high)
    return {
        **{k: copy.deepcopy(v) for k, v in low.items() if k not in high},
        **{k: _merged(low[k], v) if k in low else copy.deepcopy(v) for k, v in high.items()},
    }


def undone(config: Mapping[str, Any], memory: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the host has of its own: *config* without what earlier runs have set.

    A value that was changed since they did is the host's.
    """
    own = copy.deepcopy(dict(config))
    for entry in memory.get("set") or []:
        path = tuple(entry["path"])
        if _get(own, path) != entry["value"]:
            continue
        if "before" in entry:
            _set(own, path, entry["before"])
        else:
            _remove(own, path)
    imports = [i for i in own.get("imports") or [] if i not in (memory.get("imports") or [])]
    disabled = [*(own.get("disabled_plugins") or [])]
    disabled += [name for name in memory.get("enabled") or [] if name not in disabled]
    for name, value in (("imports", imports), ("disabled_plugins", disabled)):
        if value or (name in own and not config.get(name)):
            own[name] = value
        else:
            own.pop(name, None)
    if not set(own) - {"version"}:
        own.pop("version", None)
    return own


def _second(config: dict[str, Any], path: str) -> dict[str, Any]:
    """Return a configuration of version 1 as one of version 2, others as they are."""
    if not config or config.get("version", 1) != 1:
        return config
    names = [
        *(config.get("plugins") or {}),
        *(config.get("disabled_plugins") or []),
        *(config.get("required_plugins") or []),
    ]
    unknown = sorted({name for name in names if name not in _VERSION_1 and "." not in name})
    if unknown:
        raise ConfigError(
            [
                f"{path} is of version 1 and names plugins whose new names are not known here "
                f"({', '.join(unknown)}): migrate it with containerd config migrate."
            ]
        )
    changed = {**config, "version": 2}
    if "plugins" in config:
        changed["plugins"] = {_VERSION_1.get(k, k): v for k, v in config["plugins"].items()}
    for key in ("disabled_plugins", "required_plugins"):
        if key in config:
            changed[key] = [_VERSION_1.get(name, name) for name in config[key]]
    return changed


def _schema(found: Found, own: Mapping[str, Any], imported: Sequence[Mapping[str, Any]]) -> int:
    """Return the version of the configuration: the host's own, else what its containerd prefers.

    containerd 2 does not migrate a file where one that it imports is newer (pull request 12891).
    """
    newest = 2 if found.version is None or found.version[0] < 2 else 3
    versions = [int(file.get("version", 2)) for file in imported]
    if own:
        version = own.get("version")
        if version not in (2, 3) or version > newest:
            raise ConfigError(
                [
                    f"{CONFIG} is of version {version}, and containerd here reads up to {newest}: "
                    "move it away, or install the containerd that it was made for."
                ]
            )
    else:
        version = max(versions) if versions else newest
    newer = max(versions, default=version)
    if newer > version or newer > newest:
        raise ConfigError(
            [
                f"A file that {CONFIG} imports is of version {newer}, and {CONFIG} of version "
                f"{version}: bring both to one (containerd config migrate)."
            ]
        )
    return int(version)


class _Places(NamedTuple):
    """Where a version keeps what is set."""

    runtime: Path
    images: Path
    sandbox: Path


def _places(version: int) -> _Places:
    if version == 2:
        cri = ("plugins", CRI)
        return _Places(cri, cri, (*cri, "sandbox_image"))
    images = ("plugins", IMAGES)
    return _Places(("plugins", RUNTIME), images, (*images, "pinned_images", "sandbox"))


def _runtimes(wanted: Wanted) -> dict[str, dict[str, Any]]:
    """Return runtimes by name, as containerd has them; ConfigError for those that are none.

    runc stays by its name for RuntimeClasses. The one shim drives every program with the command
    line of runc.
    """
    found: dict[str, dict[str, Any]] = {
        name: {"runtime_type": SHIM, "options": {"BinaryName": name, "SystemdCgroup": True}}
        for name in dict.fromkeys(("runc", wanted.oci_runtime))
    }
    problems = []
    for name, runtime in wanted.runtimes.items():
        where = f"container_runtime_runtimes['{name}']"
        if not isinstance(runtime, Mapping):
            problems.append(
                f"{where} must be a dictionary of containerd's keys, such as "
                "{options: {BinaryName: /usr/bin/nvidia-container-runtime}}, got "
                f"{type(runtime).__name__}."
            )
            continue
        options = runtime.get("options", {})
        if not isinstance(options, Mapping):
            problems.append(f"{where}.options must be a dictionary, got {type(options).__name__}.")
            continue
        kind = runtime.get("runtime_type", SHIM)
        if kind == SHIM:
            options = {"SystemdCgroup": True, **options}
        table = {**runtime, "runtime_type": kind}
        if options:
            table["options"] = dict(options)
        try:
            _toml.dumps(table)
        except TypeError as error:
            problems.append(f"{where} has a value without a form in TOML: {error}.")
            continue
        found[name] = _merged(found.get(name, {}), table)
    if problems:
        raise ConfigError(problems)
    return found


def _leaves(table: Mapping[str, Any], path: Path = ()) -> Iterable[tuple[Path, Any]]:
    for name, value in table.items():
        if isinstance(value, Mapping) and value:
            yield from _leaves(value, (*path, name))
        else:
            yield (*path, name), value


def _default_runtime(wanted: Wanted, view: Mapping[str, Any], places: _Places) -> str:
    """Return the default runtime: the user's, else one that the host has of its own, else ours."""
    ours = _runtimes(wanted)
    there = _get(view, (*places.runtime, "containerd", "runtimes"))
    known = {*ours, *(there if isinstance(there, Mapping) else ())}
    if wanted.default_runtime:
        if wanted.default_runtime not in known:
            raise ConfigError(
                [
                    f"container_runtime_default_runtime is {wanted.default_runtime}, and the "
                    f"runtimes are {', '.join(sorted(known))}: add it to "
                    "container_runtime_runtimes."
                ]
            )
        return wanted.default_runtime
    chosen = _get(view, (*places.runtime, "containerd", "default_runtime_name"))
    # runc is containerd's own default, which says nothing of what an administrator wants.
    if chosen in known and chosen not in ("runc", "crun"):
        return str(chosen)
    return wanted.oci_runtime


def _registry(wanted: Wanted, view: Mapping[str, Any], places: _Places) -> str | None:
    """Return registry.config_path, None where it must not be set; ConfigError where it cannot be.

    containerd refuses it beside mirrors and tls settings in config.toml, and has no CRI then.
    """
    registry = _get(view, (*places.images, "registry"))
    registry = registry if isinstance(registry, Mapping) else {}
    tls = [
        name
        for name, config in (registry.get("configs") or {}).items()
        if isinstance(config, Mapping) and config.get("tls")
    ]
    inline = sorted({*(registry.get("mirrors") or {}), *tls})
    if inline:
        if not wanted.image_repository:
            return None
        raise ConfigError(
            [
                f"The configuration of containerd has mirrors or tls settings of registries "
                f"({', '.join(inline)}), and cannot have fastpath_image_repository beside them: "
                f"move them to files hosts.toml below {REGISTRIES}."
            ]
        )
    paths = [part for part in str(registry.get("config_path") or "").split(":") if part]
    return ":".join(paths if REGISTRIES in paths else [REGISTRIES, *paths])


def _ours(
    wanted: Wanted, view: Mapping[str, Any], version: int, containerd: tuple[int, int] | None
) -> dict[Path, Any]:
    """Return every value that is set, by its path. *view* is what the host has, all files merged.

    ConfigError has everything that is wrong at once.
    """
    places = _places(version)
    problems: list[str] = []
    found: dict[Path, Any] = {places.sandbox: wanted.pause_image}
    cni = (*places.runtime, "cni")
    theirs = _get(view, (*cni, "bin_dirs"))
    # In version 3 both keys together are refused, and containerd's own default is this folder.
    if version == 2 or _get(view, (*cni, "bin_dir")) not in (_ABSENT, ""):
        found[(*cni, "bin_dir")] = wanted.cni_bin_dir
    elif isinstance(theirs, list):
        if wanted.cni_bin_dir not in theirs:
            found[(*cni, "bin_dirs")] = [wanted.cni_bin_dir, *theirs]
    elif wanted.cni_bin_dir != "/opt/cni/bin":
        if containerd is not None and containerd < (2, 1):
            found[(*cni, "bin_dir")] = wanted.cni_bin_dir
        else:
            found[(*cni, "bin_dirs")] = [wanted.cni_bin_dir]
    found[(*cni, "conf_dir")] = "/etc/cni/net.d"
    if _get(view, (*places.runtime, "systemd_cgroup")) is True:
        # It is refused beside the shim of runc, whose option takes its place.
        found[(*places.runtime, "systemd_cgroup")] = False
    try:
        runtimes = _runtimes(wanted)
        name = _default_runtime(wanted, view, places)
        found[(*places.runtime, "containerd", "default_runtime_name")] = name
        for runtime, table in runtimes.items():
            for path, value in _leaves(table):
                found[(*places.runtime, "containerd", "runtimes", runtime, *path)] = value
    except ConfigError as error:
        problems += error.problems
    try:
        path = _registry(wanted, view, places)
        if path is not None:
            found[(*places.images, "registry", "config_path")] = path
    except ConfigError as error:
        problems += error.problems
    if problems:
        raise ConfigError(problems)
    return found


def _shown(path: Path) -> str:
    return ".".join(part for part in path if part not in ("plugins", CRI, RUNTIME, IMAGES))


def _without_cgroup(view: Mapping[str, Any], places: _Places) -> list[str]:
    """Return runtimes of the host whose pods would be outside systemd's control groups."""
    there = _get(view, (*places.runtime, "containerd", "runtimes"))
    return sorted(
        name
        for name, runtime in (there.items() if isinstance(there, Mapping) else ())
        if isinstance(runtime, Mapping)
        and runtime.get("runtime_type", SHIM) == SHIM
        and _get(runtime, ("options", "SystemdCgroup")) is not True
    )


def hosts_text(repository: str) -> str:
    """Return hosts.toml, which sends every pull to *repository*."""
    # containerd 1.7 takes no file without a table of hosts.
    table = {"server": repository, "host": {repository: {"capabilities": ["pull", "resolve"]}}}
    return (
        f"{HEADER}, role container_runtime.\n"
        "# Every image is pulled from here, under its upstream path and without the name of its "
        f"registry.\n{_toml.dumps(table)}"
    )


def _hosts(found: Found, wanted: Wanted) -> tuple[str | None, bool]:
    """Return hosts.toml, and whether the one that is there is the host's own and stays."""
    foreign = found.hosts is not None and not found.hosts.startswith(HEADER)
    if foreign and wanted.image_repository:
        table = parsed(HOSTS, found.hosts or "")
        if wanted.image_repository not in (table.get("host") or {}):
            raise ConfigError(
                [
                    f"{HOSTS} is not of this collection, and fastpath_image_repository needs that "
                    "place: move it away, or unset fastpath_image_repository and name the mirror "
                    "there."
                ]
            )
    if foreign or not wanted.image_repository:
        return found.hosts if foreign else None, foreign
    return hosts_text(wanted.image_repository), False


def fit(found: Found, wanted: Wanted, memory: Mapping[str, Any]) -> Result:
    """Return the files that give containerd what is *wanted* and keep what is the host's own.

    *memory* is what an earlier call returned. ConfigError has every reason why there is no such
    configuration; nothing has to be changed then.
    """
    problems: list[str] = []
    try:
        hosts, foreign_hosts = _hosts(found, wanted)
    except ConfigError as error:
        problems += error.problems
        hosts, foreign_hosts = None, True
    try:
        return _fit(found, wanted, memory, problems, hosts, foreign_hosts)
    except ConfigError as error:
        raise ConfigError([*problems, *error.problems]) from error


def _fit(
    found: Found,
    wanted: Wanted,
    memory: Mapping[str, Any],
    problems: list[str],
    hosts: str | None,
    foreign_hosts: bool,
) -> Result:
    before = {} if found.pristine else parsed(CONFIG, found.config)
    first = not memory and not found.config.startswith(HEADER)
    own = _second(undone(before, memory), CONFIG)
    imported = [(path, _second(parsed(path, text), path)) for path, text in found.imported]
    version = _schema(found, own, [file for _path, file in imported])
    places = _places(version)
    view: dict[str, Any] = own
    for _path, file in imported:
        view = _merged(view, file)
    values = _ours(wanted, view, version, found.version)
    if problems:
        raise ConfigError([])
    config = copy.deepcopy(own)
    notes, kept = [], []
    for path, value in values.items():
        old = _get(own, path)
        entry: dict[str, Any] = {"path": list(path), "value": value}
        if old is not _ABSENT and not (old == value and not memory and not first):
            entry["before"] = old
            if old != value:
                notes.append(f"{_shown(path)} is {value} in place of {old}")
        kept.append(entry)
        _set(config, path, value)
    enabled = [name for name in config.get("disabled_plugins") or [] if name in _CRI_NAMES]
    if enabled:
        config["disabled_plugins"] = [n for n in config["disabled_plugins"] if n not in enabled]
        notes.append(f"disabled_plugins is without {', '.join(enabled)}")
    imports = [*(own.get("imports") or [])]
    added = [] if DROP_INS in imports else [DROP_INS]
    merged = _last_import(found, imported, config, values)
    if merged is not None:
        added.append(MERGED)
    rest = {key: value for key, value in config.items() if key not in ("version", "imports")}
    config = {"version": version, "imports": [*imports, *added], **rest}
    effective = view
    for path, value in values.items():
        effective = _merged(effective, _nested(path, value))
    loose = _without_cgroup(effective, places)
    if loose:
        notes.append(
            f"runtime {', '.join(loose)} has no SystemdCgroup = true, which kubelet's driver needs"
        )
    if merged is None:
        notes += _overriding(imported, values)
    return Result(
        config=f"{HEADER}, role container_runtime. Keys that it does not set are kept.\n"
        + _toml.dumps(config),
        merged=merged,
        hosts=hosts,
        foreign_hosts=foreign_hosts,
        backup=first and (bool(own) or found.pristine),
        notes=notes,
        memory={
            "set": kept,
            "imports": added,
            "enabled": enabled,
            **({"pristine": True} if found.pristine or memory.get("pristine") else {}),
        },
    )


def _nested(path: Path, value: Any) -> Any:
    for part in reversed(path):
        value = {part: value}
    return value


def _overriding(
    imported: Sequence[tuple[str, Mapping[str, Any]]], values: Mapping[Path, Any]
) -> list[str]:
    """Return a note for each value that containerd takes from an imported file instead."""
    return [
        f"{path} sets {_shown(key)} to {found}, which ranks above {value}"
        for path, file in imported
        for key, value in values.items()
        if (found := _get(file, key)) not in (_ABSENT, value)
    ]


def _last_import(
    found: Found,
    imported: Sequence[tuple[str, Mapping[str, Any]]],
    config: Mapping[str, Any],
    values: Mapping[Path, Any],
) -> str | None:
    """Return the text of :data:`MERGED`, None where none is needed."""
    sections = [
        (path, file["plugins"][CRI])
        for path, file in imported
        if isinstance(_get(file, ("plugins", CRI)), Mapping)
    ]
    if not sections or (found.version is not None and found.version[0] >= 2):
        return None
    whole: Any = {"version": 2, "plugins": {CRI: config["plugins"][CRI]}}
    for _path, section in sections:
        whole = _merged(whole, {"plugins": {CRI: section}})
    for path, value in values.items():
        _set(whole, path, value)
    names = ", ".join(path for path, _section in sections)
    return (
        f"{HEADER}, role container_runtime.\n"
        "# containerd 1 takes the CRI section of the last import only. This is the one of "
        f"config.toml\n# and of {names} together; site.yml writes it anew.\n{_toml.dumps(whole)}"
    )


def taken_back(config: str, memory: Mapping[str, Any], backup: str | None) -> str | None:
    """Return config.toml without what was set; None where nothing would be left in it.

    The text of *backup* comes back where it means the same, and where it is a package's own and the
    host has nothing beside what was set.
    """
    own = undone(parsed(CONFIG, config), memory)
    if backup is not None and memory.get("pristine") and not own:
        return backup
    if backup is not None:
        was = parsed(BACKUP, backup)
        if _second(was, BACKUP) == _second(own, CONFIG):
            return backup
    return _toml.dumps(own) if own else None
