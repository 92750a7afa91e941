// Shows the next preview once there is one, at the place that was being read.
"use strict";

const state = document.getElementById("state");
let shown = Number(document.body.dataset.version);
let wanted = shown;
let events = null;

function say(text, look) {
  state.textContent = text;
  state.className = look;
}

const current = () => document.querySelector("iframe:not(.next)");

// The last thing with an anchor that begins above the upper edge, and how far.
function place(view) {
  let found = { id: null, top: 0, y: view.scrollY };
  for (const element of view.document.querySelectorAll("[id]")) {
    const top = element.getBoundingClientRect().top;
    if (top > 1) break;
    found = { id: element.id, top, y: view.scrollY };
  }
  return found;
}

function restore(view, was) {
  const element = was.id && view.document.getElementById(was.id);
  const y = element ? view.scrollY + element.getBoundingClientRect().top - was.top : was.y;
  view.scrollTo({ top: y, behavior: "instant" });
}

function title() {
  const title = current().contentDocument?.title;
  if (title) document.title = title;
}

// Loads the next preview behind the one that is shown, and changes them once it is there.
function reload(version) {
  wanted = version;
  if (document.querySelector("iframe.next")) return;
  const old = current();
  const next = old.cloneNode();
  next.className = "next";
  next.addEventListener("load", () => {
    // A server that has ended leaves a page of the browser that nobody may look into.
    if (!next.contentDocument) return next.remove();
    restore(next.contentWindow, place(old.contentWindow));
    next.className = "";
    old.remove();
    shown = version;
    title();
    if (wanted !== shown) reload(wanted);
  }, { once: true });
  old.after(next);
}

function listen() {
  if (events || document.hidden) return;
  events = new EventSource("../events");
  events.onmessage = (message) => {
    const { version, trouble } = JSON.parse(message.data);
    say(trouble || "live", trouble ? "bad" : "live");
    if (version !== wanted) reload(version);
  };
  events.onerror = () => say("no answer: `casebook serve` may have ended", "bad");
}

// A browser has few connections to one server, so that a page that nobody sees keeps none.
function rest() {
  if (!document.hidden) return listen();
  events?.close();
  events = null;
}

document.addEventListener("visibilitychange", rest);
current().addEventListener("load", title);
title();
say("connecting", "");
listen();
