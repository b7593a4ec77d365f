// Sends the pictures that somebody chose, one after the other, and says how far it is.  Its words stand in the page.
"use strict";
(() => {
  const page = document.getElementById("adding");
  const words = page.dataset;
  const files = document.getElementById("files");
  const list = document.getElementById("pictures");
  const pattern = document.getElementById("picture");
  const said = document.getElementById("said");
  const send = document.getElementById("send");
  const progress = document.getElementById("progress");
  const most = Number(words.most);
  const why = { 0: "broken", 400: "broken", 408: "broken", 403: "ended", 409: "full", 410: "ended", 413: "big", 415: "kind", 422: "wrong" };
  let count = Number(words.kept);
  let arrived = count;
  let busy = false;

  const filled = (text, values) => text.replace(/\{(\w+)\}/g, (all, name) => (name in values ? values[name] : all));
  const say = (name, values = {}) => { said.textContent = filled(words[name] || "", values); };
  const waiting = () => [...list.children].filter((item) => item.file);
  const settle = () => { document.querySelectorAll(".details").forEach((line) => { line.hidden = !waiting().length; }); };

  function number(item, n) {
    const texts = document.createTreeWalker(item, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) texts.currentNode.data = filled(texts.currentNode.data, { n });
    for (const one of item.querySelectorAll("*"))
      for (const name of ["id", "for", "alt"])
        if (one.hasAttribute(name)) one.setAttribute(name, filled(one.getAttribute(name), { n }));
  }

  function choose(file) {
    count += 1;
    const item = pattern.content.cloneNode(true).firstElementChild;
    number(item, count);
    item.file = file;
    item.number = count;
    // The name of this try, so that a picture sent twice in doubt is kept once.
    item.once = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    item.querySelector(".name").textContent = file.name;
    const image = item.querySelector("img");
    image.onerror = () => image.remove();
    image.src = URL.createObjectURL(file);
    item.querySelector("button").onclick = () => {
      item.remove();
      say("removed", { n: item.number });
      settle();
      files.focus();
    };
    list.append(item);
    say("chosen", { n: count });
  }

  files.onchange = () => {
    let last = "";
    for (const file of files.files) {
      if (file.size > Number(words.largest)) last = "big";
      else if (arrived + waiting().length >= most) last = "many";
      else choose(file);
    }
    files.value = "";
    if (last) say(last);
    settle();
  };

  function upload(item) {
    return new Promise((done) => {
      const told = { once: item.once };
      for (const box of item.querySelectorAll("input")) told[box.dataset.what] = box.value;
      const line = new XMLHttpRequest();
      line.open("PUT", words.to);
      line.setRequestHeader("Content-Type", "application/octet-stream");
      line.setRequestHeader("Lanyard-Mark", words.mark);
      let tenth = -1;
      line.upload.onprogress = (event) => {
        const percent = event.lengthComputable ? Math.floor((100 * event.loaded) / event.total) : 0;
        progress.value = percent;
        if (Math.floor(percent / 10) > tenth) {
          tenth = Math.floor(percent / 10);
          say("sending", { n: item.number, percent });
        }
      };
      line.onload = () => done(line.status);
      line.onerror = line.onabort = line.ontimeout = () => done(0);
      line.send(new Blob([JSON.stringify(told), "\n", item.file]));
    });
  }

  function told(item, text) {
    const place = item.querySelector(".told");
    place.textContent = text;
    place.hidden = false;
  }

  async function one(item) {
    const status = await upload(item);
    if (status !== 201) {
      item.classList.add("missed");
      told(item, words[why[status] || "busy"]);
      return false;
    }
    arrived += 1;
    delete item.file;
    item.classList.remove("missed");
    item.querySelector(".boxes").remove();
    told(item, filled(words.arrived, { n: item.number }));
    return true;
  }

  document.getElementById("sending").onsubmit = async (event) => {
    event.preventDefault();
    if (busy) return;
    if (!waiting().length) {
      say("none");
      files.focus();
      return;
    }
    busy = true;
    send.disabled = files.disabled = true;
    progress.hidden = false;
    let missed = 0;
    for (const item of waiting()) if (!(await one(item))) missed += 1;
    progress.hidden = true;
    send.disabled = files.disabled = busy = false;
    say(missed ? "some" : "all");
    settle();
    const next = list.querySelector(".missed h2");
    (next || files).focus();
  };

  window.addEventListener("beforeunload", (event) => { if (waiting().length) event.preventDefault(); });
  say("keptAlready");
  page.hidden = false;
})();
