// The chart as a picture file, painted anew from what is shown: nothing is asked of the kernel or of the network.

import { dashOf } from "./elements.js";
import { paintPane } from "./frame.js";
import { legendEntries } from "./legend.js";
import { SvgContext } from "./vectors.js";

const MARGIN = 12;
const HEAD = 22; // height of a pane's title, and of a line of the legend
const SHARPNESS = 2; // pixels of a PNG for one of the page

export function savePicture(chart, kind) {
  const measure = document.createElement("canvas").getContext("2d");
  measure.font = chart.theme.font;
  const plan = layOut(chart, measure);
  if (kind === "SVG") {
    const context = new SvgContext(plan.width, plan.height, measure);
    paint(context, chart, plan);
    download(new Blob([context.toString()], { type: "image/svg+xml" }), "svg");
  } else paintPixels(chart, plan).toBlob((blob) => download(blob, "png"), "image/png");
}

function paintPixels(chart, plan) {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [plan.width, plan.height].map((size) => Math.round(size * SHARPNESS));
  const context = canvas.getContext("2d");
  context.scale(SHARPNESS, SHARPNESS);
  paint(context, chart, plan);
  return canvas;
}

/** Put the panes as they stand on the page, under as many lines of legend as they need. */
function layOut(chart, measure) {
  const home = chart.body.getBoundingClientRect();
  const entries = [];
  let [x, y] = [MARGIN, MARGIN];
  for (const entry of legendEntries(chart).filter(({ shown }) => shown)) {
    const wide = 28 + measure.measureText(entry.name).width + 16;
    if (x > MARGIN && x + wide > home.width + MARGIN) [x, y] = [MARGIN, y + HEAD];
    entries.push({ ...entry, x, y: y + HEAD / 2 });
    x += wide;
  }
  const top = y + HEAD;
  const panes = chart.panes.map((pane) => {
    const box = pane.plot.getBoundingClientRect();
    return { pane, x: MARGIN + box.left - home.left, y: top + box.top - home.top, width: box.width, height: box.height };
  });
  return { entries, panes, width: home.width + 2 * MARGIN, height: top + home.height + MARGIN };
}

function paint(context, chart, { entries, panes, width, height }) {
  context.fillStyle = chart.theme.dark ? "#111111" : "#ffffff";
  context.fillRect(0, 0, width, height);
  for (const entry of entries) paintEntry(context, chart, entry);
  for (const { pane, x, y, ...size } of panes) {
    context.save();
    context.translate(x, y);
    paintTitle(context, chart, pane);
    paintPane(context, chart, pane, size.width, size.height);
    context.restore();
  }
}

function paintTitle(context, chart, pane) {
  context.font = `600 ${chart.theme.font.replace("11px", "13px")}`;
  Object.assign(context, { fillStyle: chart.theme.ink, textAlign: "left", textBaseline: "middle" });
  context.fillText(chart.words(pane.axis.title), 0, -HEAD / 2);
}

function paintEntry(context, chart, { name, curve, x, y }) {
  const { palette, ink } = chart.theme;
  const colour = curve.hue === null ? ink : palette[curve.hue % palette.length];
  Object.assign(context, { font: chart.theme.font, textAlign: "left", textBaseline: "middle", lineWidth: 2 });
  context.strokeStyle = context.fillStyle = colour;
  context.setLineDash(dashOf(curve.role));
  context.beginPath();
  context.moveTo(x, y);
  context.lineTo(x + 22, y);
  context.stroke();
  context.setLineDash([]);
  context.fillStyle = ink;
  context.fillText(name, x + 28, y);
}

function download(blob, suffix) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = `training-curves.${suffix}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
