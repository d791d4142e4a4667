// The page: it gives the file to the worker and shows what comes back. Nothing is sent anywhere.
"use strict";
const at = name => document.getElementById(name);
const worker = new Worker("worker.js", { type: "module" });
let file = null, ready = false, links = [];

function tell(text, failed = false) {
  at("status").textContent = text;
  at("status").className = failed ? "error" : "";
}

function update() {
  at("check").disabled = !(ready && file);
}

function choose(chosen) {
  file = chosen ?? null;
  if (file && ready) tell(`${file.name} is chosen.`);
  update();
}

function fill(select, names) {
  for (const [value, text] of names) select.append(new Option(text, value));
}

function show({ page, files, seconds }) {
  links.splice(0).forEach(URL.revokeObjectURL);
  at("downloads").replaceChildren(...files.map(([name, text, bytes]) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([bytes], { type: "text/csv" }));
    link.download = name;
    link.className = "download";
    link.textContent = text;
    links.push(link.href);
    return link;
  }));
  at("report").srcdoc = page;
  at("result").hidden = false;
  at("result-title").focus();
  tell(`Checked in ${seconds.toFixed(1)} seconds.`);
}

const failed = () => tell("The checker could not be loaded. Reload the page, or use a newer browser.", true);

worker.onmessage = ({ data }) => {
  if (data.failed) return failed();
  if (data.progress !== undefined) {
    at("progress").hidden = false;
    at("progress").value = data.progress;
    tell(data.text);
    return;
  }
  at("progress").hidden = true;
  if (data.ready) {
    ready = true;
    fill(at("layout"), data.ready.layouts);
    fill(at("destination"), data.ready.destinations);
    tell("The checker is loaded. Choose a file.");
  } else if (data.refused) {
    at("result").hidden = true;
    tell(data.refused, true);
  } else {
    show(data.result);
  }
  update();
};
worker.onerror = failed;

at("file").addEventListener("change", event => choose(event.target.files[0]));
for (const kind of ["dragover", "dragleave", "drop"])
  at("drop").addEventListener(kind, event => {
    event.preventDefault();
    at("drop").classList.toggle("over", kind === "dragover");
    if (kind === "drop") choose(event.dataTransfer.files[0]);
  });
at("form").addEventListener("submit", async event => {
  event.preventDefault();
  at("check").disabled = true;
  tell(`${file.name} is read …`);
  const bytes = new Uint8Array(await file.arrayBuffer());
  const wanted = {
    name: file.name,
    layout: at("layout").value,
    destination: at("destination").value,
    region: at("region").value.trim().toUpperCase(),
    sheet: at("sheet").value.trim(),
    merge: at("merge").checked,
    names_only: at("names").checked,
  };
  worker.postMessage({ wanted, bytes }, [bytes.buffer]);
});
