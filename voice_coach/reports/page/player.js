// Makes a player of the words and the sound that are in the page. Nothing is loaded, and nothing leaves it.
"use strict";
(() => {
  const id = (name) => document.getElementById(name);
  const sound = id("sound"), caption = id("caption"), live = id("live"), seek = id("seek");
  const STEP_S = 15, AGAIN_S = 3, KEEP_EVERY_MS = 2000, BASE64_AT_ONCE = 1 << 20;
  const title = document.querySelector("h1").textContent;

  // ---- what there is: chapters, captions and what the body does, in seconds from the start

  const sections = [...document.querySelectorAll(".part")].map((node) => {
    const [start, length] = node.dataset.ms.split(" ").map((ms) => ms / 1000);
    return { node, start, end: start + length, title: node.querySelector(".name").textContent };
  });
  const inside = (section, selector) => [...section.node.querySelectorAll(selector)].map((node) => {
    const [start, end] = node.dataset.t.split(" ").map((ms) => section.start + ms / 1000);
    return { node, start, end, title: node.textContent };
  });
  const captions = sections.flatMap((section) => inside(section, ".words"));
  const doings = sections.flatMap((section) => inside(section, ".doing li"));
  const chapters = sections.flatMap((section) => { // what may be jumped to: a section, or each set in it
    const marks = inside(section, ".marks li");
    return marks.length ? marks : [section];
  });
  if (!chapters.length) chapters.push({ start: 0, end: 0, title });
  const end = () => chapters[chapters.length - 1].end || sound.duration || 0;
  const at = (list, time) => { // the last that has begun
    let low = 0, high = list.length;
    while (low < high) { const mid = (low + high) >> 1; if (list[mid].start <= time) low = mid + 1; else high = mid; }
    return low - 1;
  };
  const clock = (seconds) => {
    const s = Math.max(0, Math.round(seconds)), h = Math.floor(s / 3600), m = Math.floor(s / 60) % 60;
    return (h ? h + ":" + String(m).padStart(2, "0") : m) + ":" + String(s % 60).padStart(2, "0");
  };

  // ---- what is remembered, where the browser lets us; each page by what is in it

  const box = (() => { try { return window.localStorage; } catch { return null; } })();
  const recall = (name) => { try { return box.getItem("voice-coach:" + name); } catch { return null; } };
  const keep = (name, value) => { try { box.setItem("voice-coach:" + name, value); } catch { /* it will not have it */ } };
  let kept = 0, wanted = Number(recall(sound.dataset.key)) || 0;
  const keepPlace = () => {
    if (!sound.readyState) return; // it is not where it was left yet
    kept = Date.now();
    keep(sound.dataset.key, sound.ended ? 0 : sound.currentTime.toFixed(2));
  };

  // ---- what is shown; nothing is touched that stays the same

  const shown = new Map();
  const changed = (what, value) => shown.get(what) !== value && (shown.set(what, value), true);
  const text = (node, value) => { if (changed(node, value)) node.textContent = value; };
  const marked = (list, index, name, set) => {
    const before = shown.get(name);
    if (!changed(name, index)) return;
    if (list[before]) set(list[before], false);
    if (list[index]) set(list[index], true);
  };

  const show = () => {
    const now = sound.currentTime, index = Math.max(0, at(chapters, now)), chapter = chapters[index];
    const length = (chapter.end || end()) - chapter.start, gone = Math.min(length, now - chapter.start);
    text(id("chapter"), chapter.title);
    text(id("clock"), `${clock(Math.floor(gone))} of ${clock(length)}`);
    const share = length ? Math.round((1000 * gone) / length) : 0;
    if (changed("share", share)) {
      id("done").style.strokeDasharray = `${share} 1000`;
      id("done").classList.toggle("none", !share); // a round end would be a dot
      if (chapter.bar) chapter.bar.style.transform = `scaleX(${share / 1000})`;
    }
    marked(chapters, index, "chapter", (each, here) => {
      if (each.bar) each.bar.style.transform = `scaleX(${here ? share / 1000 : 0})`;
      if (here) each.button?.setAttribute("aria-current", "true"); else each.button?.removeAttribute("aria-current");
      if (here) tellSystem(each);
    });
    if (document.activeElement !== seek || !seek.matches(":active")) seek.value = Math.floor(now);
    text(id("place"), `${clock(Math.floor(now))} of ${clock(end())}`);
    seek.setAttribute("aria-valuetext", `${clock(Math.floor(now))}, ${chapter.title}`);
    id("after").setAttribute("aria-disabled", String(index === chapters.length - 1));
    showCaption(now, chapter);
    showDoing(now);
    text(id("name"), !sound.paused ? "Pause" : sound.ended ? "Play again" : now < 0.5 ? "Play" : `Go on from ${clock(Math.floor(now))}`);
    document.documentElement.classList.toggle("playing", !sound.paused);
  };
  const showCaption = (now, chapter) => {
    let index = at(captions, now);
    if (captions[index]?.start < chapter.start && captions[index].end <= now) index = -1; // nothing was said in this one yet
    const said = captions[index];
    marked(captions, index, "caption", (each, here) => each.node.closest("li").classList.toggle("now", here));
    if (changed("said", index)) {
      caption.replaceChildren(...(said ? pieces(said) : []));
      // Numbers come too quickly to be read out; whoever needs the words gets them all in the caption.
      if (said && id("aloud").checked && !sound.paused && !said.node.matches(".countdown, .count")) text(live, said.node.textContent);
    }
    caption.classList.toggle("over", !!said && now >= said.end);
    for (const word of said?.words || []) word.node.classList.toggle("now", now >= word.start && now < word.end);
  };
  const pieces = (said) => { // the caption as nodes, each word whose time is known in one of its own
    const whole = said.node.textContent, numbers = (said.node.dataset.w || "").split(" ").filter(Boolean).map(Number);
    const nodes = [];
    let done = 0;
    said.words = [];
    for (let i = 0; i < numbers.length; i += 4) {
      const node = document.createElement("span");
      node.textContent = whole.slice(numbers[i], numbers[i + 1]);
      nodes.push(whole.slice(done, numbers[i]), node);
      said.words.push({ node, start: said.start + numbers[i + 2] / 1000, end: said.start + numbers[i + 3] / 1000 });
      done = numbers[i + 1];
    }
    nodes.push(whole.slice(done));
    const one = document.createElement("span"); // one item, as the caption is laid out by its items
    one.append(...nodes);
    return [one];
  };
  const showDoing = (now) => {
    const found = doings[at(doings, now)], doing = found && now < found.end ? found : null;
    const left = doing && "left" in doing.node.dataset ? ` ${clock(Math.ceil(doing.end - now))}` : "";
    text(id("doing"), doing ? doing.node.textContent + left : "");
    if (changed("breath", doing)) {
      const breath = id("breath").style, full = doing?.node.matches(".inhale, .top");
      breath.transitionDuration = doing?.node.matches(".inhale, .exhale") ? `${doing.end - now}s` : "";
      breath.transform = full ? "scale(1.35)" : "";
    }
  };
  let drawing = false;
  const follow = () => { // while it plays and can be seen, with every picture; else a few times a second
    if (drawing) return;
    drawing = true;
    const draw = () => {
      show();
      drawing = !sound.paused && !document.hidden;
      if (drawing) requestAnimationFrame(draw);
    };
    draw();
  };

  // ---- what can be done

  const trouble = (words) => { id("trouble").hidden = !words; text(id("trouble"), words); };
  const play = () => sound.play().catch((error) => {
    if (error.name !== "AbortError") trouble("The sound cannot be played here. Open this file in another browser.");
  });
  const toggle = () => { if (sound.paused) play(); else sound.pause(); };
  const go = (time, say = "") => {
    wanted = Math.min(Math.max(0, time), Math.max(0, end() - 0.1));
    sound.currentTime = wanted;
    show();
    if (say) text(live, say);
    keepPlace();
  };
  const here = () => Math.max(0, at(chapters, sound.currentTime));
  const enter = (index) => go(chapters[index].start, chapters[index].title);
  const before = () => enter(sound.currentTime - chapters[here()].start > AGAIN_S ? here() : Math.max(0, here() - 1));
  const after = () => { if (here() < chapters.length - 1) enter(here() + 1); };
  const by = (seconds) => go(sound.currentTime + seconds);
  // A finger feels that it has hit a button: one knock, two for an exercise.
  const felt = (what, knocks) => (event) => { if (event.pointerType === "touch") navigator.vibrate?.(knocks); what(); };
  id("play").addEventListener("click", felt(toggle, 30));
  id("back").addEventListener("click", felt(() => by(-STEP_S), 30));
  id("before").addEventListener("click", felt(before, [30, 60, 30]));
  id("after").addEventListener("click", felt(after, [30, 60, 30]));
  seek.addEventListener("input", () => go(Number(seek.value)));

  const KEYS = {
    " ": toggle, ArrowLeft: () => by(-STEP_S), ArrowRight: () => by(STEP_S), Home: () => enter(0), n: after, p: before,
  };
  document.addEventListener("keydown", (event) => {
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key, on = event.target;
    if (event.ctrlKey || event.metaKey || event.altKey || !Object.hasOwn(KEYS, key)) return;
    if (/^[a-z]$/.test(key) && !id("letters").checked) return;
    if (key === " " ? on.matches("button, a, input") : on.matches("input[type=range]") && key.length > 1) return; // theirs
    event.preventDefault();
    KEYS[key]();
  });

  // ---- headset, lock screen, and a screen that stays on

  const system = navigator.mediaSession;
  const tellSystem = (chapter) => {
    if (!system || !window.MediaMetadata) return;
    const cover = id("cover"), artwork = cover.type ? [{ src: cover.href, type: cover.type, sizes: cover.sizes.value }] : [];
    system.metadata = new MediaMetadata({ title: chapter.title, artist: title, album: sound.dataset.author, artwork });
  };
  const ASKED = {
    play, pause: () => sound.pause(), stop: () => sound.pause(), previoustrack: before, nexttrack: after,
    seekto: (details) => go(details.seekTime),
  };
  // An iPhone, told apart by this property, shows keys for seconds instead of those for exercises if there are both.
  if (!CSS.supports("-webkit-touch-callout", "none")) {
    ASKED.seekbackward = (details) => by(-(details?.seekOffset || STEP_S));
    ASKED.seekforward = (details) => by(details?.seekOffset || STEP_S);
  }
  const listen = () => {
    for (const [action, handler] of Object.entries(ASKED)) {
      try { system?.setActionHandler(action, handler); } catch { /* this browser does not know that key */ }
    }
  };
  const tellPlace = () => {
    if (!system) return;
    system.playbackState = sound.paused ? "paused" : "playing";
    if (!Number.isFinite(sound.duration)) return;
    try {
      system.setPositionState?.({ duration: sound.duration, position: Math.min(sound.currentTime, sound.duration) });
    } catch { /* the bar of the lock screen stays as it was */ }
  };
  let lock = null, asking = false;
  const stayAwake = async () => {
    if (!navigator.wakeLock || lock || asking || sound.paused || document.hidden) return;
    asking = true;
    try {
      lock = await navigator.wakeLock.request("screen");
      lock.addEventListener("release", () => { lock = null; });
      if (sound.paused) lock.release();
    } catch { /* a low battery, say: the sound goes on without it */ }
    asking = false;
  };

  // ---- the sound tells what happens, whoever asked for it

  sound.addEventListener("playing", () => { // again, as some browsers forget it when a sound begins
    trouble("");
    listen();
    tellSystem(chapters[here()]);
    tellPlace();
    stayAwake();
    follow();
  });
  sound.addEventListener("pause", () => { lock?.release(); tellPlace(); keepPlace(); show(); });
  sound.addEventListener("ended", () => { keepPlace(); show(); });
  sound.addEventListener("seeked", () => { tellPlace(); show(); });
  sound.addEventListener("loadedmetadata", () => {
    if (Math.abs(sound.currentTime - wanted) > 1) sound.currentTime = wanted; // some forget what was set before they loaded
    seek.max = Math.floor(end());
    show();
  });
  sound.addEventListener("timeupdate", () => { show(); if (!sound.paused && Date.now() - kept > KEEP_EVERY_MS) keepPlace(); });
  sound.addEventListener("error", () => trouble("The sound cannot be played here. Open this file in another browser."));
  addEventListener("pagehide", keepPlace);
  document.addEventListener("visibilitychange", () => { if (document.hidden) keepPlace(); else { stayAwake(); follow(); } });

  // ---- begin

  const loaded = () => { // from the plain controls of those who run no scripts, which are but text to us
    const plain = document.querySelector("noscript"), written = plain.textContent, parts = [];
    const first = written.indexOf("data:") + "data:".length, data = written.indexOf(",", first) + 1, end = written.indexOf('"', data);
    for (let from = data; from < end; from += BASE64_AT_ONCE) {
      const bytes = atob(written.slice(from, Math.min(end, from + BASE64_AT_ONCE))), part = new Uint8Array(bytes.length);
      for (let i = 0; i < bytes.length; i++) part[i] = bytes.charCodeAt(i);
      parts.push(part);
    }
    plain.remove();
    return URL.createObjectURL(new Blob(parts, { type: written.slice(first, data).split(";")[0] }));
  };
  const fillList = () => chapters.forEach((chapter, index) => {
    const item = document.createElement("li"), button = document.createElement("button");
    const part = (name, value) => {
      const node = document.createElement("span");
      node.className = name;
      node.textContent = value;
      button.append(node);
      return node;
    };
    part("number", index + 1);
    const name = part("title", chapter.title);
    if (id("chapter").lang) name.lang = id("chapter").lang;
    part("long", clock((chapter.end || end()) - chapter.start));
    chapter.bar = part("share", "");
    chapter.button = button;
    button.type = "button";
    button.addEventListener("click", felt(() => {
      enter(index);
      play();
      if (id("play").getBoundingClientRect().bottom < 0) scrollTo(0, 0); // back to the large button
    }, [30, 60, 30]));
    item.append(button);
    id("list").append(item);
  });
  for (const name of ["letters", "aloud"]) {
    id(name).checked = recall(name) !== "no";
    id(name).addEventListener("change", () => keep(name, id(name).checked ? "yes" : "no"));
  }
  fillList();
  seek.max = Math.floor(end());
  if (end() && wanted > end() - 1) wanted = 0;
  sound.src = loaded();
  sound.preload = "auto";
  if (wanted) sound.currentTime = wanted;
  listen();
  for (const name of ["more", "player", "parts", "settings"]) id(name).hidden = false;
  show();
  document.documentElement.dataset.ready = "yes";
})();
