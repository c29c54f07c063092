// Runs in the reader's browser, inside the page. Draws the charts in the colours of the page and
// in the width there is; without it every chart stays readable as its twin in words.
(() => {
  "use strict";

  const PLOTLY = "application/vnd.plotly.v1+json";
  const NARROW = 560;
  const PANEL_HEIGHT = 250;

  const dark = matchMedia("(prefers-color-scheme: dark)");
  let printing = false;

  /** The colours of the page, as the style sheet has them now. */
  function pageColours() {
    const style = getComputedStyle(document.documentElement);
    const colour = (name) => style.getPropertyValue(name).trim();
    return { paper: colour("--paper"), ink: colour("--ink"), rule: colour("--rule") };
  }

  const pen = document.createElement("canvas").getContext("2d", { willReadFrequently: true });

  /** Red, green, blue from 0 to 1 of any CSS colour on the paper. */
  function channels(colour, paper) {
    pen.fillStyle = paper;
    pen.fillRect(0, 0, 1, 1);
    pen.fillStyle = colour;
    pen.fillRect(0, 0, 1, 1);
    return [...pen.getImageData(0, 0, 1, 1).data].slice(0, 3).map((value) => value / 255);
  }

  /** Contrast as WCAG 2 defines it, from 1 to 21. */
  function contrast(colour, paper) {
    const luminance = (css) => {
      const [r, g, b] = channels(css, paper)
        .map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const [low, high] = [luminance(colour), luminance(paper)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  }

  /** Gives texts and lines that would be lost on this paper the colour of its ink. */
  function makeLegible(value, colours, parent = "") {
    if (Array.isArray(value)) {
      for (const item of value) makeLegible(item, colours, parent);
    } else if (value !== null && typeof value === "object") {
      for (const [key, inner] of Object.entries(value)) {
        if (key !== "color" || typeof inner !== "string") makeLegible(inner, colours, key);
        else if (/font$/.test(parent) && parent !== "textfont") {
          if (contrast(inner, colours.paper) < 4.5) value.color = colours.ink;
        } else if (/^(line|marker|error_[xy])$/.test(parent)) {
          if (contrast(inner, colours.paper) < 1.8) value.color = colours.ink;
        }
      }
    }
  }

  /**
   * Translucent colours of a scale as they look on the paper: Plotly chooses black or white text
   * for a cell as if every cell lay on white.
   */
  function flattenScales(data, { paper }) {
    for (const trace of data) {
      if (!Array.isArray(trace.colorscale)) continue;
      trace.colorscale = trace.colorscale.map(([at, colour]) => {
        const rgb = channels(colour, paper).map((value) => Math.round(255 * value));
        return [at, `rgb(${rgb})`];
      });
    }
  }

  /** Panels side by side become panels one below the other. */
  function stackPanels(layout) {
    const axes = Object.keys(layout).filter((key) => /^xaxis\d*$/.test(key) && layout[key].domain);
    const panels = axes.map((key) => ({
      x: layout[key],
      y: layout[key.replace("x", "y")],
    })).filter(({ y }) => y?.domain);
    const columns = new Set(panels.map(({ x }) => x.domain[0].toFixed(3)));
    if (columns.size < 2) return;
    const gap = 0.34 / panels.length;
    const height = (1 - gap * (panels.length - 1)) / panels.length;
    const places = panels.map(({ x, y }, index) => {
      const top = 1 - index * (height + gap);
      return { x, y, left: x.domain[0], oldTop: y.domain[1], top };
    });
    for (const note of layout.annotations ?? []) {
      if (note.xref !== "paper" || note.yref !== "paper") continue;
      const place = places.find(({ left, oldTop }) =>
        Math.abs(left - note.x) < 1e-6 && Math.abs(oldTop - note.y) < 1e-6
      );
      if (place) Object.assign(note, { x: 0, y: place.top });
    }
    for (const { x, y, top } of places) {
      x.domain = [0, 1];
      y.domain = [Math.max(0, top - height), top];
    }
    layout.height = 110 + panels.length * PANEL_HEIGHT;
    if (layout.legend) delete layout.legend.y;
  }

  /** The figure as it is drawn: the caption is above it already, colours and width are the page's. */
  function figureFor(source, width) {
    const { data, layout = {}, frames, config } = structuredClone(source);
    const colours = pageColours();
    const narrow = width < NARROW;
    makeLegible(data, colours);
    makeLegible(layout, colours);
    flattenScales(data, colours);
    const top = layout.annotations?.some((note) => note.yref === "paper") ? 34 : 14;
    const margin = { l: 56, r: 16, b: 52, t: top, ...layout.margin };
    if (layout.title) {
      if (layout.height) layout.height -= Math.max(0, margin.t - top);
      margin.t = top;
      delete layout.title;
    }
    delete layout.width;
    layout.margin = narrow ? { ...margin, l: Math.min(margin.l, 44), r: 8 } : margin;
    layout.autosize = true;
    layout.paper_bgcolor = layout.plot_bgcolor = "rgba(0,0,0,0)";
    layout.font = { family: "system-ui, sans-serif", ...layout.font, color: colours.ink };
    layout.hoverlabel = {
      bgcolor: colours.paper,
      bordercolor: colours.rule,
      font: { color: colours.ink },
      ...layout.hoverlabel,
    };
    const axis = { gridcolor: colours.rule, zerolinecolor: colours.rule, linecolor: colours.rule };
    layout.template ??= { layout: { xaxis: axis, yaxis: axis } };
    if (narrow) {
      stackPanels(layout);
      layout.legend = { ...layout.legend, orientation: "h", x: 0, xanchor: "left" };
      if (layout.legend.y === undefined) {
        Object.assign(layout.legend, { yref: "container", y: 0, yanchor: "bottom" });
      }
    }
    return { data, layout, frames, config: { displaylogo: false, ...config, responsive: false } };
  }

  async function loadPlotly() {
    const packed = atob(document.getElementById("plotly-gzip-base64").textContent);
    const bytes = Uint8Array.from(packed, (character) => character.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    const script = document.createElement("script");
    script.textContent = await new Response(stream).text();
    document.head.append(script);
    return globalThis.Plotly;
  }

  /** Draws all charts; again when the width, the colours or the medium change. */
  async function drawCharts() {
    const charts = [...document.querySelectorAll("figure.chart")].map((figure) => ({
      figure,
      plot: figure.querySelector(".plot"),
      source: JSON.parse(figure.querySelector(`script[type="${PLOTLY}"]`).textContent),
    }));
    if (charts.length === 0) return;
    const Plotly = await loadPlotly();
    const draw = async ({ figure, plot, source }) => {
      const width = figure.clientWidth;
      const { frames, ...drawn } = figureFor(source, width);
      figure.dataset.drawn = String(width);
      plot.style.minHeight = "";
      await Plotly.react(plot, { ...drawn, frames });
    };
    for (const chart of charts) {
      await draw(chart);
      chart.figure.querySelector(".twin").open = false;
    }
    document.getElementById("js-plotly-tester")?.setAttribute("aria-hidden", "true");
    const redraw = () => charts.forEach(draw);
    let waiting;
    new ResizeObserver(() => {
      clearTimeout(waiting);
      waiting = setTimeout(() => {
        const changed = charts.filter(({ figure }) =>
          Number(figure.dataset.drawn) !== figure.clientWidth
        );
        if (!printing) changed.forEach(draw);
      }, 120);
    }).observe(document.querySelector("main"));
    dark.addEventListener("change", redraw);
    for (const event of ["beforeprint", "afterprint"]) {
      addEventListener(event, () => {
        printing = event === "beforeprint";
        redraw();
      });
    }
    document.documentElement.dataset.charts = "drawn";
  }

  /** Boxes that scroll can be reached and scrolled with the keyboard. */
  function openScrollBoxes() {
    const boxes = document.querySelectorAll("pre, .table-scroll, .rich, .math-block");
    for (const box of boxes) {
      if (box.scrollWidth > box.clientWidth + 1 || box.scrollHeight > box.clientHeight + 1) {
        box.tabIndex = 0;
      }
    }
  }

  /** Marks the section in view in the table of contents. */
  function followReading() {
    const links = new Map(
      [...document.querySelectorAll(".contents a")].map((link) => [
        document.getElementById(decodeURIComponent(link.hash.slice(1))),
        link,
      ]),
    );
    const headings = [...links.keys()];
    const update = () => {
      const current = headings.findLast((heading) => heading.getBoundingClientRect().top < 140);
      for (const [heading, link] of links) {
        if (heading === current) link.setAttribute("aria-current", "true");
        else link.removeAttribute("aria-current");
      }
    };
    addEventListener("scroll", update, { passive: true });
    update();
  }

  const contents = document.querySelector(".contents details");
  if (contents && matchMedia("(max-width: 79.99rem)").matches) contents.open = false;
  if (contents) followReading();
  openScrollBoxes();
  drawCharts().catch((error) => {
    console.error("The charts could not be drawn:", error);
    document.documentElement.dataset.charts = "failed";
  });
})();
