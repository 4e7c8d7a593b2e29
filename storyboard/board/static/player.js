// All takes of a shot, played as one: the first leads, the others are brought back where they stray.
const STRAY_S = 0.06;
let leading = null;

export function player() {
  wipes();
  const group = document.querySelector(".player");
  const videos = [...document.querySelectorAll(".takes video")];
  if (!group) return;
  group.hidden = !videos.length;
  if (!videos.length) return;
  const seek = group.querySelector("[data-seek]");
  seek.max = Math.max(...videos.map((one) => Number(one.dataset.frames))) - 1;
  if (leading !== videos[0]) lead(videos[0], group);
  if (group.dataset.begun) return;
  group.dataset.begun = "";
  group.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if ("play" in button.dataset) toggle(group);
    if (button.dataset.step) step(group, Number(button.dataset.step));
    if ("sound" in button.dataset) sound(button);
  });
  seek.addEventListener("input", () => {
    pause(group);
    all().forEach((one) => show(one, Number(seek.value)));
  });
  document.addEventListener("keydown", (event) => {
    if (event.target.matches("input, select, a, button") && event.key === " ") return;
    if (event.target.matches("input, select") || document.querySelector("dialog[open]")) return;
    if (event.key === " ") toggle(group);
    else if (event.key === "ArrowLeft" || event.key === "ArrowRight") step(group, event.key === "ArrowLeft" ? -1 : 1);
    else return;
    event.preventDefault();
  });
}

const all = () => [...document.querySelectorAll(".takes video")];
const frame = (video) => Math.floor(video.currentTime * Number(video.dataset.fps) + 1e-3);

// A little behind the frame's beginning, so that rounding never shows the one before.
function show(video, number) {
  const last = Number(video.dataset.frames) - 1;
  video.currentTime = (Math.max(0, Math.min(number, last)) + 0.25) / Number(video.dataset.fps);
}

function lead(video, group) {
  leading = video;
  const tell = () => {
    if (leading !== video) return;
    const at = frame(video);
    group.querySelector("[data-seek]").value = at;
    group.querySelector("[data-frame]").textContent = `frame ${at} of ${video.dataset.frames}`;
    if (!video.paused)
      for (const other of all())
        if (other !== video && !other.ended && Math.abs(other.currentTime - video.currentTime) > STRAY_S) other.currentTime = video.currentTime;
  };
  const each = () => {
    tell();
    if (leading === video) video.requestVideoFrameCallback?.(each);
  };
  video.requestVideoFrameCallback ? video.requestVideoFrameCallback(each) : video.addEventListener("timeupdate", tell);
  for (const name of ["seeked", "loadedmetadata"]) video.addEventListener(name, tell);
  for (const name of ["play", "pause", "ended"]) video.addEventListener(name, () => word(group));
  tell();
}

function word(group) {
  group.querySelector("[data-play]").textContent = all().some((one) => !one.paused && !one.ended) ? "Pause" : "Play";
}

function toggle(group) {
  const videos = all();
  if (videos.some((one) => !one.paused && !one.ended)) return pause(group);
  if (videos.every((one) => one.ended)) videos.forEach((one) => (one.currentTime = 0));
  videos.forEach((one) => one.play().catch(() => {}));
  return word(group);
}

function pause(group) {
  all().forEach((one) => one.pause());
  word(group);
}

function step(group, by) {
  pause(group);
  const at = frame(leading) + by;
  all().forEach((one) => show(one, at));
}

function sound(button) {
  const on = button.getAttribute("aria-pressed") !== "true";
  button.setAttribute("aria-pressed", String(on));
  all().forEach((one, number) => (one.muted = !on || number > 0));
}

function wipes() {
  for (const slider of document.querySelectorAll("[data-wipe]")) {
    const wipe = slider.closest(".seam").querySelector(".wipe");
    const move = () => wipe.style.setProperty("--at", `${slider.value}%`);
    slider.addEventListener("input", move);
    move();
  }
}
