// The dialog: one card over the chat, kept as it was filled in until the bot answers with the next.

import { drawn } from "./adaptive.js";
import { announce, el, icon } from "./dom.js";
import { chat, say } from "./state.js";

export function taskDialog() {
  const title = el("h2", { tabindex: "-1", id: "task-title" });
  const close = el("button", { type: "button", class: "plain", "aria-label": "Close", "data-testid": "task-x" }, icon("close"));
  const trouble = el("p", { class: "trouble", role: "alert", hidden: true });
  const body = el("div", { class: "modal-body" });
  const node = el("dialog", { class: "modal task", "aria-labelledby": "task-title" }, el("div", { class: "sheet" }, el("header", {}, title, close), trouble, body));
  const task = { node, title, body, trouble, id: null, sending: false, forget: () => (task.id = null) };
  close.addEventListener("click", () => say("/teams/close", {}));
  node.addEventListener("cancel", (event) => {
    event.preventDefault();
    say("/teams/close", {});
  });
  return task;
}

export function drawTask(task, shown) {
  if (!shown) {
    if (task.node.open) task.node.close();
    task.body.replaceChildren();
    task.id = null;
    return;
  }
  if (task.id === shown.id) return;
  task.id = shown.id;
  task.title.textContent = shown.title;
  task.trouble.hidden = true;
  task.body.replaceChildren(drawn(shown.card, { people: chat.now.people, press: (action) => send(task, action) }));
  if (!task.node.open) task.node.showModal();
  task.body.scrollTop = 0;
  task.title.focus();
}

async function send(task, action) {
  if (task.sending) return;
  task.sending = true;
  task.trouble.hidden = true;
  task.node.setAttribute("aria-busy", "true");
  announce("Sending…");
  try {
    const said = await say("/teams/submit", { dialog: task.id, data: action.data });
    announce("");
    if (said.trouble) fail(task, said.trouble);
  } catch (problem) {
    fail(task, problem.message);
  } finally {
    task.sending = false;
    task.node.removeAttribute("aria-busy");
  }
}

function fail(task, words) {
  task.trouble.textContent = words;
  task.trouble.hidden = false;
}
