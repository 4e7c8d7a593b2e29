// Starts what a page has. Every module finds its elements by itself, and again when a piece of the page was replaced.
import { chains } from "./chains.js";
import { filters } from "./filters.js";
import { keys } from "./keys.js";
import { live } from "./live.js";
import { acts } from "./acts.js";
import { player } from "./player.js";
import { film } from "./film.js";
import { progress } from "./progress.js";

for (const begin of [filters, chains, player, film, progress]) {
  begin();
  document.addEventListener("replaced", (event) => begin(event.detail));
}
acts();
keys();
live();
