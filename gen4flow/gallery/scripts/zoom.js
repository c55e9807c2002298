// Looks closer: one zoom for all images that are open side by side, as a factor of what fits and a place in the image.

const MOST = 16; // times what fits
const TURN = 0.002; // how much a wheel's pixel zooms
const PAN = 0.15; // of what is seen, by a key
const zoom = { scale: 1, x: 0.5, y: 0.5, views: [] };

// Returns a stage that shows a card's image in the zoom of all.
function makeStage(stage, card) {
  const image = make("img", { src: card.address, alt: card.image.alt, draggable: "false" });
  const view = { stage, image, card };
  image.addEventListener("load", drawZoom);
  image.addEventListener("error", () => stage.classList.add("broken"));
  stage.classList.remove("broken");
  stage.replaceChildren(image);
  stage.addEventListener("wheel", turnWheel, { passive: false });
  stage.addEventListener("pointerdown", startDrag);
  resized.observe(stage);
  zoom.views.push(view);
  drawZoom();
}

const resized = new ResizeObserver(() => drawZoom());

// Whether keys mean a zoomed image: a dialog's views stay for a moment after it closed, as browsers tell that late.
const zooming = () => zoom.views.length > 0 && openDialogs().length > 0;

function clearZoom({ keep = false } = {}) {
  resized.disconnect();
  zoom.views = [];
  if (!keep) Object.assign(zoom, { scale: 1, x: 0.5, y: 0.5 });
}

// Returns how large an image is on its stage, in pixels of the page.
function sizesOf({ stage, image, card }) {
  const [width, height] = [image.naturalWidth || Number(card.image.getAttribute("width")), image.naturalHeight || Number(card.image.getAttribute("height"))];
  const fit = width && height ? Math.min(stage.clientWidth / width, stage.clientHeight / height, 1) : 0;
  return { fit, width: width * fit * zoom.scale, height: height * fit * zoom.scale };
}

function drawZoom() {
  for (const view of zoom.views) {
    const { fit, width, height } = sizesOf(view);
    if (!fit) continue;
    const { stage, image } = view;
    const left = edge(stage.clientWidth, width, zoom.x);
    const top = edge(stage.clientHeight, height, zoom.y);
    Object.assign(image.style, { width: `${width}px`, height: `${height}px`, transform: `translate(${left}px, ${top}px)` });
    stage.classList.toggle("zoomed", zoom.scale > 1);
  }
  buttons.get("zoom").setAttribute("aria-pressed", zoom.scale > 1);
}

// Returns where an image begins, so that a place in it lies in the middle and no gap opens at a side.
function edge(seen, length, middle) {
  if (length <= seen) return (seen - length) / 2;
  return Math.min(0, Math.max(seen - length, seen / 2 - middle * length));
}

// Zooms by a factor around a place in a stage, in fractions of the image.
function zoomTo(scale, x, y) {
  const next = Math.min(Math.max(scale, 1), MOST);
  const kept = next === 1 ? 0.5 : null;
  const ahead = (at, middle) => kept ?? at + (middle - at) * (zoom.scale / next);
  [zoom.x, zoom.y, zoom.scale] = [ahead(x, zoom.x), ahead(y, zoom.y), next];
  within();
  drawZoom();
}

// Keeps the middle where the first image still fills its stage.
function within() {
  const [view] = zoom.views;
  if (!view) return;
  const { width, height } = sizesOf(view);
  const clamp = (middle, seen, length) => {
    const half = length > seen ? seen / length / 2 : 0.5;
    return Math.min(1 - half, Math.max(half, middle));
  };
  [zoom.x, zoom.y] = [clamp(zoom.x, view.stage.clientWidth, width), clamp(zoom.y, view.stage.clientHeight, height)];
}

// Changes between what fits and the image's own pixels, or twice what fits where these are no larger.
function toggleZoom(x = 0.5, y = 0.5) {
  const fit = zoom.views.length ? sizesOf(zoom.views[0]).fit : 1;
  const own = 1 / (fit * devicePixelRatio || 1);
  zoomTo(zoom.scale > 1 ? 1 : own > 1.05 ? own : 2, x, y);
}

function pan(across, down) {
  zoom.x += (across * PAN) / zoom.scale;
  zoom.y += (down * PAN) / zoom.scale;
  within();
  drawZoom();
}

// Returns the place in the image that is under the pointer, as fractions of it.
function placeUnder(event) {
  const box = event.currentTarget.querySelector("img").getBoundingClientRect();
  return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
}

function turnWheel(event) {
  event.preventDefault();
  zoomTo(zoom.scale * Math.exp(-event.deltaY * TURN), ...placeUnder(event));
}

// Drags the image; a press that does not move zooms at its place.
function startDrag(event) {
  if (event.button !== 0) return;
  event.preventDefault();
  const stage = event.currentTarget;
  const { width, height } = stage.querySelector("img").getBoundingClientRect();
  const start = { x: event.clientX, y: event.clientY, middleX: zoom.x, middleY: zoom.y, moved: false };
  stage.setPointerCapture(event.pointerId);
  const drag = ({ clientX, clientY }) => {
    start.moved ||= Math.hypot(clientX - start.x, clientY - start.y) > 4;
    if (!start.moved || zoom.scale === 1) return;
    [zoom.x, zoom.y] = [start.middleX - (clientX - start.x) / width, start.middleY - (clientY - start.y) / height];
    within();
    drawZoom();
  };
  const drop = (last) => {
    stage.removeEventListener("pointermove", drag);
    stage.removeEventListener("pointerup", drop);
    stage.removeEventListener("pointercancel", drop);
    if (!start.moved && last.type === "pointerup") toggleZoom(...placeUnder(last));
  };
  stage.addEventListener("pointermove", drag);
  stage.addEventListener("pointerup", drop);
  stage.addEventListener("pointercancel", drop);
}
