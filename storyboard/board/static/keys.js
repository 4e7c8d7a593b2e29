// Everything by keyboard. Arrows go where the eye expects: to the card beside, above or below.
import { act } from "./acts.js";

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

// Letters alone may get in the way of those who speak to their machine: they can be turned off.
const OFF = "storyboard-single-keys-off";
const single = () => localStorage.getItem(OFF) === null;

export function keys() {
  const box = document.getElementById("single");
  box.checked = single();
  box.addEventListener("change", () => (box.checked ? localStorage.removeItem(OFF) : localStorage.setItem(OFF, "")));
  document.addEventListener("keydown", (event) => {
    const typing = event.target.matches("input:not([type=range]), select, textarea, video");
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
    if (typing) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    if (pressed(event)) event.preventDefault();
  });
}

function pressed(event) {
  const { key } = event;
  if (key in ARROWS && document.body.dataset.page === "/" && !event.target.matches("input")) return go(...ARROWS[key]);
  if (!single()) return false;
  if (key === "?") return opened("keys");
  if (key === "/") return focused("search");
  if (key === "[" || key === "]") return followed(`a[rel="${key === "[" ? "prev" : "next"}"]`);
  if ("sfgp".includes(key)) return followed(`.top nav [data-key="${key}"]`);
  if (key >= "1" && key <= "9") return did(`[data-act="circle"][data-take="${key}"]`);
  if (key === "l") return did('[data-act="lock"], [data-act="unlock"]');
  if (key === "r") return did('[data-act="retake"]') || did('[data-act="render"]');
  if (key === "x") return did('[data-act="stop"]');
  return false;
}

function opened(id) {
  document.getElementById(id).showModal();
  return true;
}

function focused(id) {
  const found = document.getElementById(id);
  found?.focus();
  return Boolean(found);
}

function followed(selector) {
  const found = document.querySelector(selector);
  found?.click();
  return Boolean(found);
}

function did(selector) {
  const found = document.querySelector(selector);
  if (found && !found.disabled) act(found);
  return Boolean(found);
}

function go(across, down) {
  const cards = [...document.querySelectorAll(".strip > li:not([hidden]) [data-card]")];
  const at = cards.indexOf(document.activeElement);
  if (at < 0) {
    cards[0]?.focus();
    return cards.length > 0;
  }
  const next = down ? beside(cards, cards[at], down) : cards[at + across];
  next?.focus();
  next?.closest("li").scrollIntoView({ block: "nearest" });
  return true;
}

// The nearest card in the next line of cards, above or below.
function beside(cards, from, down) {
  const box = (card) => card.closest("li").getBoundingClientRect();
  const here = box(from);
  const there = cards.filter((card) => (down > 0 ? box(card).top > here.top + 4 : box(card).top < here.top - 4));
  const line = down > 0 ? Math.min(...there.map((card) => box(card).top)) : Math.max(...there.map((card) => box(card).top));
  const same = there.filter((card) => Math.abs(box(card).top - line) < 4);
  return same.sort((a, b) => Math.abs(box(a).left - here.left) - Math.abs(box(b).left - here.left))[0];
}
