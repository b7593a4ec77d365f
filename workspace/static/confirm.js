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
  const dialog = el("dialog", {
    class: "confirm",
    role: "alertdialog",
    "aria-modal": "true",
    "aria-labelledby": title,
    "aria-describedby": text,
    "data-testid": "confirm",
  });
  const done = (yes) => {
    dialog.close();
    dialog.remove();
    back?.focus?.();
    answer(yes);
  };
  const no = el(
    "button",
    { type: "button", class: "button", "data-testid": "confirm-no", onclick: () => done(false) },
    plain(spec.deny) || "Cancel",
  );
  const yes = el(
    "button",
    {
      type: "button",
      class: `button ${spec.style === "danger" ? "danger" : "primary"}`,
      "data-testid": "confirm-yes",
      onclick: () => done(true),
    },
    plain(spec.confirm) || "Yes",
  );
  dialog.append(
    el("h2", { id: title }, plain(spec.title)),
    el("p", { id: text, class: "prose" }, ...words(spec.text)),
    el("div", { class: "row end" }, no, yes),
  );
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    done(false);
  });
  dialog.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      done(false);
    } else if (event.key === "Tab") {
      event.preventDefault();
      (document.activeElement === no ? yes : no).focus();
    }
  });
  document.body.append(dialog);
  dialog.showModal();
  no.focus();
}
