// What a person decides. Money is asked about first, with the sum in the question.
export function acts() {
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-open]");
    if (opener) document.getElementById(opener.dataset.open).showModal();
    const button = event.target.closest("[data-act]");
    if (button && !button.disabled) act(button);
  });
}

export async function act(button) {
  const { act: name, shot, take } = button.dataset;
  if (name === "circle") return tell(await post("circle", { shot, take: Number(take) }));
  if (name === "retake") return render({ retake: [shot], only: [shot] }, `One take more of ${shot}`);
  if (name === "render") return render({}, "Render the film");
  return tell(await post(name, { shot }));
}

async function render(what, title) {
  const price = await post("price", what);
  if (price.refused) return tell(price);
  if (price.words && !(await agreed(title, `It may cost ${price.words}.`, `Spend up to ${price.words}`))) return null;
  return tell(await post("render", { ...what, agreed: price.agreed }));
}

function agreed(title, words, yes) {
  const dialog = document.getElementById("ask");
  document.getElementById("ask-title").textContent = title;
  document.getElementById("ask-words").textContent = words;
  document.getElementById("ask-yes").textContent = yes;
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((settle) => dialog.addEventListener("close", () => settle(dialog.returnValue === "yes"), { once: true }));
}

async function post(name, said) {
  try {
    const answer = await fetch(`/acts/${name}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(said),
    });
    return answer.headers.get("content-type")?.includes("json") ? await answer.json() : { refused: await answer.text() };
  } catch {
    return { refused: "the board does not answer; is it still running?" };
  }
}

let gone = 0;
export function tell(answer) {
  const toast = document.getElementById("toast");
  toast.textContent = answer.refused || answer.done || "";
  clearTimeout(gone);
  gone = setTimeout(() => (toast.textContent = ""), answer.refused ? 12000 : 4000);
}
