// The dialog that action forms open in, messages of failed requests, and the guard against double submission.
(() => {
  const dialog = () => tabler.Modal.getOrCreateInstance(document.getElementById("dialog"));

  const toast = (text, kind) => {
    const box = document.createElement("div");
    box.className = `toast show align-items-center border-${kind}`;
    box.innerHTML = '<div class="d-flex"><div class="toast-body"></div><button class="btn-close me-2 m-auto" data-bs-dismiss="toast" aria-label="×"></button></div>';
    box.querySelector(".toast-body").textContent = text;
    document.getElementById("toasts").append(box);
    setTimeout(() => box.remove(), 12000);
  };

  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id !== "dialog-content") return;
    dialog().show();
    const field = event.detail.target.querySelector("[autofocus], .is-invalid, textarea, select, input:not([type=hidden])");
    if (field) setTimeout(() => field.focus(), 200);
  });
  document.addEventListener("dialog-close", () => dialog().hide());

  document.addEventListener("htmx:responseError", (event) => {
    const { status, responseText } = event.detail.xhr;
    if (event.detail.shouldSwap) return;
    const isText = (event.detail.xhr.getResponseHeader("Content-Type") || "").startsWith("text/plain");
    toast(isText && responseText ? responseText : `${status}`, "danger");
  });
  document.addEventListener("htmx:sendError", () => toast(document.body.dataset.offline, "warning"));

  // A second click while the first is on its way does nothing.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.sent) { event.preventDefault(); return; }
    if (form.hasAttribute("hx-post") || form.method === "get") return;
    form.dataset.sent = "1";
    addEventListener("pageshow", () => delete form.dataset.sent, { once: true });
  });

  // Whatever hurts asks first.
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-confirm]");
    if (button && !confirm(button.dataset.confirm)) { event.preventDefault(); event.stopImmediatePropagation(); }
  }, true);
})();
