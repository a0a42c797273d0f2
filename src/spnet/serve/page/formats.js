// The depth as files, made here of the numbers that came: the file is what was seen, and nothing is computed twice.

const UNITS = [
  { name: "mm", steps: 1000, words: "millimetres" },
  { name: "kitti", steps: 256, words: "1/256 m (KITTI)" },
];

// Each returns { blob, name, note }.

export async function toPng({ width, height, depth, farthest_m: farthest }) {
  const unit = UNITS.find(({ steps }) => Math.round(farthest * steps) <= 65535);
  if (!unit) return { note: `${farthest.toFixed(0)} m does not fit into 16 bits; take NPY.` };
  const rows = new DataView(new ArrayBuffer(height * (1 + 2 * width)));
  for (let row = 0, at = 0; row < height; row++) {
    at += 1; // the row's filter: 0, none
    for (let column = 0; column < width; column++, at += 2) {
      rows.setUint16(at, Math.max(1, roundHalfToEven(depth[row * width + column] * unit.steps)));
    }
  }
  const header = new DataView(new ArrayBuffer(13));
  header.setUint32(0, width);
  header.setUint32(4, height);
  header.setUint8(8, 16); // bits a value; colour type 0, grey
  const signature = new Uint8Array([137, 80, 78, 71, 13, 10, 26, 10]);
  const packed = new Uint8Array(await deflated(rows.buffer));
  const parts = [chunk("IHDR", new Uint8Array(header.buffer)), chunk("IDAT", packed), chunk("IEND", new Uint8Array())];
  const blob = new Blob([signature, ...parts], { type: "image/png" });
  return { blob, name: `dense_${unit.name}.png`, note: `Saved; its unit is ${unit.words}.` };
}

export function toNpy({ width, height, depth }) {
  const text = `{'descr': '<f4', 'fortran_order': False, 'shape': (${height}, ${width}), }`;
  const padded = text.padEnd(Math.ceil((10 + text.length + 1) / 64) * 64 - 11) + "\n";
  const start = new Uint8Array([0x93, ...letters("NUMPY"), 1, 0, padded.length & 255, padded.length >> 8]);
  return { blob: new Blob([start, padded, depth]), name: "dense.npy", note: "Saved: float32 metres." };
}

export function toPly({ width, height, depth, image, camera }) {
  const header = [
    "ply",
    "format binary_little_endian 1.0",
    `comment metres, x right, y down, z forward${camera.assumed ? ", camera assumed: 60 degrees across" : ""}`,
    `element vertex ${width * height}`,
    ...["x", "y", "z"].map((axis) => `property float ${axis}`),
    ...["red", "green", "blue"].map((channel) => `property uchar ${channel}`),
    "end_header\n",
  ].join("\n");
  const points = new DataView(new ArrayBuffer(15 * width * height));
  for (let pixel = 0, at = 0; pixel < width * height; pixel++, at += 15) {
    const z = depth[pixel];
    points.setFloat32(at, (((pixel % width) - camera.cx) / camera.fx) * z, true);
    points.setFloat32(at + 4, ((Math.floor(pixel / width) - camera.cy) / camera.fy) * z, true);
    points.setFloat32(at + 8, z, true);
    for (let channel = 0; channel < 3; channel++) points.setUint8(at + 12 + channel, image[3 * pixel + channel]);
  }
  const note = camera.assumed ? "Saved, with an assumed camera: proportions may be off." : "Saved: metres.";
  return { blob: new Blob([header, points]), name: "dense.ply", note };
}

export function saveAs({ blob, name }) {
  if (!blob) return;
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000); // some browsers read it only after the click
}

function roundHalfToEven(value) {
  const rounded = Math.round(value);
  return rounded - value === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}

function letters(text) {
  return [...text].map((letter) => letter.charCodeAt(0));
}

function deflated(buffer) {
  const stream = new Blob([buffer]).stream().pipeThrough(new CompressionStream("deflate"));
  return new Response(stream).arrayBuffer();
}

function chunk(type, data) {
  const found = new Uint8Array(12 + data.length);
  const view = new DataView(found.buffer);
  view.setUint32(0, data.length);
  found.set(letters(type), 4);
  found.set(data, 8);
  view.setUint32(8 + data.length, checksum(found.subarray(4, 8 + data.length)));
  return found;
}

const REMAINDERS = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value;
});

// CRC-32, as the PNG specification has it.
function checksum(bytes) {
  let value = 0xffffffff;
  for (const byte of bytes) value = REMAINDERS[(value ^ byte) & 255] ^ (value >>> 8);
  return (value ^ 0xffffffff) >>> 0;
}
