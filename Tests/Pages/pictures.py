"""Makes the README's pictures of a served demo atlas: pictures.py ADDRESS FOLDER."""

import base64
import pathlib
import sys
import time

from browser import _chromium

WIDTH, HEIGHT, SCALE = 1280, 860, 0.75
#: Name, view, and what is done in it before the picture.
VIEWS = [
    ("graph", "graph/1665?selected=5_283_12&pins=5_283_12,1_37_12,0_228_12", "document.querySelector('.toolbar').scrollIntoView()"),
    ("feature", "feature/5/283?prompt=1665", ""),
    ("circuit", "circuit?token={austin}&size=40", "document.querySelector('.toolbar').scrollIntoView()"),
    ("compare", "compare?a=family%3Dtwo-step&b=family%3Dcity-state", "document.querySelector('.side-by-side').closest('section').scrollIntoView()"),
    # Where an atlas has heads and is served with its model.
    ("attention", "graph/two-step-0066?head=1.3", "document.querySelector('.pattern [data-query=\"12\"][data-key=\"10\"]')?.click(); document.querySelector('.held-head')?.scrollIntoView()"),
    ("operands", "feature/2/459", "[...document.querySelectorAll('h2')].at(-1).scrollIntoView()"),
]


def main(address, folder):
    driver = _chromium()
    driver.get(f"{address}/api/v1/logits?search=Austin")
    austin = driver.execute_script("return JSON.parse(document.body.innerText).items[0].token")
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {"width": WIDTH, "height": HEIGHT, "deviceScaleFactor": 1, "mobile": False})
    for mode in ("light", "dark"):
        driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": mode}]})
        for name, view, script in VIEWS:
            driver.get("about:blank")
            driver.get(f"{address}/#/{view.format(austin=austin)}")
            while True:  # until nothing says that it is loading
                time.sleep(4)
                if not driver.execute_script("return /oading|Growing/.test(document.body.innerText)"):
                    break
            driver.execute_script(script)
            time.sleep(3)
            picture = driver.execute_cdp_cmd("Page.captureScreenshot", {
                "format": "webp", "quality": 82, "clip": {"x": 0, "y": driver.execute_script("return scrollY"), "width": WIDTH, "height": HEIGHT, "scale": SCALE}})
            (pathlib.Path(folder) / f"{name}-{mode}.webp").write_bytes(base64.b64decode(picture["data"]))


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/"), sys.argv[2])
