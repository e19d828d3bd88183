"""A headless Chromium that opens views and tells what it sees."""

import atexit
import importlib.util
import json
import pathlib
import shutil
import tempfile
import time
import unittest

import served
from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

_AUDIT = (pathlib.Path(__file__).parent / "accessibility.js").read_text()
#: Seconds that a wait may take: a machine that does other work too is slow, and what is there ends a wait at once.
_PATIENCE = 60
_kept = {}


def _axe_source():
    """axe-core, as a package of PyPI carries it; only its script is used, so that the package itself is not imported."""
    if "axe" not in _kept:
        place = importlib.util.find_spec("axe_playwright_python")
        _kept["axe"] = (pathlib.Path(place.submodule_search_locations[0]) / "axe.min.js").read_text()
    return _kept["axe"]


def _chromium():
    options = Options()
    options.binary_location = shutil.which("chromium") or shutil.which("google-chrome") or ""
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
    atexit.register(driver.quit)
    # An audit of a page of thousands of cells takes half a minute on a busy machine.
    driver.set_script_timeout(180)
    return driver


class PageTest(unittest.TestCase):
    """A test with a browser of its own size and colours and an atlas without names, which ends with an empty console."""

    width, height = 1280, 900
    #: Errors of the console that a test is about.
    expected_errors = ()

    def setUp(self):
        if "driver" not in _kept:
            _kept["driver"] = _chromium()
        self.driver = _kept["driver"]
        self.driver.get("about:blank")
        self.driver.execute_cdp_cmd("Storage.clearDataForOrigin", {"origin": "*", "storageTypes": "local_storage"})
        self.driver.get_log("browser")
        served.forget()
        self.resize(self.width, self.height)
        self.media(dark=False)

    def tearDown(self):
        errors = [entry["message"] for entry in self.driver.get_log("browser")
                  if entry["level"] in ("SEVERE", "WARNING") and not any(text in entry["message"] for text in self.expected_errors)]
        self.assertEqual(errors, [], "the console is not empty")

    def resize(self, width, height):
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride",
                                    {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False})

    def media(self, dark, reduced_motion=False):
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [
            {"name": "prefers-color-scheme", "value": "dark" if dark else "light"},
            {"name": "prefers-reduced-motion", "value": "reduce" if reduced_motion else "no-preference"}]})

    def open(self, base, view):
        """Opens a view and waits until it is there."""
        self.driver.get("about:blank")
        self.driver.get(f"{base}#/{view}" if base.startswith("file") else f"{base}/#/{view}")
        self.settle()

    def settle(self):
        """Waits until a view is shown and nothing in it says that it is loading."""
        self.wait("""const main = document.getElementById('main');
            return main && main.querySelector('h1') && !main.hasAttribute('aria-busy') && !/Loading…|Growing the two/.test(main.textContent)""")

    def wait(self, script, *arguments):
        return WebDriverWait(self.driver, _PATIENCE, 0.05).until(lambda driver: driver.execute_script(script, *arguments))

    def steady(self, selector):
        """The elements of a selector, once two frames have passed in which none of them was drawn anew: they can be pointed at."""
        deadline = time.monotonic() + _PATIENCE
        while time.monotonic() < deadline:
            found = self.driver.execute_async_script("""
                const [selector, done] = arguments;
                const found = [...document.querySelectorAll(selector)];
                requestAnimationFrame(() => requestAnimationFrame(() =>
                    done(found.length && found.every((one) => one.isConnected) ? found : null)));""", selector)
            if found:
                return found
        self.fail(f"no {selector} came to rest")

    def run_script(self, script, *arguments):
        return self.driver.execute_script(script, *arguments)

    def press(self, *keys, holding=()):
        actions = ActionChains(self.driver)
        for key in holding:
            actions.key_down(key)
        for key in keys:
            actions.send_keys(key)
        for key in holding:
            actions.key_up(key)
        actions.perform()

    def click(self, selector, text=None):
        """Clicks the first element shown of a selector, or the one that has a text or a name."""
        self.assertTrue(self.run_script("""
            const shown = [...document.querySelectorAll(arguments[0])].filter((node) => node.checkVisibility());
            const node = shown.find((one) => arguments[1] === null || one.textContent.trim() === arguments[1] || one.getAttribute('aria-label') === arguments[1]);
            node?.scrollIntoView({ block: 'center' });
            node?.click();
            return Boolean(node);""", selector, text), f"there is no {selector} {text or ''}")

    def saved(self, act):
        """The file that something gives, as its name and its bytes."""
        with tempfile.TemporaryDirectory() as folder:
            self.driver.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": folder})
            act()
            deadline = time.monotonic() + _PATIENCE
            while time.monotonic() < deadline:
                files = [file for file in pathlib.Path(folder).iterdir() if file.suffix not in (".crdownload", ".tmp") and not file.name.startswith(".")]
                if files and files[0].stat().st_size > 0:
                    return files[0].name, files[0].read_bytes()
                time.sleep(0.05)
            self.fail("no file was given")

    def type_search(self, words):
        """Goes to the search by its key and types; gives the groups that are offered, as {title: texts}."""
        self.press("/")
        self.assertEqual(self.run_script("return document.activeElement.id"), "search")
        self.press(words)
        return self.wait("""
            const list = document.getElementById('search-found');
            if (list.hidden || document.getElementById('search').value !== arguments[0]) return null;
            return Object.fromEntries([...list.querySelectorAll('[role=group]')].map((group) =>
                [group.querySelector('.search-kind').textContent, [...group.querySelectorAll('[role=option]')].map((option) => option.textContent)]));""", words)

    def text(self, selector="main"):
        return self.run_script("return document.querySelector(arguments[0])?.textContent ?? ''", selector)

    @property
    def hash(self):
        return self.run_script("return location.hash")

    def axe(self, name):
        """Fails with what axe-core finds in the view shown."""
        self.run_script(_axe_source())
        found = self.driver.execute_async_script("""
            const done = arguments[arguments.length - 1];
            axe.run(document, { resultTypes: ['violations'], preload: false }).then((result) => done(result.violations.map((violation) =>
                `${violation.id}: ${violation.help}: ${violation.nodes.slice(0, 4).map((node) => `${node.target} ${node.html.slice(0, 160)}`).join(' | ')}`)), (error) => done([String(error)]));""")
        self.assertEqual(found, [], f"{name}: " + "\n".join(found))

    def audit(self, name):
        """Fails with what is not accessible in the view shown."""
        problems = self.run_script(_AUDIT)
        self.assertEqual(problems, [], f"{name}: " + json.dumps(problems, ensure_ascii=False, indent=1))


__all__ = ["PageTest", "Keys"]
