// The callback form asks only a customer who was reached.
(() => {
  const form = document.querySelector("form[data-outcome]");
  if (!form) return;
  const answers = form.querySelector("[data-reached]");
  const follow = () => { answers.hidden = !["", "reached"].includes(form.elements.outcome.value); };
  form.addEventListener("change", follow);
  follow();
})();
