"use strict";
// Everything is readable without this; it only sorts, chooses and compares.
const all = (selector, within = document) => [...within.querySelectorAll(selector)];

function make(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

function choice(title, options, chosen) {
  const select = make("select", {}, ...options.map(([value, text]) => make("option", { value, textContent: text })));
  select.addEventListener("change", () => chosen(select.value));
  return make("label", {}, title, select);
}

// One metric at a time, chosen for all charts at once.
function metricChoice() {
  const views = all("[data-label]");
  const labels = new Map(views.map((view) => [view.dataset.metric, view.dataset.label]));
  if (labels.size < 2) return [];
  for (const block of all(".views")) {
    block.append(...all("[data-label]", block));
    all("details", block).forEach((details) => details.remove());
  }
  const show = (metric) => views.forEach((view) => (view.hidden = view.dataset.metric !== metric));
  show(labels.keys().next().value);
  return [choice("Metric", [...labels], show)];
}

function inputChoice() {
  const scenes = all(".scene");
  const inputs = [...new Set(scenes.map((scene) => scene.dataset.condition))];
  if (inputs.length < 2) return [];
  const show = (input) => scenes.forEach((scene) => (scene.hidden = input !== "" && scene.dataset.condition !== input));
  return [choice("Frames of", [["", "all inputs"], ...inputs.map((input) => [input, input])], show)];
}

function modelChoices() {
  const names = new Map(all("#run tr[data-model] .model").map((name) => [name.closest("tr").dataset.model, name]));
  if (names.size < 2) return [];
  return [...names].map(([model, name]) => {
    const box = make("input", { type: "checkbox", checked: true });
    const parts = all(".of-model").filter((part) => part.dataset.model === model);
    box.addEventListener("change", () => parts.forEach((part) => part.toggleAttribute("hidden", !box.checked)));
    return make("label", {}, box, name.cloneNode(true));
  });
}

// A heading sorts the models of each input by its column.
function sortBy(table, head) {
  const column = [...head.parentNode.children].indexOf(head);
  const descending = head.getAttribute("aria-sort") === "ascending";
  all("th", head.parentNode).forEach((other) => other.removeAttribute("aria-sort"));
  head.setAttribute("aria-sort", descending ? "descending" : "ascending");
  const key = (row) => row.children[column].dataset.value ?? row.children[column].textContent;
  const order = (a, b) => key(a) - key(b) || key(a).localeCompare(key(b), undefined, { numeric: true });
  for (const body of table.tBodies) {
    const rows = all("tr:not(.group)", body).sort((a, b) => (descending ? order(b, a) : order(a, b)));
    body.append(...rows);
  }
}

function makeSortable(table) {
  for (const head of all("thead th", table)) {
    const button = make("button", { type: "button" }, ...head.childNodes);
    button.addEventListener("click", () => sortBy(table, head));
    head.append(button);
  }
}

// Two pictures of a frame over each other, with an edge to drag.
function compare(scene) {
  const pictures = all("img", scene).map((image) => [image.alt, image.src]);
  const [under, over] = [make("img"), make("img")];
  const slider = make("input", { type: "range", min: 0, max: 100, value: 50, step: 0.5, ariaLabel: "edge between the pictures" });
  const edge = make("div", { className: "edge" });
  const move = () => {
    over.style.clipPath = `inset(0 ${100 - slider.value}% 0 0)`;
    edge.style.left = `${slider.value}%`;
  };
  const choose = (image, index) => ([image.alt, image.src] = pictures[index]);
  const options = pictures.map(([name], index) => [index, name]);
  const [left, right] = [choice("Left", options, (index) => choose(over, index)), choice("Right", options, (index) => choose(under, index))];
  const close = make("button", { type: "button", className: "compare", textContent: "Close" });
  const dialog = make("dialog", {}, make("div", { className: "choices" }, left, right, close), make("div", { className: "stack" }, under, over, edge, slider));
  slider.addEventListener("input", move);
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  for (const [label, image, index] of [[left, over, 2], [right, under, Math.min(3, pictures.length - 1)]]) {
    label.querySelector("select").value = index;
    choose(image, index);
  }
  move();
  document.body.append(dialog);
  dialog.showModal();
}

for (const scene of all(".scene")) {
  const button = make("button", { type: "button", className: "compare", textContent: "Compare" });
  button.addEventListener("click", () => compare(scene));
  scene.querySelector("h4").append(button);
}
all("table.sortable").forEach(makeSortable);
const tools = [...metricChoice(), ...inputChoice(), ...modelChoices()];
if (tools.length) document.querySelector("main").before(make("div", { className: "tools" }, ...tools));
