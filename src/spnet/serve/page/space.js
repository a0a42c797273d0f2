// The depth in space: every pixel a point, where the camera saw it, to be turned.

import { OrbitControls } from "./three/OrbitControls.js";
import {
  BufferAttribute,
  BufferGeometry,
  PerspectiveCamera,
  Points,
  Scene,
  ShaderMaterial,
  Spherical,
  Vector3,
  WebGLRenderer,
} from "./three/three.module.min.js";

const MOST_POINTS = 1_500_000;
const OVERLAP = 1.5; // of neighbouring points, so that surfaces seen from the side close
const TURN = Math.PI / 24; // of an arrow key
const ZOOM = 1.1;
const CONFIDENT = 0.5;

// A point's size is the distance to its neighbours, wherever it is looked at from.
const VERTEX = `
  attribute vec3 colour;
  uniform float spacing, pixels;
  varying vec3 shade;
  void main() {
    shade = colour;
    vec4 seen = modelViewMatrix * vec4(position, 1.0);
    gl_Position = projectionMatrix * seen;
    gl_PointSize = clamp(spacing * -position.z * pixels / -seen.z, 1.0, 48.0);
  }`;
const FRAGMENT = `
  varying vec3 shade;
  void main() { gl_FragColor = vec4(shade, 1.0); }`;

let view = null; // { renderer, scene, camera, controls, stage }
let points = null;
let drawn = null; // the result in view

// Draws "completed", "confident" or "measured" points of a result. Returns whether this browser can.
export function showPoints(stage, result, kind) {
  try {
    view ??= open(stage);
  } catch {
    return false; // no WebGL
  }
  if (points) {
    view.scene.remove(points);
    points.geometry.dispose();
    points.material.dispose();
  }
  points = new Points(geometry(result, kind), material(result, kind));
  points.frustumCulled = false;
  view.scene.add(points);
  fit();
  if (drawn !== result) standBesideTheCamera(result);
  drawn = result;
  render();
  return true;
}

function open(stage) {
  const renderer = new WebGLRenderer({ antialias: true, alpha: true });
  stage.append(renderer.domElement);
  const camera = new PerspectiveCamera();
  const controls = new OrbitControls(camera, renderer.domElement);
  controls.addEventListener("change", render);
  stage.addEventListener("keydown", steer);
  new ResizeObserver(() => {
    fit();
    render();
  }).observe(stage);
  return { renderer, scene: new Scene(), camera, controls, stage };
}

function geometry({ width, height, depth, measured, confidence, image, camera }, kind) {
  const values = kind === "measured" ? measured : depth;
  const stride = Math.max(1, Math.ceil(Math.sqrt((width * height) / MOST_POINTS)));
  const step = kind === "measured" ? 1 : stride;
  const [places, colours] = [[], []];
  for (let row = 0; row < height; row += step) {
    for (let column = 0; column < width; column += step) {
      const pixel = row * width + column;
      const z = values[pixel];
      if (z === 0 || (kind === "confident" && confidence[pixel] < CONFIDENT)) continue;
      places.push(((column - camera.cx) / camera.fx) * z, ((camera.cy - row) / camera.fy) * z, -z);
      colours.push(image[3 * pixel], image[3 * pixel + 1], image[3 * pixel + 2]);
    }
  }
  return new BufferGeometry()
    .setAttribute("position", new BufferAttribute(new Float32Array(places), 3))
    .setAttribute("colour", new BufferAttribute(new Uint8Array(colours), 3, true));
}

function material({ width, height, input_points: count, camera }, kind) {
  const stride = Math.max(1, Math.ceil(Math.sqrt((width * height) / MOST_POINTS)));
  const sparse = Math.min(5, Math.sqrt((0.25 * width * height) / Math.max(count, 1)));
  const pitch = kind === "measured" ? Math.max(1, sparse) : stride * OVERLAP;
  const uniforms = { spacing: { value: pitch / camera.fx }, pixels: { value: 1 } };
  return new ShaderMaterial({ vertexShader: VERTEX, fragmentShader: FRAGMENT, uniforms });
}

// A little to the side, above and behind, so that it is seen to be in space, and whole; turning is about its middle.
function standBesideTheCamera({ depth, width, height, shown_m: shown, camera }) {
  const middle = Float32Array.from(depth).sort()[depth.length >> 1];
  view.controls.target.set(0, 0, -middle);
  view.camera.position.set(-0.22 * middle, 0.14 * middle, 0.14 * middle);
  const steepest = Math.max(height / 2 / camera.fy, width / 2 / camera.fx / view.camera.aspect);
  view.camera.fov = (360 / Math.PI) * Math.atan(steepest);
  view.camera.near = shown.near / 50;
  view.camera.far = shown.far * 50;
  view.camera.updateProjectionMatrix();
  view.controls.update();
}

function fit() {
  const { clientWidth: width, clientHeight: height } = view.stage;
  if (width === 0 || height === 0) return;
  view.renderer.setPixelRatio(Math.min(devicePixelRatio, 2));
  view.renderer.setSize(width, height);
  view.camera.aspect = width / height;
  view.camera.updateProjectionMatrix();
}

function render() {
  if (!points) return;
  const high = view.renderer.domElement.height;
  points.material.uniforms.pixels.value = high / (2 * Math.tan((view.camera.fov * Math.PI) / 360));
  view.renderer.render(view.scene, view.camera);
}

const TURNS = { ArrowLeft: [-TURN, 0], ArrowRight: [TURN, 0], ArrowUp: [0, -TURN], ArrowDown: [0, TURN] };
const ZOOMS = { "+": 1 / ZOOM, "=": 1 / ZOOM, "-": ZOOM };

function steer(event) {
  const offset = view.camera.position.clone().sub(view.controls.target);
  const around = new Spherical().setFromVector3(offset);
  if (event.key in TURNS) {
    around.theta += TURNS[event.key][0];
    around.phi += TURNS[event.key][1];
  } else if (event.key in ZOOMS) around.radius *= ZOOMS[event.key];
  else if (event.key === "0") return standBesideTheCamera(drawn);
  else return;
  event.preventDefault();
  view.camera.position.copy(view.controls.target).add(new Vector3().setFromSpherical(around.makeSafe()));
  view.controls.update();
}
