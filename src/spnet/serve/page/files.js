// The files that were chosen, each with the role that it plays; the service has the same roles.

import { byId } from "./elements.js";

const ROLES = {
  image: "Photo",
  depth: "Depth",
  cloud: "Points",
  calibration: "Calibration",
  extrinsics: "Cloud to camera",
};
const EXTENSIONS = {
  image: ["jpg", "jpeg", "webp", "bmp", "ppm"],
  depth: ["npz", "exr", "tif", "tiff", "pfm"],
  cloud: ["ply", "pcd", "bin", "xyz", "csv"],
  calibration: ["json", "yaml", "yml"],
};
const TEXT_BYTES = 65536; // enough to tell what a text file is

export const chosen = new Map();

let changed = () => {};

// `take(files)` gets what is dropped or picked; `change()` is called after a role has changed.
export function watchFiles(take, change) {
  changed = change;
  byId("files").addEventListener("change", (event) => {
    take([...event.target.files]);
    event.target.value = "";
  });
  let depth = 0; // of nested elements that the pointer has entered
  addEventListener("dragenter", () => document.body.classList.toggle("over", ++depth > 0));
  addEventListener("dragleave", () => document.body.classList.toggle("over", --depth > 0));
  addEventListener("dragover", (event) => event.preventDefault());
  addEventListener("drop", (event) => {
    event.preventDefault();
    depth = 0;
    document.body.classList.remove("over");
    take([...event.dataTransfer.files]);
  });
}

export async function choose(files) {
  for (const file of files) assign(await roleOf(file), file);
  list();
}

export async function chooseExample(thinned) {
  const names = ["rgb.jpg", thinned ? "truth.png" : "lidar.png", "camera.json"];
  chosen.clear();
  await choose(await Promise.all(names.map(fetchFile)));
}

// What is still missing, as a sentence; empty if nothing is.
export function missing() {
  if (chosen.size === 0) return "";
  if (!chosen.has("image")) return "Add the photo.";
  if (!chosen.has("depth") && !chosen.has("cloud")) return "Add the depth, or a point cloud with a calibration.";
  if (chosen.has("cloud") && !chosen.has("calibration")) return "Add the calibration of the camera.";
  if (chosen.has("extrinsics") && !chosen.has("cloud")) return "“Cloud to camera” belongs to a point cloud.";
  return "";
}

async function fetchFile(name) {
  const response = await fetch(`example/${name}`);
  return new File([await response.blob()], name);
}

function assign(role, file) {
  if (role === "depth") for (const other of ["cloud", "extrinsics"]) chosen.delete(other);
  if (role === "cloud") chosen.delete("depth");
  chosen.set(role, file);
}

async function roleOf(file) {
  const extension = file.name.toLowerCase().split(".").pop();
  const known = Object.keys(EXTENSIONS).find((role) => EXTENSIONS[role].includes(extension));
  if (known) return known;
  if (extension === "png") return (await isSixteenBitGrey(file)) ? "depth" : "image";
  if (extension === "npy") return (await isListOfPoints(file)) ? "cloud" : "depth";
  if (extension === "txt") return roleOfText(await file.slice(0, TEXT_BYTES).text());
  return chosen.has("image") ? "depth" : "image";
}

async function isSixteenBitGrey(file) {
  const header = new Uint8Array(await file.slice(0, 26).arrayBuffer());
  return header[24] === 16 && header[25] === 0; // bit depth and colour type
}

async function isListOfPoints(file) {
  const header = await file.slice(0, 1024).text();
  const shape = /'shape': \((\d+), (\d+)\)/.exec(header);
  return shape !== null && shape[2] >= 3 && shape[2] <= 10;
}

function roleOfText(text) {
  const words = text.split(/[\s,;[\]()]+/).filter(Boolean);
  if (!words.every((word) => Number.isFinite(Number(word)))) return "calibration";
  if (words.length === 12 || words.length === 16) return "extrinsics";
  return words.length > 16 ? "cloud" : "calibration";
}

function list() {
  const roles = Object.keys(ROLES).filter((role) => chosen.has(role));
  byId("chosen").replaceChildren(...roles.map((role) => entry(role, chosen.get(role))));
  changed();
}

function entry(role, file) {
  const item = document.createElement("li");
  const shown = { className: "name", title: file.name, textContent: file.name };
  const name = Object.assign(document.createElement("span"), shown);
  const size = Object.assign(document.createElement("span"), { className: "size", textContent: sizeOf(file) });
  name.append(size);
  const select = document.createElement("select");
  select.ariaLabel = `What ${file.name} is`;
  for (const [value, label] of Object.entries(ROLES)) select.add(new Option(label, value, false, value === role));
  select.addEventListener("change", () => move(role, select.value));
  const remove = Object.assign(document.createElement("button"), { type: "button", textContent: "×" });
  remove.ariaLabel = `Remove ${file.name}`;
  remove.addEventListener("click", () => {
    chosen.delete(role);
    list();
    byId("files").focus();
  });
  item.append(name, select, remove);
  return item;
}

function move(from, to) {
  const file = chosen.get(from);
  const other = chosen.get(to);
  chosen.delete(from);
  if (other) chosen.set(from, other);
  assign(to, file);
  list();
  [...byId("chosen").querySelectorAll("select")].find((select) => select.value === to)?.focus();
}

function sizeOf(file) {
  return file.size < 1e6 ? `${Math.ceil(file.size / 1e3)} kB` : `${(file.size / 1e6).toFixed(1)} MB`;
}
