// Lines from each card to those that are made from it, in the rows that are in sight.
const SVG = "http://www.w3.org/2000/svg";
let sight = null;
let sizes = null;
const due = new Set();

export function chains() {
  const rows = document.querySelectorAll(".scene");
  if (!rows.length) return;
  if (!sight) {
    sight = new IntersectionObserver((seen) => seen.forEach((one) => one.isIntersecting && plan(one.target)), { rootMargin: "400px" });
    sizes = new ResizeObserver((seen) => seen.forEach((one) => plan(one.target)));
    document.addEventListener("filtered", () => document.querySelectorAll(".scene").forEach(plan));
  }
  for (const row of rows) {
    if (row.dataset.chained !== undefined) continue;
    row.dataset.chained = "";
    sight.observe(row);
    sizes.observe(row);
  }
}

function plan(row) {
  if (!due.size) requestAnimationFrame(() => {
    for (const one of due) draw(one);
    due.clear();
  });
  due.add(row);
}

function draw(row) {
  const cards = new Map();
  for (const card of row.querySelectorAll(".shot")) if (card.dataset.opens) cards.set(card.dataset.shot, card);
  if (!cards.size || row.hidden) return;
  const origin = row.getBoundingClientRect();
  const near = (box) => box.bottom > -800 && box.top < innerHeight + 800;
  const paths = [];
  const frame = (card) => card.querySelector(".frame").getBoundingClientRect();
  const all = new Map([...row.querySelectorAll(".shot")].map((card) => [card.dataset.shot, card]));
  const seen = [...all.values()].filter((card) => !card.closest("li").hidden);
  const next = new Map(seen.map((card, at) => [card, seen[at + 1]]));
  for (const card of cards.values()) {
    if (card.closest("li").hidden) continue;
    const to = card.closest("li").getBoundingClientRect();
    if (!near(to)) continue;
    for (const source of card.dataset.opens.split(" ")) {
      const from = all.get(source);
      if (!from || from.closest("li").hidden) continue;
      const [a, b] = [frame(from), frame(card)];
      const below = Math.abs(a.left - b.left) < 4 && next.get(from) === card;
      paths.push(below ? down(from.closest("li").getBoundingClientRect(), b, origin) : line(a, b, origin));
    }
  }
  let svg = row.querySelector(":scope > .chains");
  if (!svg) {
    svg = document.createElementNS(SVG, "svg");
    svg.classList.add("chains");
    svg.setAttribute("aria-hidden", "true");
    row.append(svg);
  }
  svg.replaceChildren(...paths.flat());
}

// In a single column, from a card to the one below it.
function down(from, to, origin) {
  const x = to.left + 20 - origin.left;
  const y = to.top - origin.top;
  const d = `M${x} ${from.bottom - origin.top + 5}V${y - 6}`;
  return [element("path", { d }), element("path", { d: `M${x - 4} ${y - 7}l4 6l4 -6z`, class: "end" })];
}

function line(from, to, origin) {
  const ax = from.right - origin.left;
  const ay = from.top + from.height / 2 - origin.top;
  const bx = to.left - origin.left;
  const by = to.top + to.height / 2 - origin.top;
  const level = Math.abs(ay - by) < 4;
  let d = `M${ax} ${ay}L${bx - 5} ${by}`;
  if (level && bx - ax > 40) d = `M${ax} ${ay}C${ax + 14} ${from.top - origin.top - 18} ${bx - 14} ${to.top - origin.top - 18} ${bx - 5} ${by}`;
  if (!level) {
    const between = (Math.min(to.top, from.top + (to.top - from.top)) - origin.top) - 12;
    d = `M${ax} ${ay}h6q4 0 4 4V${between - 4}q0 4 -4 4H${bx - 12}q-4 0 -4 4V${by - 4}q0 4 4 4H${bx - 5}`;
  }
  return [element("path", { d }), element("path", { d: `M${bx - 6} ${by - 4}l6 4l-6 4z`, class: "end" })];
}

function element(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}
