"""Measures the frames of a large drawing: frames.py [--nodes 10000] [--edges 1000000] [--seconds 4] [--picture FILE].

Opens the pages' own `GraphView` in a headless Chromium with a generated graph, then zooms by the wheel, drags, walks and hovers
as a person would, and prints the time between animation frames by what was done. Nothing is asserted; no atlas is needed.
"""

import argparse
import base64
import functools
import http.server
import os
import pathlib
import platform
import threading
import time

from browser import _chromium
from served import PAGES

WIDTH, HEIGHT = 1280, 900

BUILD = """
const [nodeCount, edgeCount, done] = arguments;
const css = document.createElement("link");
Object.assign(css, { rel: "stylesheet", href: "graph.css" });
const base = document.createElement("link");
Object.assign(base, { rel: "stylesheet", href: "base.css" });
document.head.append(base, css);
(async () => {
    const { GraphView } = await import("/graphView.js");
    const { GraphModel } = await import("/graphModel.js");
    const { layOutPositions } = await import("/graphLayout.js");
    const { viewBar } = await import("/graphViewBar.js");
    let seed = 1;
    const random = () => (seed = (seed * 1103515245 + 12345) % 2147483648) / 2147483648;
    const layerCount = 26, positionCount = 230, logits = 10;
    const nodes = [];
    for (let position = 0; position < positionCount; position += 1) nodes.push({ id: `E_1_${position}`, kind: "token", layer: null, position, text: " word", influence: random() / 100 });
    while (nodes.length < nodeCount - logits) {
        const layer = Math.floor(random() * layerCount), position = Math.floor(positionCount * Math.sqrt(random())), index = nodes.length;
        nodes.push({ id: `${layer}_${index}_${position}`, kind: "feature", layer, position, feature: { layer, index }, label: "on \\" word\\"", influence: random() ** 8 / 10 });
    }
    for (let ordinal = 0; ordinal < logits; ordinal += 1) nodes.push({ id: `27_${ordinal}_${positionCount - 1}`, kind: "logit", layer: null, position: positionCount - 1, text: ` answer ${ordinal}`, probability: 0.5 / (1 + ordinal) });
    const rowOf = (node) => node.kind === "logit" ? layerCount + 1 : node.kind === "token" ? 0 : node.layer + 1;
    const ordered = nodes.map((node, index) => index).sort((a, b) => rowOf(nodes[a]) - rowOf(nodes[b]));
    const rows = ordered.map((index) => rowOf(nodes[index]));
    const edges = [];
    while (edges.length < edgeCount) {
        const a = Math.floor(random() * nodes.length), b = Math.floor(random() * nodes.length);
        if (rows[a] === rows[b]) continue;
        const [from, to] = a < b ? [a, b] : [b, a];
        edges.push({ source: ordered[from], target: ordered[to], weight: random() - 0.4, share: random() ** 12 });
    }
    // Shares of a target's absolute input: together they are all of it.
    const sums = new Float64Array(nodes.length);
    for (const edge of edges) sums[edge.target] += edge.share;
    for (const edge of edges) edge.share /= sums[edge.target];
    const model = new GraphModel({ nodes, edges, layerCount, columns: Array.from({ length: positionCount }, (_, position) => ({ position, text: " word" })) });
    const state = { shown: new Set(nodes.keys()), selected: null, pins: new Set(), found: null, receding: null };
    let bar = null;
    const view = new GraphView({ title: "Generated graph", layOut: layOutPositions, actions: {
        select: (index) => { state.selected = index; view.show(model, state); }, pin: () => {}, zoom: (scale) => bar?.show(scale) } });
    bar = viewBar(view);
    const main = document.createElement("main");
    main.append(bar.element, view.element);
    document.body.replaceChildren(main);
    globalThis.measured = { view, times: [] };
    let last = null;
    const tick = (time) => {
        if (last !== null) globalThis.measured.times.push(time - last);
        last = time;
        requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
    const begin = performance.now();
    view.show(model, state);
    return performance.now() - begin;
})().then(done, (error) => done(String(error.stack)));
"""


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


def _serve():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=str(PAGES)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"


def _machine():
    names = [line.split(":", 1)[1].strip() for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    return f"{names[0] if names else platform.processor() or 'unknown processor'}, {os.cpu_count()} cores, {platform.system()}, drawn without a GPU"


def _mouse(driver, kind, x, y, **more):
    driver.execute_cdp_cmd("Input.dispatchMouseEvent", {"type": kind, "x": x, "y": y, **more})


def _zoom(driver, until):
    direction = -1
    while time.monotonic() < until:
        for _ in range(12):
            _mouse(driver, "mouseWheel", 640, 400, deltaX=0, deltaY=60 * direction, modifiers=2)
            time.sleep(0.02)
        direction = -direction


def _drag(driver, until):
    while time.monotonic() < until:
        _mouse(driver, "mousePressed", 900, 400, button="left", buttons=1, clickCount=1)
        for step in range(30):
            _mouse(driver, "mouseMoved", 900 - 20 * step, 400 + step, button="left", buttons=1)
            time.sleep(0.015)
        _mouse(driver, "mouseReleased", 320, 430, button="left", clickCount=1)
        driver.execute_script("measured.view.showAnswer()")


def _hover(driver, until):
    step = 0
    while time.monotonic() < until:
        _mouse(driver, "mouseMoved", 300 + 7 * step % 800, 250 + 3 * step % 300)
        step += 1
        time.sleep(0.015)


def _walk(driver, until):
    driver.execute_script("document.querySelector('.node[tabindex=\"0\"]').focus()")
    while time.monotonic() < until:
        for key, code in (("ArrowDown", 40), ("ArrowLeft", 37)):
            driver.execute_cdp_cmd("Input.dispatchKeyEvent", {"type": "keyDown", "key": key, "windowsVirtualKeyCode": code})
            time.sleep(0.04)


def _rest(_, until):
    time.sleep(max(0, until - time.monotonic()))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--nodes", type=int, default=10_000)
    parser.add_argument("--edges", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--picture", type=pathlib.Path)
    options = parser.parse_args()
    driver = _chromium()
    driver.set_script_timeout(300)
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {"width": WIDTH, "height": HEIGHT, "deviceScaleFactor": 1, "mobile": False})
    driver.get(f"{_serve()}/terms.js")
    opened = driver.execute_async_script(BUILD, options.nodes, options.edges)
    print(f"{_machine()}; {driver.capabilities['browserName']} {driver.capabilities['browserVersion']}")
    print(f"{options.nodes:,} nodes, {options.edges:,} links: laid out in {opened:.0f} ms" if isinstance(opened, (int, float)) else opened)
    print("while                frames   median     95 %   slowest")
    for name, action in (("drawing for the first time", _rest), ("zooming", _zoom), ("dragging", _drag), ("hovering", _hover), ("walking", _walk),
                         ("zooming, all in view", lambda driver, until: (driver.execute_script("measured.view.fit()"), _zoom(driver, until)))):
        driver.execute_script("measured.times = []")
        action(driver, time.monotonic() + options.seconds)
        times = sorted(driver.execute_script("return measured.times"))
        print(f"{name:26} {len(times):5}  {times[len(times) // 2]:5.0f} ms {times[int(0.95 * len(times))]:5.0f} ms  {times[-1]:5.0f} ms", flush=True)
    if options.picture:
        options.picture.write_bytes(base64.b64decode(driver.get_screenshot_as_base64()))
    for entry in driver.get_log("browser"):
        print(entry["message"])


if __name__ == "__main__":
    main()
