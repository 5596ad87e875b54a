// The intake page: the panels follow what is chosen, and the keyboard goes where the next thing is typed.
(() => {
  const form = document.getElementById("intake");
  const region = form.elements.region;
  let regionChosen = false;

  const refresh = () => htmx.trigger(document.body, "facts");
  form.addEventListener("change", (event) => {
    if (event.target === region) regionChosen = true;
    if (["category", "region", "urgency", "channel", "tier", "wanted_on"].includes(event.target.name)) refresh();
  });

  // The letter's number and date are asked for only where somebody forwarded it.
  const papers = form.querySelector("[data-for-channels]");
  form.elements.channel.addEventListener("change", (event) => {
    papers.hidden = !papers.dataset.forChannels.split(" ").includes(event.target.value);
  });

  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id !== "customer") return;
    const chosen = event.detail.target.querySelector("[data-chosen]");
    if (chosen) {
      if (!regionChosen && chosen.dataset.region) region.value = chosen.dataset.region;
      document.querySelector("[data-typeahead] input").focus();
    }
    refresh();
  });

  // "Solved" needs the answer: open its field instead of sending the form without it.
  form.querySelector("[data-needs=solved]").addEventListener("click", (event) => {
    const answer = form.elements.answer;
    if (answer.value.trim()) return;
    event.preventDefault();
    document.getElementById("solved").open = true;
    answer.focus();
  });

  // After a refusal the first field to correct is in focus.
  const wrong = [...form.querySelectorAll("input.is-invalid, select.is-invalid, textarea.is-invalid")];
  wrong.find((field) => field.offsetParent)?.focus();
})();
