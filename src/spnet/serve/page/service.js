// The service's HTTP interface, as any client has it.

const ARRAYS = { depth: Float32Array, measured: Float32Array, confidence: Float32Array, image: Uint8Array };

export async function models(token) {
  const response = await fetch("v1/models", { headers: authorization(token) });
  const answer = await response.json();
  if (!response.ok) throw refusal(response.status, answer);
  return answer;
}

// Returns { answer: a promise of the result, cancel }. `tell(phase, share)` hears of the progress; a share of null
// means that nobody knows how long it takes.
export function complete(files, options, token, tell) {
  const request = new XMLHttpRequest(); // fetch does not tell how much was sent
  const controller = { cancel: () => request.abort() };
  controller.answer = new Promise((resolve, reject) => {
    const stopTelling = follow(request, tell);
    request.open("POST", "v1/complete");
    for (const [name, value] of Object.entries(authorization(token))) request.setRequestHeader(name, value);
    request.responseType = "json";
    request.onload = () => {
      if (request.status === 200 && request.response) resolve(withArrays(request.response));
      else reject(refusal(request.status, request.response, request.getResponseHeader("Retry-After"), files));
    };
    request.onerror = () => reject(new Error("The service does not answer. Is it still running?"));
    request.onabort = () => reject(new DOMException("cancelled", "AbortError"));
    request.onloadend = stopTelling;
    request.send(form(files, options));
  });
  return controller;
}

function form(files, options) {
  const fields = new FormData();
  for (const [role, file] of files) fields.append(role, file);
  for (const [name, value] of Object.entries(options)) if (value) fields.append(name, value);
  fields.append("format", "json");
  return fields;
}

function follow(request, tell) {
  tell("Sending …", 0);
  request.upload.onprogress = (event) => tell("Sending …", event.loaded / event.total);
  let clock = null;
  request.upload.onload = () => {
    const start = performance.now();
    const say = () => tell(`Completing … ${((performance.now() - start) / 1000).toFixed(0)} s`, null);
    say();
    clock = setInterval(say, 500);
  };
  request.onprogress = (event) => {
    clearInterval(clock);
    tell("Receiving …", event.lengthComputable ? event.loaded / event.total : null);
  };
  return () => clearInterval(clock);
}

function authorization(token) {
  return token ? { Authorization: `Bearer ${token}` } : {};
}

function refusal(status, answer, retryAfter, files) {
  const said = answer?.error ?? `The service answered with status ${status}.`;
  const busy = status === 503 && retryAfter;
  const message = busy ? `The service is busy. Try again in ${retryAfter} s.` : inSentence(said, files);
  return Object.assign(new Error(message), { needsToken: status === 401 });
}

// The service calls files by their roles, which it alone knows; whoever chose them knows their names.
function inSentence(text, files) {
  const [, role, words] = /^(\w+): (.*)$/s.exec(text) ?? [];
  const file = files?.get(role);
  const said = file
    ? `${file.name}${/^(is|has|holds|comes|does|belong) /.test(words) ? "" : ":"} ${words}`
    : text.charAt(0).toUpperCase() + text.slice(1);
  return said + (/[.!?]$/.test(said) ? "" : ".");
}

function withArrays(answer) {
  const found = { ...answer };
  for (const [name, Kind] of Object.entries(ARRAYS)) {
    found[name] = answer[name] && new Kind(bytes(answer[name].base64).buffer);
  }
  return found;
}

function bytes(base64) {
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(base64);
  const text = atob(base64);
  const found = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index++) found[index] = text.charCodeAt(index);
  return found;
}
