// Enhancement only: every page works without it. Progress of jobs, files dropped on a form, filters without a button.

/** Replace a part of the page by the server's newest, until the part says that it is finished. */
async function follow(part) {
  const address = part.dataset.follow;
  const wait = Number(part.dataset.every || 1000);
  for (;;) {
    await new Promise((done) => setTimeout(done, wait));
    let answer;
    try {
      answer = await fetch(address, { headers: { "X-Part": "1" }, credentials: "same-origin", redirect: "manual" });
    } catch {
      continue; // the line is down for a moment
    }
    if (answer.type === "opaqueredirect" || answer.status >= 400) return void location.reload();
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-part]");
    if (fresh === null) return;
    say(fresh.querySelector("#stage")?.textContent ?? "");
    if (fresh.dataset.part === "ended") return void location.reload(); // before its links are there: a click on them would be lost
    part.replaceChildren(...fresh.childNodes);
  }
}

/** Say to a screen reader what has changed; figures that change every second are not read out. */
function say(text) {
  const live = document.querySelector("#said");
  if (live !== null && live.textContent !== text) live.textContent = text;
}

/** Let files be dropped on a form's field. */
function acceptDrops(box) {
  const input = box.querySelector("input[type=file]");
  const show = (on) => box.classList.toggle("over", on);
  for (const kind of ["dragenter", "dragover"]) {
    box.addEventListener(kind, (event) => { event.preventDefault(); show(true); });
  }
  for (const kind of ["dragleave", "drop"]) box.addEventListener(kind, () => show(false));
  box.addEventListener("drop", (event) => {
    event.preventDefault();
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
}

/** Put a slider beside a number, for the hand; the number stays what is read out and sent. */
function addSlider(input) {
  const range = document.createElement("input");
  Object.assign(range, { type: "range", className: "beside", min: input.min, max: input.max, step: input.dataset.slider, tabIndex: -1 });
  range.value = input.value || input.min;
  range.setAttribute("aria-hidden", "true");
  range.addEventListener("input", () => { input.value = range.value; });
  input.addEventListener("input", () => { range.value = input.value || input.min; });
  input.after(range);
}

for (const input of document.querySelectorAll("[data-slider]")) addSlider(input);
for (const part of document.querySelectorAll("[data-follow]")) follow(part);
for (const box of document.querySelectorAll("[data-drop]")) acceptDrops(box);
document.querySelector("#faults")?.setAttribute("tabindex", "-1");
document.querySelector("#faults")?.focus();
