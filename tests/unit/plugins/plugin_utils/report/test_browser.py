"""The page in a browser, wide and narrow, and on paper."""

from __future__ import annotations

import json

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service

from ansible_collections.fastpath.k8s.plugins.plugin_utils.report.page import page

#: Seconds. A busy machine starts a browser slowly.
PATIENCE = 300

WIDTHS = (360, 390, 1400)


@pytest.fixture(scope="module")
def chromium(tmp_path_factory):
    """Return a browser that resolves no name; tests/install-prerequisites installs it."""
    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    for argument in (
        "--headless=new",
        "--no-sandbox",
        "--disable-dev-shm-usage",
        "--disable-gpu",
        "--host-resolver-rules=MAP * ~NOTFOUND",
        f"--user-data-dir={tmp_path_factory.mktemp('chromium')}",
    ):
        options.add_argument(argument)
    with pytest.MonkeyPatch.context() as patch:
        # A proxy of the machine knows no driver on loopback.
        patch.setenv("no_proxy", "localhost,127.0.0.1")
        driver = webdriver.Chrome(options, Service("/usr/bin/chromedriver"))
        driver.command_executor.client_config.timeout = PATIENCE
        driver.set_page_load_timeout(PATIENCE)
        driver.set_script_timeout(PATIENCE)
        yield driver
        driver.quit()


@pytest.fixture
def opened(chromium, tmp_path):
    """Return a function that opens a report at a width, and leaves what was logged before."""

    def visit(report, width, **media):
        path = tmp_path / f"{report['kind']}.html"
        path.write_text(page(report), encoding="utf-8")
        chromium.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": False},
        )
        features = [{"name": name.replace("_", "-"), "value": media[name]} for name in media]
        chromium.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features, "media": ""})
        for log in ("browser", "performance"):
            chromium.get_log(log)
        chromium.get(path.as_uri())
        return chromium

    return visit


def seen(driver):
    """Return the text that a person sees, without what is folded."""
    return driver.execute_script("return document.body.innerText")


def requests(driver):
    """Return the addresses that the page has asked for since the log was read last."""
    events = [json.loads(entry["message"])["message"] for entry in driver.get_log("performance")]
    return [
        event["params"]["request"]["url"]
        for event in events
        if event["method"] == "Network.requestWillBeSent"
    ]


def overflow(driver):
    """Return how many points the page is wider than its window."""
    return driver.execute_script("return document.documentElement.scrollWidth - innerWidth")


def unfold(driver):
    driver.execute_script(
        "document.querySelectorAll('details').forEach(one => { one.open = true })"
    )


def test_a_person_reads_the_verdict_and_what_to_do(opened, preflight):
    text = seen(opened(preflight, 1400))
    said = [
        "Preflight of lab",
        "2026-11-22 03:44 UTC",
        "4 errors must be mended before site.yml",
        "Problems",
        "worker2's card enp1s0 has MTU 1400, and those of cp1 and worker1 have 1500.",
        "Fix: Set the MTU of enp1s0 on worker2 to 1500, or lower it on all nodes.",
        "cp1 needs 14.2 ms for one fdatasync in a hundred",
        "Overview",
        "6.12.117+deb13-cloud-amd64",
        "fdatasync of etcd's disk",
        "limit 10 ms",
        "13.6 over",
        "Host by host",
    ]
    place = 0
    for one in said:
        place = text.find(one, place)
        assert place >= 0, f"{one!r} is not there, or not in this order"


def test_hosts_without_problems_are_folded_and_unfold_without_scripts(opened, verify):
    driver = opened(verify, 1400)
    assert "1 thing is not as planned" in seen(driver)
    assert seen(driver).count("queueing discipline") == 1
    driver.execute_script("document.querySelector('details.place:not([open]) summary').click()")
    assert seen(driver).count("queueing discipline") == 2


