// The calls of a canvas that we make, answered with SVG.

const NAMESPACE = "http://www.w3.org/2000/svg";
const ANCHORS = { left: "start", center: "middle", right: "end" };
const STATE = ["fillStyle", "strokeStyle", "lineWidth", "lineJoin", "globalAlpha", "font", "textAlign", "dash"];
const short = (number) => String(Math.round(number * 100) / 100);
const escaped = (text) => String(text).replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** SVG 1.1 knows no rgba(): many programs would draw black. */
function colour(name, value) {
  const parts = /^rgba\((.*), ([\d.]+)\)$/.exec(value);
  return parts ? `${name}="rgb(${parts[1]})" ${name}-opacity="${parts[2]}"` : `${name}="${escaped(value)}"`;
}

export class SvgContext {
  constructor(width, height, measure) {
    Object.assign(this, { width, height, measure, parts: [], path: "", saved: [], groups: 0, clips: 0 });
    Object.assign(this, { fillStyle: "#000", strokeStyle: "#000", lineWidth: 1, lineJoin: "miter", globalAlpha: 1 });
    Object.assign(this, { font: "11px sans-serif", textAlign: "left", dash: [] });
  }

  toString() {
    const size = `width="${short(this.width)}" height="${short(this.height)}"`;
    const box = `viewBox="0 0 ${short(this.width)} ${short(this.height)}"`;
    return `<svg xmlns="${NAMESPACE}" ${size} ${box}>\n${this.parts.join("\n")}\n</svg>\n`;
  }

  save() {
    this.saved.push([this.groups, STATE.map((name) => this[name])]);
    this.groups = 0;
  }

  restore() {
    const [groups, values] = this.saved.pop();
    this.parts.push("</g>".repeat(this.groups));
    this.groups = groups;
    STATE.forEach((name, i) => (this[name] = values[i]));
  }

  translate(x, y) {
    this.open(`transform="translate(${short(x)} ${short(y)})"`);
  }

  clip() {
    const id = `clip${++this.clips}`;
    this.parts.push(`<clipPath id="${id}"><path d="${this.path}"/></clipPath>`);
    this.open(`clip-path="url(#${id})"`);
  }

  open(attribute) {
    this.parts.push(`<g ${attribute}>`);
    this.groups++;
  }

  beginPath() {
    this.path = "";
  }

  moveTo(x, y) {
    this.path += `M${short(x)} ${short(y)}`;
  }

  lineTo(x, y) {
    this.path += `L${short(x)} ${short(y)}`;
  }

  rect(x, y, width, height) {
    this.path += `M${short(x)} ${short(y)}h${short(width)}v${short(height)}h${short(-width)}z`;
  }

  /** Full circles only: we draw no others. */
  arc(x, y, radius) {
    const [r, across] = [short(radius), short(2 * radius)];
    this.path += `M${short(x - radius)} ${short(y)}a${r} ${r} 0 1 0 ${across} 0a${r} ${r} 0 1 0 -${across} 0`;
  }

  stroke() {
    const dash = this.dash.length ? ` stroke-dasharray="${this.dash.join(" ")}"` : "";
    const pen = `${colour("stroke", this.strokeStyle)} stroke-width="${this.lineWidth}" stroke-linejoin="${this.lineJoin}"`;
    this.draw(`fill="none" ${pen}${dash}`);
  }

  fill() {
    this.draw(colour("fill", this.fillStyle));
  }

  draw(style) {
    if (this.path) this.parts.push(`<path d="${this.path}" ${style} opacity="${short(this.globalAlpha)}"/>`);
  }

  fillRect(x, y, width, height) {
    this.beginPath();
    this.rect(x, y, width, height);
    this.fill();
  }

  setLineDash(dash) {
    this.dash = dash;
  }

  measureText(text) {
    this.measure.font = this.font;
    return this.measure.measureText(text);
  }

  /** All our texts are centred on their line. */
  fillText(text, x, y) {
    const [, weight, size, family] = this.font.match(/^(?:(\d+) )?([\d.]+)px (.*)$/);
    const font = `font-family="${escaped(family)}" font-size="${size}" font-weight="${weight ?? 400}"`;
    const place = `x="${short(x)}" y="${short(y)}" text-anchor="${ANCHORS[this.textAlign]}" dominant-baseline="central"`;
    this.parts.push(`<text ${place} ${font} ${colour("fill", this.fillStyle)}>${escaped(text)}</text>`);
  }
}
