// Keyboard: a button or field says its key in data-key; j and k walk the rows, Enter opens one; Ctrl+Enter sends the form in hand,
// or the one that says it is the page's own (data-submits).
(() => {
  const typing = (element) => element.matches("input, textarea, select, [contenteditable]");
  const rows = () => [...document.querySelectorAll("tr[data-href]")];
  const step = (by) => {
    const all = rows(), shown = all.findIndex((row) => row.ariaCurrent === "true");
    const at = all.includes(document.activeElement) ? all.indexOf(document.activeElement) : shown;
    all[Math.min(all.length - 1, Math.max(0, at + by))]?.focus();
  };
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      (event.target.form ?? document.querySelector("form[data-submits]"))?.requestSubmit();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || document.querySelector("#dialog.show")) return;
    if (event.key === "j") step(1);
    if (event.key === "k") step(-1);
    if (event.key === "Enter" && event.target.dataset.href) location.href = event.target.dataset.href;
    const target = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    // Beside a list, a key means the row that is shown, not another that is only outlined.
    const elsewhere = document.querySelector("tr[aria-current]") && event.target.matches("tr[data-href]:not([aria-current])");
    if (!target || elsewhere) return;
    event.preventDefault();
    if (typing(target)) target.focus(); else target.click();
  });
})();