def test_a_link_of_a_problem_unfolds_its_host(opened, fleet):
    driver = opened(fleet, 1400)
    assert "foreign firewall" not in seen(driver)
    driver.execute_script("document.querySelector('.findings a').click()")
    assert seen(driver).count("foreign firewall") == 1


@pytest.mark.parametrize("name", ["preflight", "verify", "fleet"])
def test_nothing_is_asked_of_the_network_and_nothing_complains(request, opened, name):
    driver = opened(request.getfixturevalue(name), 1400)
    unfold(driver)
    assert driver.get_log("browser") == []
    asked = requests(driver)
    assert [url for url in asked if not url.startswith(("file://", "data:"))] == []
    # The log does tell: it has the page itself.
    assert len([url for url in asked if url.startswith("file://")]) == 1


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", ["preflight", "verify", "fleet"])
def test_the_page_is_never_wider_than_its_window(request, opened, name, width):
    driver = opened(request.getfixturevalue(name), width)
    assert overflow(driver) <= 0
    unfold(driver)
    assert overflow(driver) <= 0


@pytest.mark.parametrize("width", WIDTHS)
def test_long_words_do_not_widen_it(opened, preflight, width):
    word = "x" * 300
    checks = [
        {**one, **{key: word for key in ("name", "value", "threshold", "message", "fix")}}
        for one in preflight["checks"]
    ]
    table = [{word: word, **row} for row in preflight["table"]]
    driver = opened({**preflight, "cluster": word, "checks": checks, "table": table}, width)
    unfold(driver)
    assert overflow(driver) <= 0


def contrast(one, other):
    """Return the contrast of two colours as WCAG 2 reckons it, 1 to 21."""

    def light(colour):
        parts = [int(part) / 255 for part in colour.strip("rgb()").split(",")]
        linear = [
            part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
        ]
        return sum(
            weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True)
        )

    bright, dark = sorted((light(one), light(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


COLOURS = """
const colour = (selector, kind) => getComputedStyle(document.querySelector(selector))[kind];
const paper = colour('body', 'backgroundColor');
return [
  ['body', colour('body', 'color'), paper],
  ['sentence', colour('.sentence', 'color'), colour('.verdict', 'backgroundColor')],
  ['found', colour('.found', 'color'), paper],
  ['link', colour('.findings a', 'color'), paper],
  ['error', colour('.checks .mark.error', 'color'), colour('tr.error td', 'backgroundColor')],
  ['warning', colour('.checks .mark.warning', 'color'), colour('tr.warning td', 'backgroundColor')],
  ['info', colour('.mark.info', 'color'), paper],
  ['ok', colour('.checks .mark.ok', 'color'), paper],
  ['plot', colour('.plot text', 'fill'), paper],
];
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everything_can_be_read_dark_and_light(opened, preflight, scheme):
    driver = opened(preflight, 1400, prefers_color_scheme=scheme)
    colours = driver.execute_script(COLOURS)
    # WCAG 2, 1.4.3: text is readable from 4.5.
    assert [entry for entry in colours if contrast(*entry[1:]) < 4.5] == []
    background = colours[0][2]
    assert (contrast(background, "rgb(255, 255, 255)") < 1.2) is (scheme == "light")


def test_on_paper_nothing_is_folded(opened, verify):
    driver = opened(verify, 800)
    assert seen(driver).count("queueing discipline") == 1
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    # What was folded is laid out with the next frame.
    driver.execute_async_script("requestAnimationFrame(() => requestAnimationFrame(arguments[0]))")
    shown = driver.execute_script(
        "return [...document.querySelectorAll('table.checks')]"
        ".filter(one => one.checkVisibility({contentVisibilityAuto: true})"
        " && one.getBoundingClientRect().height > 100).length"
    )
    assert shown == 3
    assert overflow(driver) <= 0
    assert (
        driver.execute_script("return getComputedStyle(document.body).backgroundColor")
        == "rgb(255, 255, 255)"
    )
