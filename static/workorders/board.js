// Shows the board alone on the whole screen; Esc ends it. Where the browser has no full screen, the button is not shown.
(() => {
  const button = document.querySelector("[data-wall]");
  if (!document.fullscreenEnabled) { button.hidden = true; return; }
  button.addEventListener("click", () => document.querySelector("main").requestFullscreen());
})();
