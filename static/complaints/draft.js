// A session that has run out must not cost what was typed: it stays in this tab until it is filed, and comes back after the
// login, to the same person only. The filing key comes back too, so that what was filed after all is not filed twice.
(() => {
  const form = document.getElementById("intake");
  const note = document.getElementById("draft-note");
  const KEY = "intake-draft";
  const SKIPPED = ["csrfmiddlewaretoken", "find", "then", "uploads"];

  const fields = () => [...form.elements].filter((field) => field.name && field.type !== "file" && !SKIPPED.includes(field.name));
  const keep = () => {
    const values = {};
    for (const field of fields()) if (field.type !== "radio" || field.checked) values[field.name] = field.value;
    sessionStorage.setItem(KEY, JSON.stringify({ user: form.dataset.user, values }));
  };

  const put = (values) => {
    for (const field of fields()) {
      if (!(field.name in values)) continue;
      if (field.type === "radio") field.checked = field.value === values[field.name];
      else field.value = values[field.name];
      if (field.name === "category") field.dispatchEvent(new Event("restored", { bubbles: true }));
      const fold = field.closest("details");
      if (fold && field.value) fold.open = true;
    }
  };

  const restore = async (values) => {
    const who = new URLSearchParams(values.customer ? { customer: values.customer } : { find: values.number || "" });
    if (values.customer || values.number) await htmx.ajax("GET", `${form.dataset.customer}?${who}`, "#customer");
    put(values);
    note.hidden = false;
    htmx.trigger(document.body, "facts");
  };

  const kept = JSON.parse(sessionStorage.getItem(KEY) || "null");
  sessionStorage.removeItem(KEY);
  const fromLogin = document.referrer.startsWith(`${location.origin}/accounts/`);
  if (kept && fromLogin && kept.user === form.dataset.user && form.dataset.fresh) restore(kept.values);

  form.addEventListener("submit", keep);
})();
