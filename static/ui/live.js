// Keeps countdowns current, and lists fresh without losing selection, scroll or typed text.
(() => {
  const { overdue, left, day, hour, minute, part } = document.body.dataset;
  const spoken = (seconds) => {
    const minutes = Math.floor(seconds / 60), hours = Math.floor(minutes / 60), days = Math.floor(hours / 24);
    const rest = days ? hours % 24 : minutes % 60;
    if (!hours) return `${minutes} ${minute}`;
    return (days ? `${days} ${day}` : `${hours} ${hour}`) + (rest ? ` ${rest} ${days ? hour : part}` : "");
  };
  const tick = () => document.querySelectorAll("time[data-due]").forEach((element) => {
    const rest = element.dataset.due - Date.now() / 1000;
    const level = rest < 0 ? "late" : rest <= 3600 ? "soon" : "fine";
    element.className = `countdown countdown-${level}`;
    element.querySelector("span").textContent = (rest < 0 ? overdue : left).replace("…", spoken(Math.abs(rest)));
  });
  setInterval(tick, 30000);

  // A refresh replaces the rows; what the person has done with them is put back: ticks, focus and both scroll places.
  const row = (element) => element?.closest("tr[data-href]")?.dataset.href;
  const within = (element, list) => {
    if (!list.contains(element)) return null;
    const same = [...(element.closest("tr[data-href]") ?? list).querySelectorAll("a, button, input, tr")];
    return { row: row(element), at: element.matches("tr") ? -1 : same.indexOf(element) };
  };
  const found = (list, kept) => {
    const line = kept.row ? [...list.querySelectorAll("tr[data-href]")].find((each) => each.dataset.href === kept.row) : list;
    return kept.at < 0 ? line : line?.querySelectorAll("a, button, input, tr")[kept.at];
  };
  const wide = (list) => list.querySelector(".table-responsive");
  let kept = null;
  document.addEventListener("htmx:beforeRequest", (event) => {
    const busy = document.querySelector("#dialog.show");
    if (event.detail.elt.dataset.live !== undefined && (busy || document.hidden)) event.preventDefault();
  });
  document.addEventListener("htmx:beforeSwap", ({ detail: { target } }) => {
    if (target.dataset.live === undefined) return;
    kept = {
      id: target.id,
      ticked: new Set([...target.querySelectorAll("[data-row]:checked")].map((box) => box.value)),
      focus: within(document.activeElement, target),
      down: scrollY,
      across: wide(target)?.scrollLeft ?? 0,
    };
  });
  document.addEventListener("htmx:afterSwap", () => {
    const list = kept && document.getElementById(kept.id);
    if (list) {
      list.querySelectorAll("[data-row]").forEach((box) => { box.checked = kept.ticked.has(box.value); });
      if (wide(list)) wide(list).scrollLeft = kept.across;
      if (kept.focus) found(list, kept.focus)?.focus({ preventScroll: true });
      count();
      scrollTo({ top: kept.down, behavior: "instant" });
    }
    kept = null;
    tick();
  });

  const count = () => {
    const chosen = document.querySelectorAll("[data-row]:checked").length;
    document.querySelectorAll("[data-bulk]").forEach((bar) => {
      bar.hidden = !chosen;
      bar.querySelector("[data-count]").textContent = chosen;
    });
  };
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-all]")) {
      document.querySelectorAll("[data-row]").forEach((box) => { box.checked = event.target.checked; });
    }
    if (event.target.matches("[data-all], [data-row]")) count();
    if (event.target.matches("form[data-autosubmit] select, form[data-autosubmit] input[type=date]")) event.target.form.requestSubmit();
  });
})();
