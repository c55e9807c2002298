// Dialogs: the bar goes into the one that is open, and focus comes back to the card.

function openDialog(dialog) {
  if (!dialog.open) dialog.showModal();
  dialog.append(byId("bar"));
  document.documentElement.classList.add("dialog");
}

// After a dialog: the bar goes back to the page, and focus to the card.
function dialogClosed(event) {
  if (event.target.id === "help" || byId("lightbox").open || byId("compare").open) return;
  document.body.append(byId("bar"));
  document.documentElement.classList.remove("dialog");
  clearZoom();
  compared = [];
  drawZoom();
  if (current && !current.hidden) setCurrent(current, { focus: true });
  writeAddress();
}

const closeDialogs = () => openDialogs().forEach((dialog) => dialog.close());

// Closes the dialog that lies on top.
function closeTop() {
  (byId("help").open ? byId("help") : openDialogs()[0])?.close();
}
