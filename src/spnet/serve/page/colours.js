// Depth as colour: the scale of `spnet.show`, near bright and warm, far dark and blue, logarithmic in between.

const FAR_TO_NEAR = [
  [18, 22, 48],
  [38, 52, 110],
  [74, 74, 158],
  [136, 78, 162],
  [200, 84, 132],
  [240, 120, 92],
  [250, 178, 88],
  [255, 240, 170],
];
const UNSURE_TO_SURE = [
  [40, 30, 46],
  [128, 52, 62],
  [196, 116, 70],
  [222, 190, 118],
  [168, 214, 170],
];

const DEPTH_TABLE = table(FAR_TO_NEAR);
const CONFIDENCE_TABLE = table(UNSURE_TO_SURE);

// Returns a function from metres to the index of its colour, as three numbers in a table, and that table.
export function depthScale({ near, far }) {
  const factor = 255 / Math.log(near / far);
  const logFar = Math.log(far);
  const index = (metres) => 3 * Math.min(255, Math.max(0, Math.round((Math.log(metres) - logFar) * factor)));
  return { index, table: DEPTH_TABLE, position: (metres) => Math.log(metres / near) / Math.log(far / near) };
}

export function confidenceScale() {
  const index = (share) => 3 * Math.min(255, Math.max(0, Math.round(share * 255)));
  return { index, table: CONFIDENCE_TABLE, position: (share) => share };
}

function table(colours) {
  const found = new Uint8Array(3 * 256);
  for (let step = 0; step < 256; step++) {
    const at = (step / 255) * (colours.length - 1);
    const low = Math.min(Math.floor(at), colours.length - 2);
    for (let channel = 0; channel < 3; channel++) {
      const [first, second] = [colours[low][channel], colours[low + 1][channel]];
      found[3 * step + channel] = Math.round(first + (at - low) * (second - first));
    }
  }
  return found;
}
