// The elements of the page by their names.

export function byId(name) {
  return document.getElementById(name);
}

export function show(element, visible) {
  (typeof element === "string" ? byId(element) : element).hidden = !visible;
}
