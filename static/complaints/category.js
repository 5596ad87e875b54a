// Choosing a category of the third level: by typing a part of its name or code, or level by level. The grouped select below
// carries the value and is what remains without this script.
(() => {
  const box = document.querySelector("[data-category]");
  const native = box.querySelector("[data-native] select");
  const typeahead = box.querySelector("[data-typeahead]"), input = typeahead.querySelector("input");
  const list = typeahead.querySelector("[role=listbox]");
  const cascade = box.querySelector("[data-cascade]"), levels = [...cascade.querySelectorAll("select")];
  const leaves = [...native.querySelectorAll("optgroup option")].map((option) => {
    const [first, second] = option.parentElement.label.split(" › "), [name, code] = option.text.split(" · ");
    return { value: option.value, first, second, name, code, text: `${first} › ${second} › ${name}`, key: `${first} ${second} ${name} ${code}`.toLowerCase() };
  });
  const none = box.querySelector("[data-none]"), MOST = 12;
  let shown = [], active = -1;

  const chosen = () => leaves.find((leaf) => leaf.value === native.value);
  const rank = (leaf, text) => [leaf.name, leaf.code, leaf.second].findIndex((part) => part.toLowerCase().startsWith(text)) >>> 0;
  const matching = (text) => {
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    const found = leaves.filter((leaf) => words.every((word) => leaf.key.includes(word)));
    return found.map((leaf, at) => ({ leaf, at })).sort((a, b) => rank(a.leaf, words[0] || "") - rank(b.leaf, words[0] || "") || a.at - b.at).map(({ leaf }) => leaf);
  };

  const close = () => { list.hidden = none.hidden = true; active = -1; input.setAttribute("aria-expanded", "false"); input.removeAttribute("aria-activedescendant"); };
  const mark = (at) => {
    active = (at + shown.length) % shown.length;
    [...list.children].forEach((item, index) => item.setAttribute("aria-selected", String(index === active)));
    list.children[active].scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", list.children[active].id);
  };
  const open = () => {
    shown = matching(input.value).slice(0, MOST);
    list.replaceChildren(...shown.map((leaf, index) => {
      const item = document.createElement("div"), above = document.createElement("small");
      item.id = `category-${leaf.value}`;
      item.className = "list-group-item list-group-item-action";
      item.setAttribute("role", "option");
      item.append(leaf.name, " ", above);
      above.textContent = `${leaf.first} › ${leaf.second} · ${leaf.code}`;
      item.addEventListener("mousedown", (event) => { event.preventDefault(); choose(shown[index]); });
      return item;
    }));
    list.hidden = !shown.length;
    none.hidden = Boolean(shown.length);
    input.setAttribute("aria-expanded", String(!list.hidden));
    if (shown.length) mark(0); else input.removeAttribute("aria-activedescendant");
  };

  const fill = (select, values, value) => {
    select.replaceChildren(new Option(cascade.dataset.empty, ""), ...values.map(([key, text]) => new Option(text, key)));
    select.value = value || "";
  };
  const names = (key, among) => [...new Set(among.map((leaf) => leaf[key]))].map((name) => [name, name]);
  const cascadeTo = (first, second, value) => {
    const below = leaves.filter((leaf) => leaf.first === first), last = below.filter((leaf) => leaf.second === second);
    fill(levels[0], names("first", leaves), first);
    fill(levels[1], names("second", below), second);
    fill(levels[2], last.map((leaf) => [leaf.value, leaf.name]), value);
    levels[1].disabled = !first;
    levels[2].disabled = !second;
  };
  const show = () => {
    const leaf = chosen();
    input.value = leaf ? leaf.text : "";
    cascadeTo(leaf?.first, leaf?.second, leaf?.value);
  };
  const choose = (leaf) => {
    native.value = leaf?.value || "";
    show();
    close();
    native.dispatchEvent(new Event("change", { bubbles: true }));
  };

  input.addEventListener("input", open);
  input.addEventListener("focus", () => input.select());
  input.addEventListener("blur", () => { close(); if (input.value.trim()) show(); else if (native.value) choose(null); });
  input.addEventListener("keydown", (event) => {
    if (["ArrowDown", "ArrowUp"].includes(event.key)) {
      event.preventDefault();
      if (list.hidden) { open(); return; }
      mark(active + (event.key === "ArrowDown" ? 1 : -1));
    }
    if (event.key === "Enter" && !event.ctrlKey) {
      event.preventDefault();
      if (!list.hidden && shown[active]) { choose(shown[active]); native.form.elements.description.focus(); }
    }
    if (event.key === "Tab" && !list.hidden && shown[active]) choose(shown[active]);
    if (event.key === "Escape") { close(); show(); }
  });
  levels[0].addEventListener("change", () => { native.value = ""; input.value = ""; cascadeTo(levels[0].value, "", ""); });
  levels[1].addEventListener("change", () => {
    const below = leaves.filter((leaf) => leaf.first === levels[0].value && leaf.second === levels[1].value);
    if (below.length === 1) choose(below[0]); else { native.value = ""; input.value = ""; cascadeTo(levels[0].value, levels[1].value, ""); }
  });
  levels[2].addEventListener("change", () => choose(leaves.find((leaf) => leaf.value === levels[2].value)));

  native.addEventListener("restored", show);

  input.id = "category-q";
  box.querySelector("label").htmlFor = input.id;
  native.parentElement.hidden = true;
  typeahead.hidden = cascade.hidden = false;
  show();
})();
