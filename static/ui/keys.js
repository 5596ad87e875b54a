// Keyboard: a button or field says its key in data-key; j and k walk the rows, Enter opens one.
(() => {
  const typing = (element) => element.matches("input, textarea, select, [contenteditable]");
  const rows = () => [...document.querySelectorAll("tr[data-href]")];
  const step = (by) => {
    const all = rows(), at = all.indexOf(document.activeElement);
    all[Math.min(all.length - 1, Math.max(0, at + by))]?.focus();
  };
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.target.form?.requestSubmit();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || document.querySelector("#dialog.show")) return;
    if (event.key === "j") step(1);
    if (event.key === "k") step(-1);
    if (event.key === "Enter" && event.target.dataset.href) location.href = event.target.dataset.href;
    const target = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (!target) return;
    event.preventDefault();
    if (typing(target)) target.focus(); else target.click();
  });
})();
