// Bars of takes under way, and about how long they still take.
const LATE = 1.3;
let ticking = 0;

export function progress() {
  if (!ticking) ticking = setInterval(tick, 1000);
  tick();
}

function tick() {
  for (const bar of document.querySelectorAll(".progress progress")) {
    const expected = Number(bar.dataset.expected);
    const began = Number(bar.dataset.began);
    const told = Number(bar.dataset.share) > 0 ? bar.dataset.share : undefined; // 0 says only that it has begun
    const passed = began ? Date.now() / 1000 - began : 0;
    const share = told !== undefined ? Number(told) : began ? Math.min(0.97, passed / expected) : 0;
    bar.value = share;
    const pace = told !== undefined && share > 0.1 && began ? passed / share : expected;
    const left = told === undefined && passed > LATE * expected ? "longer than usual" : spelt(pace * (1 - share));
    bar.nextElementSibling.textContent = began || told !== undefined ? left : "";
  }
}

function spelt(seconds) {
  if (seconds < 2) return "nearly there";
  return seconds < 90 ? `${Math.round(seconds)} s left` : `${Math.round(seconds / 60)} min left`;
}
