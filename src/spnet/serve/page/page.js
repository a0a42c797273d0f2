// The page: what was chosen goes to the service, what comes back goes to the views.

import { chosen, choose, chooseExample, missing, watchFiles } from "./files.js";
import { byId, show } from "./elements.js";
import { saveAs, toNpy, toPly, toPng } from "./formats.js";
import { draw, lookAt, showBeside } from "./flat.js";
import { complete, models } from "./service.js";

let result = null;
let request = null;
let space = null;

function options() {
  const chosenUnit = byId("unit").value;
  const pattern = byId("pattern").value;
  return {
    unit: chosenUnit === "max-depth" ? `max-depth:${byId("farthest").value}` : chosenUnit,
    model: byId("model").value,
    pattern: pattern === "other" ? byId("other").value.trim() : pattern,
    keep_measured: byId("keep").checked ? "true" : "",
  };
}

function ready() {
  const reason = missing();
  byId("missing").textContent = reason;
  byId("complete").disabled = chosen.size === 0 || reason !== "" || request !== null;
}

function fail(message) {
  byId("error").textContent = message;
  show("error", true);
  byId("error").scrollIntoView({ block: "nearest" });
}

function tell(phase, share) {
  byId("phase").textContent = phase;
  const bar = byId("progress");
  if (share === null) bar.removeAttribute("value");
  else bar.value = share;
}

async function run() {
  if (byId("complete").disabled) return;
  show("error", false);
  show("status", true);
  byId("status").scrollIntoView({ block: "nearest" });
  request = complete(chosen, options(), byId("token").value, tell);
  ready();
  let answer = null;
  try {
    answer = await request.answer;
  } catch (error) {
    if (error.needsToken) askForToken();
    if (error.name !== "AbortError") fail(error.message);
  }
  request = null;
  show("status", false); // before the result takes its place on the screen
  ready();
  if (answer) present(answer);
}

function present(answer) {
  result = answer;
  show("welcome", false);
  show("result", true);
  byId("saved").textContent = "";
  for (const name of ["view-confidence", "shown-confident"]) offer(name, result.confidence !== null);
  describe();
  draw(result);
  changeView();
  byId("result").focus({ preventScroll: true });
  const seen = byId("flat").hidden ? byId("deep") : byId("flat");
  const isWhole = byId("result").getBoundingClientRect().top >= 0 && seen.getBoundingClientRect().bottom <= innerHeight;
  if (!isWhole) byId("result").scrollIntoView({ block: "start", behavior: "instant" });
}

// Shows or hides one of several choices; what is hidden is not chosen.
function offer(name, possible) {
  show(name, possible);
  const group = byId(name).closest("fieldset");
  if (!possible && byId(name).querySelector("input").checked) group.querySelector("input").checked = true;
}

function describe() {
  const { width, height, errors, camera } = result;
  const share = (100 * result.input_points) / (width * height);
  const facts = [
    ["Depth", `${digits(result.nearest_m)} to ${digits(result.farthest_m)} m`, `${width} × ${height} pixels`],
    ["From", `${result.input_points.toLocaleString("en")} points`, `${share.toPrecision(2)} % of the pixels`],
    ["Model", result.model, result.engine],
    ["Time", `${result.seconds.toFixed(2)} s`, result.tiles > 1 ? `in ${result.tiles} tiles` : ""],
  ];
  if (errors) {
    const pixels = `RMSE over ${errors.pixels.toLocaleString("en")} withheld pixels`;
    facts.push(["Error", `${digits(errors.rmse_m)} m`, pixels]);
  }
  if (camera.assumed) facts.push(["Camera", "60° across", "assumed: add a calibration for true proportions"]);
  if (result.unit_note) facts.push(["Unit", "millimetres", result.unit_note]);
  byId("facts").replaceChildren(...facts.map(fact));
}

function fact([name, value, remark]) {
  const group = document.createElement("div");
  for (const [tag, text] of [["dt", name], ["dd", value]]) {
    group.append(Object.assign(document.createElement(tag), { textContent: text }));
  }
  if (remark) group.lastChild.append(Object.assign(document.createElement("small"), { textContent: remark }));
  return group;
}

function digits(value) {
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

function picked(name) {
  return document.querySelector(`input[name="${name}"]:checked`).value;
}

function view() {
  return picked("view");
}

async function changeView() {
  const deep = view() === "space";
  show("flat", !deep);
  show("deep", deep);
  show("beside", !deep);
  show("shown", deep);
  if (!deep) {
    lookAt(view());
    showBeside(picked("beside"));
    return;
  }
  space ??= await import("./space.js");
  const possible = space.showPoints(byId("space"), result, picked("shown"));
  show("no-webgl", !possible);
  show("space", possible);
  show("space-help", possible);
}

async function save(kind) {
  const made = await { png: toPng, npy: toNpy, ply: toPly }[kind](result);
  saveAs(made);
  byId("saved").textContent = made.note;
}

function askForToken() {
  show(byId("token").closest("label"), true);
  byId("token").focus();
}

async function listModels() {
  try {
    const offered = await models(byId("token").value);
    const labels = offered.map(({ name, learned }) => new Option(learned ? name : `${name} (not learned)`, name));
    byId("model").replaceChildren(...labels);
    show("error", false);
  } catch (error) {
    if (error.needsToken) askForToken();
    fail(error.message);
  }
}

async function runExample(thinned) {
  byId("unit").value = "mm";
  byId("pattern").value = thinned ? "lines:16" : "";
  revealFields();
  await chooseExample(thinned);
  ready();
  await run();
}

function revealFields() {
  show(byId("farthest").closest("label"), byId("unit").value === "max-depth");
  show(byId("other").closest("label"), byId("pattern").value === "other");
}

function takeTokenFromAddress() {
  const token = new URLSearchParams(location.hash.slice(1)).get("token");
  if (!token) return;
  byId("token").value = token;
  history.replaceState(null, "", location.pathname);
}

takeTokenFromAddress();
watchFiles(async (files) => {
  await choose(files);
  ready();
}, ready);
byId("form").addEventListener("submit", (event) => {
  event.preventDefault();
  run();
});
byId("cancel").addEventListener("click", () => request?.cancel());
byId("example-lidar").addEventListener("click", () => runExample(false));
byId("example-thinned").addEventListener("click", () => runExample(true));
byId("unit").addEventListener("change", revealFields);
byId("pattern").addEventListener("change", revealFields);
byId("token").addEventListener("change", listModels);
for (const group of ["views", "beside", "shown"]) byId(group).addEventListener("change", changeView);
for (const kind of ["png", "npy", "ply"]) byId(`save-${kind}`).addEventListener("click", () => save(kind));
ready();
listModels();
