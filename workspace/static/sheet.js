// One view of the modal's stack, as a form: its blocks, its errors, its trouble, its two buttons.

import { controlOf, drawBlocks, drawErrors } from "./blocks.js";
import { announce, el, icon, uid } from "./dom.js";
import { say } from "./state.js";
import { surface } from "./surface.js";
import { plain } from "./text.js";

export class Sheet {
  constructor(id, close) {
    this.id = id;
    this.mine = {}; // errors found here before anything was sent
    this.fault = null; // trouble between this page and its server
    this.sending = false;
    this.surface = surface("view", { view: id, onTrouble: (words) => this.inTrouble(words) });
    this.title = el("h2", { id: uid("title"), tabindex: "-1" });
    this.back = plainButton("Back", "back", { onclick: () => close(false) });
    this.summary = el("div", { class: "summary", role: "alert", tabindex: "-1", hidden: true });
    this.blocks = el("div", { class: "blocks" });
    this.trouble = el(
      "p",
      { class: "trouble", role: "alert", hidden: true, "data-testid": "modal-trouble" },
      icon("warn"),
      el("span"),
    );
    this.cancel = el("button", {
      type: "button",
      class: "button",
      "data-testid": "modal-close",
      onclick: () => close(false),
    });
    this.submit = el("button", { type: "submit", class: "button primary", "data-testid": "modal-submit" });
    this.body = el("div", { class: "modal-body", tabindex: "-1" }, this.summary, this.blocks);
    this.node = this.form(plainButton("Close", "close", { "data-testid": "modal-x", onclick: () => close(true) }));
  }

  form(closer) {
    const onsubmit = (event) => {
      event.preventDefault();
      this.send();
    };
    return el(
      "form",
      { class: "sheet", novalidate: true, onsubmit },
      el("header", {}, this.back, this.title, closer),
      this.body,
      el("footer", {}, this.trouble, el("div", { class: "row end" }, this.cancel, this.submit)),
    );
  }

  show(view, depth) {
    const fresh =
      !this.view ||
      !view.blocks.some((block) =>
        this.view.blocks.some((old) => old.block_id === block.block_id && block.type === "input"),
      );
    const renewed = this.view && JSON.stringify(view.blocks) !== JSON.stringify(this.view.blocks);
    this.view = view;
    drawBlocks(this.blocks, this.surface.show(view.blocks, view.values), this.surface);
    if (renewed) this.mine = {};
    this.title.textContent = plain(view.title);
    this.back.hidden = depth < 2;
    this.cancel.textContent = plain(view.close) || (view.submit ? "Cancel" : "Close");
    this.submit.hidden = !view.submit;
    this.submit.textContent = plain(view.submit);
    this.tell();
    // What the bot drew anew begins at its top, unless somebody is typing in it.
    if (fresh || (renewed && !this.blocks.contains(document.activeElement))) this.body.scrollTop = 0;
    return fresh;
  }

  // The parts that change without the blocks: errors, trouble, busy.
  tell() {
    const errors = this.errors();
    drawErrors(this.blocks, errors);
    const signature = JSON.stringify(errors);
    if (signature !== this.told) this.summarise(errors);
    this.told = signature;
    const words = this.fault ?? this.view.trouble;
    if (this.trouble.hidden === Boolean(words)) this.trouble.hidden = !words;
    if (this.trouble.lastElementChild.textContent !== (words ?? ""))
      this.trouble.lastElementChild.textContent = words ?? "";
    this.node.setAttribute("aria-busy", String(this.busy()));
    this.submit.setAttribute("aria-disabled", String(this.busy()));
  }

  busy() {
    return this.sending || Boolean(this.view?.busy);
  }

  errors() {
    return Object.keys(this.mine).length ? this.mine : (this.view.errors ?? {});
  }

  summarise(errors) {
    const known = Object.entries(errors).filter(([block]) => this.view.blocks.some((one) => one.block_id === block));
    this.summary.hidden = known.length === 0;
    this.summary.replaceChildren(
      el(
        "p",
        {},
        icon("warn"),
        known.length === 1 ? "One answer needs another look." : `${known.length} answers need another look.`,
      ),
      el(
        "ul",
        {},
        known.map(([block, words]) => {
          const label = plain(this.view.blocks.find((one) => one.block_id === block).label);
          return el(
            "li",
            {},
            el(
              "a",
              {
                href: "#",
                onclick: (event) => {
                  event.preventDefault();
                  controlOf(this.blocks, block)?.focus();
                },
              },
              label,
              " — ",
              words,
            ),
          );
        }),
      ),
    );
  }

  inTrouble(words) {
    this.fault = `${words} What you typed is still here: please try again.`;
    this.tell();
  }

  async send() {
    if (this.busy() || !this.view.submit) return;
    this.sending = true;
    this.fault = null;
    this.told = null;
    this.tell();
    await Promise.allSettled([...this.surface.uploads]);
    this.mine = this.surface.answers.missing(this.view.blocks);
    try {
      if (!Object.keys(this.mine).length) await this.post();
    } finally {
      this.sending = false;
      this.tell();
    }
    if (!this.node.isConnected) return;
    if (!this.summary.hidden) this.summary.focus();
    else if (!this.trouble.hidden) this.submit.focus();
  }

  async post() {
    announce("Sending…");
    try {
      await say("/ui/submit", { view_id: this.id, values: this.surface.answers.all(this.view.blocks) });
      announce("");
    } catch (problem) {
      this.inTrouble(problem.message);
    }
  }

  first() {
    const wanted = this.view.blocks.find((block) => block.element?.focus_on_load);
    return (wanted && controlOf(this.blocks, wanted.block_id)) ?? this.title;
  }
}

const plainButton = (label, sign, props) =>
  el("button", { type: "button", class: "plain", "aria-label": label, ...props }, icon(sign));
