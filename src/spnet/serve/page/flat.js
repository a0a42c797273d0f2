// The flat views: a map of colours over a picture beside it, the bar in metres, and what stands under the pointer.

import { confidenceScale, depthScale } from "./colours.js";
import { byId, show } from "./elements.js";

const LONGEST_SIDE = 1600; // pixels drawn; a larger map is shown by a sample of them
const DIM = 0.22; // brightness of the photo behind measured points

let result = null;
let size = null; // of the canvases
let layers = {}; // pictures of this result that were drawn already
let looked = "depth"; // at
let scale = null;
let cursor = null; // { row, column } in the map

export function draw(answer) {
  result = answer;
  layers = {};
  const shrink = Math.min(1, LONGEST_SIDE / Math.max(answer.width, answer.height));
  size = { width: Math.round(answer.width * shrink) || 1, height: Math.round(answer.height * shrink) || 1 };
  for (const name of ["over", "under"]) Object.assign(byId(name), size);
  byId("result").style.setProperty("--aspect", answer.width / answer.height);
  cursor = null;
  tellCursor();
}

// kind: "depth" or "confidence".
export function lookAt(kind) {
  looked = kind;
  scale = kind === "depth" ? depthScale(result.shown_m) : confidenceScale();
  put("over", kind);
  drawBar(kind);
  divide();
  tellCursor();
}

// kind: "photo" or "measured".
export function showBeside(kind) {
  put("under", kind);
}

function put(canvas, kind) {
  layers[kind] ??= DRAWN[kind]();
  byId(canvas).getContext("2d").putImageData(layers[kind], 0, 0);
}

const DRAWN = {
  depth: () => coloured(result.depth, depthScale(result.shown_m)),
  confidence: () => coloured(result.confidence, confidenceScale()),
  photo: () => photo(1),
  measured,
};

// Calls `set(target, source)` for every pixel drawn: its place in the picture, and in the map.
function sample(set) {
  for (let y = 0; y < size.height; y++) {
    const row = Math.floor(((y + 0.5) * result.height) / size.height) * result.width;
    for (let x = 0; x < size.width; x++) {
      set(y * size.width + x, row + Math.floor(((x + 0.5) * result.width) / size.width));
    }
  }
}

function coloured(values, { index, table }) {
  const picture = new ImageData(size.width, size.height);
  sample((target, source) => paint(picture.data, target, table, index(values[source])));
  return picture;
}

function photo(brightness) {
  const picture = new ImageData(size.width, size.height);
  sample((target, source) => paint(picture.data, target, result.image, 3 * source, brightness));
  return picture;
}

function paint(data, target, from, index, brightness = 1) {
  for (let channel = 0; channel < 3; channel++) data[4 * target + channel] = from[index + channel] * brightness;
  data[4 * target + 3] = 255;
}

// The measured pixels, as squares that grow as they get fewer, near ones over far ones, on the dimmed photo.
function measured() {
  const picture = photo(DIM);
  const { index, table } = depthScale(result.shown_m);
  const nearest = new Float32Array(size.width * size.height).fill(Infinity);
  const side = pointSide();
  for (let source = 0; source < result.measured.length; source++) {
    const metres = result.measured[source];
    if (metres === 0) continue;
    const x = Math.floor(((source % result.width) * size.width) / result.width) - (side >> 1);
    const y = Math.floor((Math.floor(source / result.width) * size.height) / result.height) - (side >> 1);
    for (let row = Math.max(y, 0); row < Math.min(y + side, size.height); row++) {
      for (let column = Math.max(x, 0); column < Math.min(x + side, size.width); column++) {
        const target = row * size.width + column;
        if (metres >= nearest[target]) continue;
        nearest[target] = metres;
        paint(picture.data, target, table, index(metres));
      }
    }
  }
  return picture;
}

function pointSide() {
  const share = (0.25 * size.width * size.height) / Math.max(result.input_points, 1);
  return Math.min(9, Math.max(1, Math.round(Math.sqrt(share))));
}

