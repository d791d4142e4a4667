// Python in a worker of its own, so that the page never freezes. Everything comes from the folder of this page.
import { loadPyodide } from "./pyodide/pyodide.mjs";

const tell = (text, progress) => postMessage({ text, progress });

async function load() {
  tell("Python is loading …", 0.1);
  const python = await loadPyodide({ indexURL: new URL("./pyodide/", import.meta.url).href });
  const wheels = await (await fetch("wheels.json")).json();
  for (const [place, wheel] of wheels.entries()) {
    tell("The checker is loading …", 0.4 + 0.5 * place / wheels.length);
    python.unpackArchive(await (await fetch(`wheels/${wheel}`)).arrayBuffer(), "wheel");
  }
  python.runPython(await (await fetch("check.py")).text());
  const about = python.globals.get("about");
  postMessage({ ready: JSON.parse(about()) });
  return python;
}

const loading = load();
loading.catch(() => postMessage({ failed: true }));

onmessage = async ({ data: { wanted, bytes } }) => {
  const python = await loading;
  const start = performance.now();
  const progress = share => tell(`${Math.round(100 * share)} % of the file is read …`, share);
  const check = python.globals.get("run");
  const result = check(JSON.stringify(wanted), bytes, progress);
  const { refused, page, files } = result.toJs({ dict_converter: Object.fromEntries });
  result.destroy();
  postMessage(refused ? { refused } : { result: { page, files, seconds: (performance.now() - start) / 1000 } });
};
