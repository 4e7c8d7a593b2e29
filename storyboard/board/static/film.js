// The film and its shots: a click jumps, and the shot that is seen is marked.
export function film() {
  const line = document.querySelector(".timeline");
  if (!line || line.dataset.begun) return;
  line.dataset.begun = "";
  const fps = Number(line.dataset.fps);
  const shots = [...line.querySelectorAll("[data-at]")];
  for (const one of line.querySelectorAll("li")) one.style.flexGrow = one.dataset.frames;
  const video = () => document.getElementById("film");
  line.addEventListener("click", (event) => {
    const shot = event.target.closest("[data-at]");
    if (shot && video()) video().currentTime = (Number(shot.dataset.at) + 0.25) / fps;
  });
  const follow = () => {
    if (!video() || !line.isConnected) return;
    const at = Math.floor(video().currentTime * fps + 1e-3);
    for (const shot of shots) {
      const here = at >= Number(shot.dataset.at) && at < Number(shot.dataset.end);
      if (here !== shot.hasAttribute("aria-current")) {
        here ? shot.setAttribute("aria-current", "true") : shot.removeAttribute("aria-current");
        if (here) shot.scrollIntoView({ block: "nearest", inline: "nearest" });
      }
    }
  };
  video()?.addEventListener("timeupdate", follow);
  video()?.addEventListener("seeked", follow);
  if (document.body.dataset.keys === undefined) {
    document.body.dataset.keys = "";
    document.addEventListener("keydown", (event) => {
      if (event.key !== " " || event.target.matches("button, a, video, input") || document.querySelector("dialog[open]")) return;
      event.preventDefault();
      video()?.paused ? video().play() : video()?.pause();
    });
  }
  follow();
}
