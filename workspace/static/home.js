// The bot's Home tab, drawn from the view that it published.

import { drawBlocks } from "./blocks.js";
import { el } from "./dom.js";
import { chat, say } from "./state.js";
import { surface } from "./surface.js";

let kept = null; // one surface for as long as the page lives

// Opening the tab tells the bot, as Slack's app_home_opened does.
export function homePane() {
  const trouble = el("p", { class: "trouble", role: "alert", hidden: true });
  const blocks = el("div", { class: "blocks home" });
  say("/ui/home", {}).catch(() => {});
  return {
    blocks,
    trouble,
    node: el("div", { class: "home-frame", tabindex: "0", role: "tabpanel", "aria-label": "Home" }, trouble, blocks),
  };
}

export function drawHome(pane) {
  const view = chat.now.home;
  pane.trouble.hidden = !view?.trouble;
  if (pane.trouble.textContent !== (view?.trouble ?? "")) pane.trouble.textContent = view?.trouble ?? "";
  if (!view)
    return pane.blocks.replaceChildren(
      el("p", { class: "empty" }, "Nothing here yet. It appears as soon as the app has drawn it."),
    );
  kept ??= surface("home");
  drawBlocks(pane.blocks, kept.show(view.blocks, view.values), kept);
}
