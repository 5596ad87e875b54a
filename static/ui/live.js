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

  let selected = new Set();
  document.addEventListener("htmx:beforeRequest", (event) => {
    const busy = document.querySelector("#dialog.show") || document.activeElement?.closest("[data-live] input[type=text]");
    if (event.detail.elt.dataset.live !== undefined && (busy || document.hidden)) event.preventDefault();
  });
  document.addEventListener("htmx:beforeSwap", () => {
    selected = new Set([...document.querySelectorAll("[data-row]:checked")].map((box) => box.value));
  });
  document.addEventListener("htmx:afterSwap", () => {
    document.querySelectorAll("[data-row]").forEach((box) => { if (selected.has(box.value)) box.checked = true; });
    tick();
    count();
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
