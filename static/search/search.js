// The search box: shows what comes back while somebody types; arrow keys walk the results, Escape and leaving close them.
(() => {
  const form = document.querySelector("[data-search]");
  if (!form) return;
  const box = form.querySelector("input"), list = form.querySelector("#suggestions"), state = form.querySelector("#search-state");
  const links = () => [box, ...list.querySelectorAll("a")];
  const show = (shown) => {
    list.hidden = !shown;
    state.textContent = shown && list.querySelector("a") ? state.dataset.words : "";
  };
  list.addEventListener("htmx:afterSwap", () => show(box.value.trim() !== "" && form.contains(document.activeElement)));
  box.addEventListener("input", () => { if (!box.value.trim()) show(false); });
  box.addEventListener("focus", () => show(box.value.trim() !== "" && list.querySelector("a") !== null));
  form.addEventListener("focusout", ({ relatedTarget }) => { if (relatedTarget && !form.contains(relatedTarget)) show(false); });
  document.addEventListener("click", ({ target }) => { if (!form.contains(target)) show(false); });
  form.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      show(false);
      box.focus();
    }
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!by || list.hidden) return;
    event.preventDefault();
    const all = links();
    all[Math.min(all.length - 1, Math.max(0, all.indexOf(document.activeElement) + by))]?.focus();
  });
})();
