"""Prints what a role makes of its variables: everything that it hands to modules.

It is a program because Ansible's loader of collections takes the place of Python's. It reads a
dictionary from standard input: role, known (variables of the host beside the role's own, such as
what tasks have registered) and cases (values of the role's variables, a dictionary each). It prints
for each case a dictionary from the place of each result to the result, or to the error there.
"""

from __future__ import annotations

import functools
import json
import re
import sys
from pathlib import Path

from ansible.module_utils.common.parameters import DEFAULT_TYPE_VALIDATORS
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.loader import fragment_loader, init_plugin_loader, module_loader
from ansible.template import Templar, trust_as_template
from ansible.utils.plugin_docs import get_docstring

ROOT = Path(__file__).resolve().parents[3]
LOADER = DataLoader()

#: Keywords of a task that are conditions, and those with a number.
CONDITIONS = ("when", "until", "failed_when", "changed_when")
NUMBERS = {"async": "int", "poll": "int", "retries": "int", "delay": "float"}

#: Others that depend on no value.
LEFT_OUT = {
    "name", "register", "notify", "vars", "loop", "loop_control", "block", "rescue", "always",
    "listen", "ignore_unreachable", "any_errors_fatal", "check_mode", "diff", "no_log",
    "delegate_facts",
}  # fmt: skip


@functools.cache
def option_types(module):
    """Return the documented type of each option of a module."""
    found = module_loader.find_plugin_with_context(module)
    if not found.plugin_resolved_path:
        return {}
    document = get_docstring(found.plugin_resolved_path, fragment_loader)[0] or {}
    return {name: option.get("type", "str") for name, option in document["options"].items()}


def load(path):
    return (path.exists() and LOADER.load_from_file(str(path), trusted_as_template=True)) or {}


def tasks_of(entries, around=()):
    for entry in entries:
        if "block" in entry:
            inner = (*around, entry)
            for part in ("block", "rescue", "always"):
                yield from tasks_of(entry.get(part) or [], inner)
        else:
            yield entry, around


class Role:
    """The files of a role, and what templates in them are evaluated among."""

    def __init__(self, name, known):
        self.folder = ROOT / "roles" / name
        self.defaults = load(self.folder / "defaults/main.yml")
        self.vars = load(self.folder / "vars/main.yml")
        self.known = known
        self.known["ansible_search_path"] = [str(self.folder)]

    def depends(self, value, names):
        """Say whether a template in *value* names one of *names*, also through other variables."""
        waiting, seen = [value], set()
        while waiting:
            for word in re.findall(r"\w+", repr(waiting.pop())):
                if word in names:
                    return True
                if word not in seen:
                    seen.add(word)
                    waiting += [part[word] for part in (self.defaults, self.vars) if word in part]
        return False

    def results(self, chosen):
        variables = {**self.defaults, **self.known, **self.vars, **chosen}
        found = {}
        for part in ("tasks", "handlers"):
            for path in sorted((self.folder / part).glob("*.yml")):
                for task, around in tasks_of(load(path)):
                    outer = [
                        {key: each[key] for key in each if key not in ("block", "rescue", "always")}
                        for each in around
                    ]
                    if self.depends([task, outer], chosen):
                        place = f"{path.name}: {task.get('name')}"
                        self.task(found, place, task, outer, variables)
        for path in sorted((self.folder / "templates").glob("*")):
            text = trust_as_template(path.read_text())
            with_documents = variables | {
                "__kubernetes_documents": trust_as_template(
                    "{{ __kubernetes_plan | fastpath.k8s.kubeadm_config('init') }}"
                )
            }
            if self.depends([text, with_documents["__kubernetes_documents"]], chosen):
                found[path.name] = self.value(Templar(LOADER, with_documents), text)
        return found

    def value(self, templar, value, kind=None):
        try:
            result = templar.template(value)
            if kind in DEFAULT_TYPE_VALIDATORS:
                result = DEFAULT_TYPE_VALIDATORS[kind](result)
            return json.loads(json.dumps(result, default=str))
        except Exception as error:
            return f"ERROR {' '.join(str(error).split())}"

    def condition(self, templar, value):
        try:
            return templar.evaluate_conditional(value)
        except Exception as error:
            return f"ERROR {' '.join(str(error).split())}"

    def task(self, found, place, task, around, variables):
        own = {}
        for outer in (*around, task):
            own |= outer.get("vars") or {}
        here = variables | own
        items = [None]
        if "loop" in task:
            items = self.value(Templar(LOADER, here), task["loop"])
            found[f"{place} loop"] = items
            if not isinstance(items, list):
                return
        for item in items:
            templar = Templar(LOADER, here | {"item": item})
            for outer in (*around, task):
                for key in CONDITIONS:
                    if key in outer:
                        conditions = outer[key]
                        for each in conditions if isinstance(conditions, list) else [conditions]:
                            found[f"{place} {key} {each}"] = self.condition(templar, each)
            for key, value in task.items():
                if key in CONDITIONS or key in LEFT_OUT:
                    continue
                if key.endswith(".set_fact"):
                    # It notes the time, which is another one each time.
                    continue
                if key in NUMBERS:
                    found[f"{place} {key}"] = self.value(templar, value, NUMBERS[key])
                elif isinstance(value, dict):
                    types = option_types(key)
                    for option, given in value.items():
                        at = f"{place} {option} {item}"
                        if key.endswith(".assert") and option == "that":
                            found[at] = self.condition(templar, given)
                        else:
                            found[at] = self.value(templar, given, types.get(option))
                else:
                    found[f"{place} {key} {item}"] = self.value(templar, value)


def main():
    init_plugin_loader([str(ROOT / "collections")])
    asked = json.load(sys.stdin)
    role = Role(asked["role"], trusted(asked["known"]))
    print(json.dumps([role.results(trusted(case)) for case in asked["cases"]]))


def trusted(value):
    if isinstance(value, dict):
        return {key: trusted(item) for key, item in value.items()}
    if isinstance(value, list):
        return [trusted(item) for item in value]
    return trust_as_template(value) if isinstance(value, str) else value


if __name__ == "__main__":
    main()
