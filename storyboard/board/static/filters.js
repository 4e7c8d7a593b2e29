// Which cards are seen: by state, scene and words. What is chosen stays in the address, so that it can be reloaded.
// A film of several pages is searched as a whole, by the board itself.
const chosen = { states: new Set(), scene: "", words: "" };
let begun = false;

export function filters() {
  const form = document.querySelector(".filters:not([data-whole])");
  if (!form) return;
  if (!form.dataset.begun) {
    form.dataset.begun = "";
    if (!begun) recall();
    begun = true;
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("input", () => change(form));
    form.addEventListener("click", (event) => {
      const chip = event.target.closest("[data-filter]");
      if (!chip) return;
      const state = chip.dataset.filter;
      if (!chosen.states.delete(state)) chosen.states.add(state);
      change(form);
    });
    form.querySelector("#search").value = chosen.words;
    form.querySelector("#scene").value = chosen.scene;
  }
  apply(form);
}

function recall() {
  const asked = new URLSearchParams(location.search);
  chosen.words = asked.get("q") ?? "";
  chosen.scene = asked.get("scene") ?? "";
  chosen.states = new Set(asked.getAll("state"));
}

function change(form) {
  chosen.words = form.querySelector("#search").value;
  chosen.scene = form.querySelector("#scene").value;
  const asked = new URLSearchParams();
  if (chosen.words) asked.set("q", chosen.words);
  if (chosen.scene) asked.set("scene", chosen.scene);
  for (const state of chosen.states) asked.append("state", state);
  history.replaceState(null, "", asked.size ? `?${asked}` : location.pathname);
  apply(form);
  document.dispatchEvent(new CustomEvent("filtered"));
}

function apply(form) {
  const counts = new Map();
  const words = chosen.words.toLowerCase().split(/\s+/).filter(Boolean);
  let seen = 0;
  let all = 0;
  for (const card of document.querySelectorAll(".shot")) {
    const { state, scene, text } = card.dataset;
    counts.set(state, (counts.get(state) ?? 0) + 1);
    const shown =
      (!chosen.states.size || chosen.states.has(state)) &&
      (!chosen.scene || scene === chosen.scene) &&
      words.every((word) => text.includes(word));
    const item = card.closest("li");
    if (item.hidden === shown) item.hidden = !shown;
    all += 1;
    seen += shown;
  }
  for (const chip of form.querySelectorAll("[data-filter]")) {
    const count = counts.get(chip.dataset.filter) ?? 0;
    const pressed = chosen.states.has(chip.dataset.filter);
    chip.hidden = !count && !pressed;
    chip.setAttribute("aria-pressed", String(pressed));
    chip.querySelector(".count").textContent = count;
  }
  for (const row of document.querySelectorAll(".scene")) row.hidden = !row.querySelector(".strip > li:not([hidden])");
  const found = form.querySelector("#found");
  const said = seen === all ? "" : `${seen} of ${all} shots`;
  if (found.textContent !== said) found.textContent = said;
}
