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
    const share = told !== undefined ? Number(told) : began ? Math.min(0.97, (Date.now() / 1000 - began) / expected) : 0;
    bar.value = share;
    const left = expected * (1 - share);
    bar.nextElementSibling.textContent = began || told !== undefined ? spelt(left) : "";
  }
}

function spelt(seconds) {
  if (seconds < 2) return "nearly there";
  return seconds < 90 ? `${Math.round(seconds)} s left` : `${Math.round(seconds / 60)} min left`;
}
