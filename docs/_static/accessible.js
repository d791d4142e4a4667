// What the pages lack for people who use a keyboard or a screen reader.
addEventListener("DOMContentLoaded", () => {
  // What scrolls sideways can be reached, and scrolled with the keyboard.
  for (const each of document.querySelectorAll("pre, .table-wrapper, .highlight"))
    if (each.scrollWidth > each.clientWidth) each.tabIndex = 0;
  // A heading of the list of pages has a level.
  for (const each of document.querySelectorAll("p.caption[role=heading]")) each.ariaLevel = "2";
  // The arguments of a long signature are laid out as a list of definitions, and are none.
  for (const each of document.querySelectorAll("dt.sig dl, dt.sig dd")) each.role = "none";
  // On a phone, where cells stand one below the other, each says what it is.
  for (const table of document.querySelectorAll("table.docutils")) {
    const heads = [...table.querySelectorAll("thead th")].map((each) => each.textContent.trim());
    for (const row of table.querySelectorAll("tbody tr"))
      [...row.cells].forEach((cell, place) => (cell.dataset.head = heads[place] ?? ""));
  }
});
