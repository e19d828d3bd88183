"""A headless Chromium that opens views and tells what it sees."""

import atexit
import json
import pathlib
import shutil
import unittest

from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

_AUDIT = (pathlib.Path(__file__).parent / "accessibility.js").read_text()
_PATIENCE = 20
_kept = {}


def _chromium():
    options = Options()
    options.binary_location = shutil.which("chromium") or shutil.which("google-chrome") or ""
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
    atexit.register(driver.quit)
    return driver


class PageTest(unittest.TestCase):
    """A test with a browser of its own size and colours, which ends with an empty console."""

    width, height = 1280, 900
    #: Errors of the console that a test is about.
    expected_errors = ()

    def setUp(self):
        if "driver" not in _kept:
            _kept["driver"] = _chromium()
        self.driver = _kept["driver"]
        self.driver.get("about:blank")
        self.driver.get_log("browser")
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

    def text(self, selector="main"):
        return self.run_script("return document.querySelector(arguments[0])?.textContent ?? ''", selector)

    @property
    def hash(self):
        return self.run_script("return location.hash")

    def audit(self, name):
        """Fails with what is not accessible in the view shown."""
        problems = self.run_script(_AUDIT)
        self.assertEqual(problems, [], f"{name}: " + json.dumps(problems, ensure_ascii=False, indent=1))


__all__ = ["PageTest", "Keys"]
