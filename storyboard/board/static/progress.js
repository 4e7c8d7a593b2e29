// Bars of takes under way, and about how long they still take.
let ticking = 0;

export function progress() {
  if (!ticking) ticking = setInterval(tick, 1000);
  tick();
}

function tick() {
  for (const bar of document.querySelectorAll(".progress progress")) {
    const expected = Number(bar.dataset.expected);
    const began = Number(bar.dataset.began);
    const told = bar.dataset.share;
    const passed = began ? Date.now() / 1000 - began : 0;
    const share = told !== undefined ? Number(told) : began ? Math.min(0.97, passed / expected) : 0;
    bar.value = share;
    const pace = told !== undefined && share > 0.1 && began ? passed / share : expected;
    bar.nextElementSibling.textContent = began || told !== undefined ? spelt(pace * (1 - share)) : "";
  }
}

function spelt(seconds) {
  if (seconds < 2) return "nearly there";
  return seconds < 90 ? `${Math.round(seconds)} s left` : `${Math.round(seconds / 60)} min left`;
}
