// "Are you sure?" for elements that carry a confirm object.

import { el, uid } from "./dom.js";
import { plain, words } from "./text.js";

// Resolves to true when there is nothing to ask, or when the person says yes.
export function confirmed(spec) {
  return spec ? new Promise((answer) => ask(spec, answer)) : Promise.resolve(true);
}

function ask(spec, answer) {
  const [title, text] = [uid("title"), uid("text")];
  const back = document.activeElement;
  const done = (yes) => {
    dialog.close();
    dialog.remove();
    back?.focus?.();
    answer(yes);
  };
  const look = spec.style === "danger" ? "danger" : "primary";
  const no = choice(plain(spec.deny) || "Cancel", {
    class: "button",
    "data-testid": "confirm-no",
    onclick: () => done(false),
  });
  const yes = choice(plain(spec.confirm) || "Yes", {
    class: `button ${look}`,
    "data-testid": "confirm-yes",
    onclick: () => done(true),
  });
  const dialog = el(
    "dialog",
    {
      class: "confirm",
      role: "alertdialog",
      "aria-modal": "true",
      "aria-labelledby": title,
      "aria-describedby": text,
      "data-testid": "confirm",
    },
    el("h2", { id: title }, plain(spec.title)),
    el("p", { id: text, class: "prose" }, ...words(spec.text)),
    el("div", { class: "row end" }, no, yes),
  );
  dialog.addEventListener("cancel", (event) => event.preventDefault());
  dialog.addEventListener("keydown", (event) => keys(event, { no, yes, done }));
  document.body.append(dialog);
  dialog.showModal();
  no.focus();
}

const choice = (label, props) => el("button", { type: "button", ...props }, label);

function keys(event, { no, yes, done }) {
  if (event.key === "Escape") {
    event.stopPropagation();
    done(false);
  } else if (event.key === "Tab") (document.activeElement === no ? yes : no).focus();
  else return;
  event.preventDefault();
}