function drawBar(kind) {
  const context = byId("colours").getContext("2d");
  const row = new ImageData(256, 1);
  const nearLeft = kind === "depth"; // small values of either scale stand on the left
  for (let step = 0; step < 256; step++) paint(row.data, step, scale.table, 3 * (nearLeft ? 255 - step : step));
  context.putImageData(row, 0, 0);
  const values = kind === "depth" ? result.shown_m.ticks : [0, 0.25, 0.5, 0.75, 1];
  byId("ticks").replaceChildren(...values.map((value) => tick(value, kind)));
}

function tick(value, kind) {
  const text = kind === "depth" ? `${Number(value.toPrecision(3))} m` : `${100 * value} %`;
  const label = Object.assign(document.createElement("span"), { textContent: text });
  label.style.left = `clamp(1.15rem, ${100 * scale.position(value)}%, calc(100% - 1.15rem))`;
  return label;
}

function divide() {
  const share = byId("slider").value;
  byId("under").style.clipPath = `inset(0 ${100 - share}% 0 0)`;
  byId("edge").style.left = `${share}%`;
}

const HINTS = {
  depth: "Point at a pixel to read its depth.",
  confidence: "How likely it is that depth is within 5 % of the truth. Point at a pixel to read it.",
};

function tellCursor() {
  for (const name of ["cross", "chip", "mark"]) show(name, cursor !== null);
  if (cursor === null) {
    byId("readout").textContent = HINTS[looked];
    return;
  }
  const at = cursor.row * result.width + cursor.column;
  const metres = `${result.depth[at].toFixed(3)} m`;
  const words = [`Column ${cursor.column}, row ${cursor.row}: ${metres}`];
  words.push(result.measured[at] > 0 ? `measured ${result.measured[at].toFixed(3)} m` : "not measured");
  if (result.confidence) words.push(`within 5 % with ${(100 * result.confidence[at]).toFixed(0)} % confidence`);
  byId("readout").textContent = words.join(", ");
  byId("chip").textContent = looked === "depth" ? metres : `${(100 * result.confidence[at]).toFixed(0)} %`;
  place(at);
}

function place(at) {
  const [x, y] = [(cursor.column + 0.5) / result.width, (cursor.row + 0.5) / result.height];
  for (const name of ["cross", "chip"]) Object.assign(byId(name).style, { left: `${100 * x}%`, top: `${100 * y}%` });
  byId("chip").style.translate = `${x > 0.7 ? "calc(-100% - 0.9rem)" : "0.9rem"} ${y > 0.15 ? "-120%" : "20%"}`;
  const value = looked === "depth" ? result.depth[at] : result.confidence[at];
  byId("mark").style.left = `${100 * Math.min(1, Math.max(0, scale.position(value)))}%`;
}

function follow(event) {
  if (!result) return;
  const box = byId("stage").getBoundingClientRect();
  moveTo(
    Math.floor(((event.clientY - box.top) / box.height) * result.height),
    Math.floor(((event.clientX - box.left) / box.width) * result.width),
  );
}

function moveTo(row, column) {
  cursor = {
    row: Math.min(result.height - 1, Math.max(0, row)),
    column: Math.min(result.width - 1, Math.max(0, column)),
  };
  tellCursor();
}

const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

function step(event) {
  if (event.target !== byId("stage") || !(event.key in ARROWS)) return;
  event.preventDefault();
  const pixels = event.shiftKey ? 10 : 1;
  const from = cursor ?? { row: result.height >> 1, column: result.width >> 1 };
  const [down, right] = ARROWS[event.key];
  moveTo(from.row + pixels * down, from.column + pixels * right);
}

byId("slider").addEventListener("input", divide);
byId("stage").addEventListener("pointermove", follow);
byId("stage").addEventListener("pointerdown", follow);
byId("stage").addEventListener("keydown", step);
