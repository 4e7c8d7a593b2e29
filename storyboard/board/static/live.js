// The stream of what changes. A piece is replaced as a whole; focus, playback and filters stay where they were.
const ONWARD_MS = 1000;
let revision = document.querySelector('meta[name="revision"]').content;
let stream = null;
let again = 0;

export function live() {
  document.addEventListener("visibilitychange", () => (document.hidden ? pause() : listen()));
  addEventListener("pageshow", (event) => event.persisted && listen());
  addEventListener("pagehide", pause);
  listen();
}

function pause() {
  clearTimeout(again);
  if (stream) stream.close();
  stream = null;
}

function listen() {
  pause();
  const asked = new URLSearchParams({ page: location.pathname + location.search, seen: revision });
  stream = new EventSource(`/events?${asked}`);
  stream.addEventListener("part", (event) => {
    if (event.lastEventId) revision = event.lastEventId;
    replace(JSON.parse(event.data));
  });
  stream.addEventListener("page", () => renew());
  stream.onopen = () => document.documentElement.removeAttribute("data-away");
  stream.onerror = () => {
    document.documentElement.setAttribute("data-away", "");
    pause();
    again = setTimeout(listen, ONWARD_MS);
  };
}

function replace({ key, mark, html }) {
  const part = document.querySelector(`[data-part="${CSS.escape(key)}"]`);
  if (!part || part.dataset.mark === mark) return;
  const made = document.createElement("template");
  made.innerHTML = html;
  put(part, mark, made.content);
}

function put(part, mark, content) {
  const held = holds(part);
  const was = part.querySelector("[data-state]")?.dataset.state;
  keepPlaying(part, content);
  part.dataset.mark = mark;
  part.replaceChildren(content);
  const state = part.querySelector("[data-state]")?.dataset.state;
  part.classList.toggle("arrived", Boolean(was) && was !== state);
  held?.();
  document.dispatchEvent(new CustomEvent("replaced", { detail: part }));
}

// A video that stays the same goes on playing.
function keepPlaying(part, content) {
  const old = part.querySelector("video");
  const made = content.querySelector("video");
  if (old && made && old.getAttribute("src") === made.getAttribute("src")) made.replaceWith(old);
}

// What is being typed stays.
function keepTyped(old, made) {
  if (old?.name && made) made.value = old.value;
}

// Gives the focus back to what stands in the same place.
function holds(part) {
  const one = document.activeElement;
  if (!one || !part.contains(one)) return null;
  const found = [...part.querySelectorAll("a, button, input, video, [tabindex]")].indexOf(one);
  const name = one.dataset?.act;
  return () => {
    const all = [...part.querySelectorAll("a, button, input, video, [tabindex]")];
    const same = (name && all.find((other) => other.dataset.act === name)) || all[Math.min(found, all.length - 1)];
    same?.focus({ preventScroll: true });
  };
}

// Where too much has changed, or the board was started anew, the page is got again and taken over piece by piece.
async function renew() {
  const answer = await fetch(location.href, { headers: { accept: "text/html" } }).catch(() => null);
  if (!answer || !answer.ok) {
    if (answer && (answer.status === 403 || answer.status === 404)) location.reload();
    return;
  }
  const made = new DOMParser().parseFromString(await answer.text(), "text/html");
  const next = made.querySelector('meta[name="revision"]').content;
  const names = (root) => [...root.querySelectorAll("[data-part]")].map((one) => one.dataset.part);
  const same = names(document).join("\n") === names(made).join("\n");
  for (const one of made.querySelectorAll("[data-part]")) {
    const old = document.querySelector(`[data-part="${CSS.escape(one.dataset.part)}"]`);
    if (!old) continue;
    if (same && old.dataset.mark !== one.dataset.mark) put(old, one.dataset.mark, fragment(one));
    else if (!same && old.dataset.mark === one.dataset.mark && !one.closest("header.top")) one.replaceWith(old);
  }
  if (!same) {
    const held = holds(document.getElementById("main"));
    for (const id of ["search", "scene"]) keepTyped(document.getElementById(id), made.getElementById(id));
    const place = scrollY;
    document.getElementById("main").replaceChildren(...made.getElementById("main").childNodes);
    const bar = made.querySelector('[data-part="bar"]');
    put(document.querySelector('[data-part="bar"]'), bar.dataset.mark, fragment(bar));
    scrollTo({ top: place });
    held?.();
    document.dispatchEvent(new CustomEvent("replaced", { detail: document.getElementById("main") }));
  }
  revision = next;
}

function fragment(part) {
  const made = document.createDocumentFragment();
  made.append(...part.childNodes);
  return made;
}
