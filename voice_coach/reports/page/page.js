// Draws the lists of events, which are in the page as text, as lanes to zoom and scroll. Nothing is loaded.
"use strict";
(() => {
  const id = (name) => document.getElementById(name);
  const timeline = id("timeline"), overview = id("overview"), drawing = id("drawing"), scroller = id("scroller");
  const spacer = id("spacer"), part = id("part"), chosen = id("chosen");

  const LANES = { s: { name: "speech", height: 40 }, o: { name: "sound", height: 22 }, a: { name: "action", height: 40 } };
  // How much of its lane a kind fills: what the body works at is full, quiet is low.
  const FILL = { pause: 0.3, wait: 0.45, rest: 0.65, bottom: 0.4, countdown: 0.8, breath: 0.8, count: 0.8 };
  const AXIS = 22, HEAD = 20, GAP = 6, BETWEEN = 14, TALK_MS = 20000, CLOSEST = 0.25, TOUCH = 14, APART = 56;
  const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600, 7200].map((s) => s * 1000);

  // ---- the events, from the lists of the page; slots lie one after the other, each as long as its longer pacing

  const slots = [...document.querySelectorAll(".chapter")].map((section) => ({
    title: section.querySelector("h3").textContent, ms: 0, at: 0, section,
  }));
  const views = [...document.querySelectorAll(".pacing")].map((p) => ({ name: p.dataset.name, chapters: [], events: [] }));
  slots.forEach((slot, index) => {
    for (const list of slot.section.querySelectorAll("ol[data-view]")) {
      const [startMs, lengthMs] = list.dataset.ms.split(" ").map(Number);
      const chapter = { slot, index, startMs, lengthMs };
      slot.ms = Math.max(slot.ms, lengthMs);
      const view = views[list.dataset.view];
      view.chapters.push(chapter);
      for (const row of list.children) {
        const [start, end] = row.dataset.t.split(" ").map(Number);
        view.events.push({ start, end, chapter, row, lane: row.dataset.l, kind: row.dataset.k });
      }
    }
  });
  slots.reduce((at, slot) => { slot.at = at; return at + slot.ms; }, 0);
  const total = Math.max(1, slots.reduce((sum, slot) => sum + slot.ms, 0));
  views.forEach((view, number) => {
    view.lanes = { s: [], o: [], a: [] };
    view.longest = { s: 0, o: 0, a: 0 };
    for (const event of view.events) {
      event.view = view;
      event.x0 = event.chapter.slot.at + event.start;
      event.x1 = event.chapter.slot.at + event.end;
      event.text = (event.row.querySelector(".said") || event.row.querySelector(".k")).textContent;
      view.lanes[event.lane].push(event);
      view.longest[event.lane] = Math.max(view.longest[event.lane], event.x1 - event.x0);
    }
    const rows = AXIS + HEAD + Object.values(LANES).reduce((sum, lane) => sum + lane.height + GAP, 0);
    view.top = number * (rows + BETWEEN);
    view.bottom = view.top + rows;
  });
  const height = Math.max(...views.map((view) => view.bottom));
  let scale = 0, selected = null, width = 0, colours = {};

  const firstAt = (events, ms, key) => { // the first event whose key lies at or after ms
    let low = 0, high = events.length;
    while (low < high) { const mid = (low + high) >> 1; if (events[mid][key] < ms) low = mid + 1; else high = mid; }
    return low;
  };
  const clock = (ms) => {
    const s = Math.round(ms / 1000), h = Math.floor(s / 3600), m = Math.floor(s / 60) % 60;
    return (h ? h + ":" + String(m).padStart(2, "0") : m) + ":" + String(s % 60).padStart(2, "0");
  };

  // ---- drawing

  const readColours = () => {
    const style = getComputedStyle(document.documentElement);
    colours = new Proxy({}, { get: (found, name) => found[name] ??= style.getPropertyValue("--" + name).trim() || style.color });
  };
  const prepare = (canvas, w, h) => {
    const ratio = window.devicePixelRatio || 1;
    if (canvas.width !== Math.round(w * ratio) || canvas.height !== Math.round(h * ratio)) {
      canvas.width = Math.round(w * ratio);
      canvas.height = Math.round(h * ratio);
    }
    const pen = canvas.getContext("2d");
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, w, h);
    pen.textBaseline = "middle";
    return pen;
  };
  const clipped = (pen, text, room) => {
    if (room < 14) return "";
    if (pen.measureText(text).width <= room) return text;
    let end = Math.min(text.length, Math.floor(room / 4));
    while (end && pen.measureText(text.slice(0, end) + "…").width > room) end -= 1;
    return end > 1 ? text.slice(0, end) + "…" : "";
  };

  const draw = () => {
    const left = scroller.scrollLeft, pen = prepare(drawing, width, height);
    const from = left / scale, to = (left + width) / scale;
    for (const view of views) {
      for (const chapter of view.chapters) drawChapter(pen, view, chapter, left);
      drawTimes(pen, view, left);
      let y = view.top + AXIS + HEAD;
      for (const [key, lane] of Object.entries(LANES)) {
        const events = view.lanes[key];
        for (let i = firstAt(events, from - view.longest[key], "x0"); i < events.length && events[i].x0 <= to; i++) {
          drawEvent(pen, events[i], left, y, lane.height);
        }
        y += lane.height + GAP;
      }
    }
    drawOverview(from, to);
  };
  const drawChapter = (pen, view, chapter, left) => {
    const { slot } = chapter, x = slot.at * scale - left, w = chapter.lengthMs * scale, all = slot.ms * scale;
    if (x > width || x + all < 0) return;
    const shown = Math.max(0, x), end = Math.min(width, x + w), top = view.top + AXIS;
    pen.fillStyle = colours[chapter.index % 2 ? "page" : "band"];
    pen.fillRect(shown, view.top, end - shown, view.bottom - view.top);
    if (all > w + 0.5) { // the other pacing goes on here
      pen.save();
      pen.beginPath();
      pen.rect(x + w, top, all - w, view.bottom - top);
      pen.clip();
      pen.strokeStyle = colours.saved;
      pen.lineWidth = 3;
      pen.beginPath();
      const begin = Math.max(x + w, -20), reach = view.bottom - top;
      for (let at = begin - reach - ((begin - x - w) % 12); at < Math.min(x + all, width + 20); at += 12) {
        pen.moveTo(at, view.bottom);
        pen.lineTo(at + reach, top);
      }
      pen.stroke();
      pen.restore();
    }
    pen.strokeStyle = colours.line;
    pen.lineWidth = 1;
    pen.beginPath();
    pen.moveTo(Math.round(x) + 0.5, view.top);
    pen.lineTo(Math.round(x) + 0.5, view.bottom);
    for (const { at } of marks(chapter, left)) {
      pen.moveTo(Math.round(at) + 0.5, view.top + AXIS - 6);
      pen.lineTo(Math.round(at) + 0.5, view.bottom);
    }
    pen.stroke();
    pen.font = "600 12px system-ui, sans-serif";
    pen.fillStyle = colours.ink;
    const room = Math.min(x + w, width) - shown - 8, long = slot.title + "  " + clock(chapter.lengthMs);
    pen.fillText(pen.measureText(long).width <= room ? long : clipped(pen, slot.title, room), shown + 4, top + HEAD / 2);
  };
  const marks = function* (chapter, left) { // the times along the top, and where they stand
    const step = STEPS.find((ms) => ms * scale >= APART) || STEPS[STEPS.length - 1];
    const x = chapter.slot.at * scale - left;
    const fromMs = chapter.startMs + Math.max(0, -x - APART) / scale;
    const toMs = chapter.startMs + Math.min(chapter.lengthMs, (width - x) / scale);
    for (let ms = Math.ceil(fromMs / step) * step; ms < toMs; ms += step) yield { ms, at: x + (ms - chapter.startMs) * scale };
  };
  const drawTimes = (pen, view, left) => { // over the chapters: one may be too short for the time in it
    pen.font = "11px system-ui, sans-serif";
    pen.fillStyle = colours.soft;
    let free = -Infinity;
    for (const chapter of view.chapters) {
      for (const { ms, at } of marks(chapter, left)) {
        const end = at + 3 + pen.measureText(clock(ms)).width;
        if (at < free || end > Math.max(width, total * scale - left)) continue;
        pen.fillText(clock(ms), at + 3, view.top + AXIS / 2);
        free = end + 4;
      }
    }
  };
  const drawEvent = (pen, event, left, top, full) => {
    const x = event.x0 * scale - left, w = Math.max(1, (event.x1 - event.x0) * scale - (scale > 0.01 ? 1 : 0));
    const h = Math.round(full * (FILL[event.kind] || 1)), y = top + full - h;
    pen.fillStyle = colours[event.kind];
    pen.fillRect(x, y, w, h);
    if (event.row.classList.contains("only")) { // a notch: the other pacing does not have it
      pen.fillStyle = colours.ink;
      pen.fillRect(x, top - 4, Math.max(2, w), 3);
    }
    if (w > 26 && h >= 14) {
      pen.font = "12px system-ui, sans-serif";
      pen.fillStyle = colours["on-bar"];
      const shown = Math.max(0, x);
      pen.fillText(clipped(pen, event.text, Math.min(x + w, width) - shown - 8), shown + 4, y + h / 2 + 0.5);
    }
    if (event === selected) {
      pen.strokeStyle = colours.page;
      pen.lineWidth = 5;
      pen.strokeRect(x - 1, y - 1, w + 2, h + 2);
      pen.strokeStyle = colours.ink;
      pen.lineWidth = 3;
      pen.strokeRect(x - 1, y - 1, w + 2, h + 2);
    }
  };

  // How much of the time around each moment is speech, as a hill for each pacing.
  const hill = (view, columns) => {
    const events = view.lanes.s, sums = [0];
    for (const event of events) sums.push(sums[sums.length - 1] + event.x1 - event.x0);
    const before = (ms) => { // milliseconds of speech before a moment
      const index = firstAt(events, ms, "x0");
      return sums[index] - (index ? Math.max(0, events[index - 1].x1 - ms) : 0);
    };
    const around = Math.max(TALK_MS, (2 * total) / columns);
    return Array.from({ length: columns }, (_, column) => {
      const ms = ((column + 0.5) * total) / columns;
      const low = Math.max(0, ms - around / 2), high = Math.min(total, ms + around / 2);
      return (before(high) - before(low)) / (high - low);
    });
  };
  const hills = new Map();
  const drawOverview = (from, to) => {
    const w = overview.clientWidth, h = overview.clientHeight, pen = prepare(overview, w, h);
    const row = h / views.length;
    views.forEach((view, number) => {
      const key = number + " " + w;
      if (!hills.has(key)) hills.set(key, hill(view, Math.max(1, w)));
      const base = (number + 1) * row;
      pen.fillStyle = colours.prompt;
      pen.beginPath();
      pen.moveTo(0, base);
      hills.get(key).forEach((share, x) => pen.lineTo(x, base - share * (row - 3)));
      pen.lineTo(w, base);
      pen.fill();
    });
    pen.fillStyle = colours.edge;
    for (const slot of slots.slice(1)) pen.fillRect(Math.round((slot.at / total) * w), 0, 1, h);
    const x0 = (from / total) * w, x1 = Math.min(w, (to / total) * w);
    if (x1 - x0 < w - 1) {
      pen.strokeStyle = colours.page;
      pen.lineWidth = 6;
      pen.strokeRect(x0 + 2, 2, Math.max(4, x1 - x0 - 4), h - 4);
      pen.strokeStyle = colours.ink;
      pen.lineWidth = 3;
      pen.strokeRect(x0 + 2, 2, Math.max(4, x1 - x0 - 4), h - 4);
    }
  };

  let asked = false;
  const redraw = () => {
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => { asked = false; draw(); });
  };

  // ---- scale and place

  const whole = () => width / total;
  const middle = () => { // what is chosen stays where it is, if it can be seen
    const x = selected ? selected.x0 * scale - scroller.scrollLeft : -1;
    return x >= -4 && x <= width + 4 ? x : width / 2; // places are whole pixels
  };
  const setScale = (wanted, anchor = middle()) => {
    const ms = (scroller.scrollLeft + anchor) / (scale || whole());
    scale = Math.min(Math.max(wanted, whole()), Math.max(CLOSEST, whole()));
    spacer.style.width = Math.max(width, Math.floor(total * scale)) + "px";
    scroller.scrollLeft = ms * scale - anchor;
    id("out").disabled = scale <= whole() * 1.001;
    id("in").disabled = scale >= CLOSEST;
    scroller.dataset.scale = scale;
    redraw();
  };
  const show = (from, to) => {
    setScale(width / Math.max(1, to - from));
    scroller.scrollLeft = from * scale;
    redraw();
  };
  const layout = () => {
    const wasWhole = !width || scale <= whole() * 1.001, left = scale ? scroller.scrollLeft / scale : 0;
    width = scroller.clientWidth;
    drawing.style.width = width + "px";
    drawing.style.height = height + "px";
    spacer.style.height = height + "px";
    id("names").style.height = height + "px";
    if (wasWhole) scale = 0;
    setScale(wasWhole ? whole() : scale, 0);
    scroller.scrollLeft = left * scale;
  };

  // ---- one event

  const select = (event, { reveal = true, list = false } = {}) => {
    if (!event) return;
    selected?.row.classList.remove("chosen-row");
    selected = event;
    event.row.classList.add("chosen-row");
    chosen.replaceChildren();
    const line = (text, name) => {
      const p = document.createElement("p");
      p.textContent = text;
      if (name) p.className = name;
      chosen.append(p);
      return p;
    };
    const of = (name) => event.row.querySelector(name)?.textContent || "";
    const said = line(event.lane === "s" ? "“" + event.text + "”" : event.text, "said");
    said.lang = event.row.querySelector("q")?.lang || "en";
    const whose = views.length > 1 ? ", " + event.view.name : "";
    line(`${of(".k")} at ${of(".t")}, ${of(".d")}${of("small") ? ", " + of("small") : ""} · ${event.chapter.slot.title}${whose}`);
    line("Its length: " + of(".w"));
    if (of("em")) line(of("em"));
    const where = line("Written in " + of("code") + " · ", "source"), link = document.createElement("a");
    link.href = "#" + event.row.id;
    link.textContent = "show in the list";
    where.append(link);
    if (reveal) {
      const left = scroller.scrollLeft, x0 = event.x0 * scale, x1 = event.x1 * scale;
      if (x0 < left || x1 > left + width) scroller.scrollLeft = Math.max(0, x0 - width / 3);
    }
    if (list) event.row.scrollIntoView({ block: "center" });
    redraw();
  };
  const step = (by) => {
    if (!selected) return select(firstShown());
    const events = selected.view.events, index = events.indexOf(selected);
    select(events[Math.min(events.length - 1, Math.max(0, index + by))]);
  };
  const firstShown = () => {
    const events = views[0].events, ms = scroller.scrollLeft / scale;
    return events.find((event) => event.x0 >= ms - 1) || events[0];
  };
  const otherLane = (by) => { // the event nearest in time, in the lane above or below
    if (!selected) return select(firstShown());
    const lanes = views.flatMap((view) => Object.keys(LANES).map((key) => view.lanes[key])).filter((lane) => lane.length);
    const here = lanes.indexOf(selected.view.lanes[selected.lane]);
    const lane = lanes[here + by];
    if (lane) select(nearest(lane, (selected.x0 + selected.x1) / 2));
  };
  const nearest = (events, ms, within = Infinity) => {
    const far = (event) => Math.max(0, event.x0 - ms, ms - event.x1);
    const index = firstAt(events, ms, "x0"), close = events.slice(Math.max(0, index - 2), index + 2);
    const best = close.reduce((a, b) => (!a || far(b) < far(a) ? b : a), null);
    return best && far(best) <= within ? best : null;
  };
  const at = (clientX, clientY) => {
    const box = drawing.getBoundingClientRect(), x = clientX - box.left + scroller.scrollLeft, y = clientY - box.top;
    const view = views.find((each) => y < each.bottom + BETWEEN / 2) || views[views.length - 1];
    let top = view.top + AXIS + HEAD;
    for (const [key, lane] of Object.entries(LANES)) {
      if (y < top + lane.height + GAP / 2) return y < view.top + AXIS ? null : nearest(view.lanes[key], x / scale, TOUCH / scale);
      top += lane.height + GAP;
    }
    return null;
  };

  // ---- hands and keys

  scroller.addEventListener("scroll", redraw, { passive: true });
  scroller.addEventListener("click", (e) => select(at(e.clientX, e.clientY), { reveal: false }));
  scroller.addEventListener("wheel", (e) => {
    if (!e.ctrlKey && !e.metaKey) return;
    e.preventDefault();
    setScale(scale * Math.exp(-e.deltaY / 200), e.clientX - scroller.getBoundingClientRect().left);
  }, { passive: false });
  let pinch = null;
  const fingers = (e) => {
    const [a, b] = e.touches, left = scroller.getBoundingClientRect().left;
    return { apart: Math.max(10, Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY)), middle: (a.clientX + b.clientX) / 2 - left };
  };
  scroller.addEventListener("touchstart", (e) => { pinch = e.touches.length === 2 ? { ...fingers(e), scale } : null; }, { passive: true });
  scroller.addEventListener("touchmove", (e) => {
    if (!pinch || e.touches.length !== 2) return;
    e.preventDefault();
    const now = fingers(e);
    setScale((pinch.scale * now.apart) / pinch.apart, now.middle);
  }, { passive: false });
  const KEYS = {
    ArrowRight: () => step(1), ArrowLeft: () => step(-1), ArrowDown: () => otherLane(1), ArrowUp: () => otherLane(-1),
    "+": () => setScale(scale * 1.6), "=": () => setScale(scale * 1.6), "-": () => setScale(scale / 1.6),
    0: () => setScale(0), Home: () => select(views[0].events[0]), End: () => select(views[0].events[views[0].events.length - 1]),
    PageDown: () => { scroller.scrollLeft += width * 0.9; }, PageUp: () => { scroller.scrollLeft -= width * 0.9; },
    Enter: () => { if (selected) location.hash = selected.row.id; },
  };
  scroller.addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey || !Object.hasOwn(KEYS, e.key)) return;
    e.preventDefault();
    KEYS[e.key]();
  });
  id("in").addEventListener("click", () => setScale(scale * 1.6));
  id("out").addEventListener("click", () => setScale(scale / 1.6));
  id("after").addEventListener("click", () => step(1));
  id("before").addEventListener("click", () => step(-1));
  part.addEventListener("change", () => {
    const slot = slots[part.value];
    if (part.value === "") show(0, total); else show(slot.at, slot.at + slot.ms);
  });
  const drag = (e) => {
    const box = overview.getBoundingClientRect();
    scroller.scrollLeft = ((e.clientX - box.left) / box.width) * total * scale - width / 2;
  };
  overview.addEventListener("pointerdown", (e) => { overview.setPointerCapture(e.pointerId); drag(e); });
  overview.addEventListener("pointermove", (e) => { if (overview.hasPointerCapture(e.pointerId)) drag(e); });
  document.addEventListener("click", (e) => {
    const row = e.target.closest?.(".chapter li"), link = e.target.closest?.("a[data-from]");
    if (row && String(getSelection()) === "") {
      for (const view of views) select(view.events.find((event) => event.row === row));
    } else if (link) { // a stretch of a part: shown in the drawing, with what is around it
      e.preventDefault();
      const [view, index, from, to] = link.dataset.from.split(" ").map(Number), slot = slots[index];
      const margin = Math.max(10000, (to - from) / 2);
      show(Math.max(0, slot.at + from - margin), slot.at + to + margin);
      select(nearest(views[view].lanes.s, slot.at + from), { reveal: false });
      scroller.focus({ preventScroll: true });
      timeline.scrollIntoView();
    }
  });

  // ---- begin

  const fillIn = () => {
    slots.forEach((slot, index) => part.add(new Option(slot.title, index)));
    for (const view of views) {
      let y = view.top;
      const name = (text, top, bold) => {
        const label = document.createElement(bold ? "b" : "span");
        label.textContent = text;
        label.style.top = top + "px";
        id("names").append(label);
      };
      if (views.length > 1) name("AB"[views.indexOf(view)], y, true);
      y += AXIS + HEAD;
      for (const lane of Object.values(LANES)) { name(lane.name, y + lane.height / 2 - 9); y += lane.height + GAP; }
    }
    const sums = new Map(); // of each kind, lane by lane, how long it is in each pacing
    for (const key of Object.keys(LANES)) {
      views.forEach((view, number) => {
        for (const event of view.lanes[key]) {
          if (!sums.has(event.kind)) sums.set(event.kind, views.map(() => 0));
          sums.get(event.kind)[number] += event.end - event.start;
        }
      });
    }
    const explain = (kind, text) => {
      const item = document.createElement("li"), sign = document.createElement("span");
      sign.className = "sign " + kind;
      item.append(sign, text);
      id("legend").append(item);
    };
    for (const [kind, times] of sums) explain(kind, kind + " " + times.map(clock).join(" / "));
    if (document.querySelector("li.only")) explain("notch", "above speech: said in this pacing only");
  };
  readColours();
  fillIn();
  timeline.hidden = false;
  new ResizeObserver(layout).observe(scroller);
  layout();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { readColours(); redraw(); });
  document.documentElement.dataset.ready = "yes";
})();
