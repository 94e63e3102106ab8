// <hub-chart>: draws the ECharts option that the server made, in the page's colours, face, language and time zone.
// ECharts itself is loaded when the first chart comes into view.

let library;

function echarts() {
  library ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = document.documentElement.dataset.echarts;
    script.onload = () => resolve(window.echarts);
    script.onerror = () => {
      library = undefined;
      reject(new Error("the chart library could not be loaded"));
    };
    document.head.append(script);
  });
  return library;
}

/** The computed value of a custom property as a colour that canvas understands. */
function colour(element, value) {
  const probe = document.createElement("span");
  probe.style.color = value;
  element.append(probe);
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  canvas.fillStyle = getComputedStyle(probe).color;
  canvas.fillRect(0, 0, 1, 1);
  probe.remove();
  const [red, green, blue, alpha] = canvas.getImageData(0, 0, 1, 1).data;
  return `rgba(${red}, ${green}, ${blue}, ${alpha / 255})`;
}

/**
 * From an instant to the wall clock of a zone, both in milliseconds: the clock as if it were UTC, since ECharts knows
 * only the device's zone and UTC.
 */
function wallClock(timeZone) {
  const fields = { year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric" };
  const format = new Intl.DateTimeFormat("en-US", { ...fields, timeZone, hourCycle: "h23" });
  return (at) => {
    const { year, month, day, hour, minute, second } = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
    return Date.UTC(year, month - 1, day, hour, minute, second) + (at % 1000);
  };
}

/** What a time axis writes, the larger unit bold: as ECharts does by itself, with a point between hours and minutes. */
const POINTED = Object.fromEntries(
  Object.entries({ year: "{yyyy}", month: "{MMM}", day: "{d}", hour: "{HH}.{mm}", minute: "{HH}.{mm}", second: "{HH}.{mm}.{ss}" })
    .map(([unit, text]) => [unit, [text, `{primary|${text}}`]]),
);

/** Names of months and weekdays as the page's language has them, under the name by which ECharts finds them; English is its own. */
function localeOf(core, language) {
  if (language === "en") return "EN";
  const names = (count, day, field, width) =>
    Array.from({ length: count }, (_, index) => new Intl.DateTimeFormat(language, { [field]: width, timeZone: "UTC" }).format(day(index)));
  const month = (index) => Date.UTC(2026, index, 1);
  // The fourth of January 2026 is a Sunday, with which ECharts begins.
  const weekday = (index) => Date.UTC(2026, 0, 4 + index);
  const name = language.toUpperCase();
  core.registerLocale(name, {
    time: {
      month: names(12, month, "month", "long"),
      monthAbbr: names(12, month, "month", "short"),
      dayOfWeek: names(7, weekday, "weekday", "long"),
      dayOfWeekAbbr: names(7, weekday, "weekday", "short"),
    },
  });
  return name;
}

class HubChart extends HTMLElement {
  static observedAttributes = ["data-option"];

  connectedCallback() {
    this.seen = new IntersectionObserver((entries) => {
      if (entries.some((entry) => entry.isIntersecting)) {
        this.seen.disconnect();
        this.draw();
      }
    }, { rootMargin: "200px" });
    this.seen.observe(this);
    this.sized = new ResizeObserver(() => this.chart?.resize());
    this.sized.observe(this);
    this.repaint = () => this.chart && this.draw();
    window.addEventListener("hub-theme", this.repaint);
    this.scheme = matchMedia("(prefers-color-scheme: dark)");
    this.scheme.addEventListener("change", this.repaint);
  }

  disconnectedCallback() {
    this.seen.disconnect();
    this.sized.disconnect();
    window.removeEventListener("hub-theme", this.repaint);
    this.scheme.removeEventListener("change", this.repaint);
    this.chart?.dispose();
    this.chart = undefined;
  }

  attributeChangedCallback() {
    if (this.chart) this.draw();
  }

  async draw() {
    let core;
    try {
      core = await echarts();
    } catch {
      // The table behind the chart says the same.
      this.closest("figure")?.querySelector("details")?.setAttribute("open", "");
      return;
    }
    if (!this.isConnected) return;
    this.chart ??= core.init(this, null, { renderer: "canvas", locale: localeOf(core, document.documentElement.lang) });
    this.chart.setOption(this.painted(), { notMerge: true });
  }

  painted() {
    const option = JSON.parse(this.dataset.option);
    const language = document.documentElement.lang;
    const number = new Intl.NumberFormat(language, { maximumFractionDigits: Number(this.dataset.decimals) });
    const unit = this.dataset.unit ? `\u00a0${this.dataset.unit}` : "";
    const written = (value) => (typeof value === "number" ? number.format(value) + unit : "–");
    const [muted, line, ground, words] = ["var(--muted)", "var(--line)", "var(--color-base-100)", "var(--color-base-content)"].map((value) => colour(this, value));
    const fontFamily = getComputedStyle(document.body).fontFamily;
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const axis = { axisLine: { show: false }, axisTick: { show: false }, axisLabel: { color: muted, fontSize: 11, hideOverlap: true }, splitLine: { show: false } };
    const [x, y] = [option.xAxis, option.yAxis].map((axes) => (Array.isArray(axes) ? axes[0] : axes) ?? {});
    // Instants arrive as they are and are put on the clock that the page's times are told by.
    const clock = wallClock(this.dataset.zone || "UTC");
    const bounds = Object.fromEntries(["min", "max"].filter((end) => typeof x[end] === "number").map((end) => [end, clock(x[end])]));
    const moment = new Intl.DateTimeFormat(language === "en" ? "en-GB" : language, { timeZone: "UTC", dateStyle: "medium", timeStyle: "short" });
    return {
      ...option,
      useUTC: true,
      animation: !still,
      animationDuration: 250,
      color: ["--color-primary", "--color-warning", "--color-accent", "--color-success", "--color-error"].map((name) => colour(this, `var(${name})`)),
      textStyle: { fontFamily, color: words },
      series: [option.series ?? []].flat().map((series) => ({
        ...series,
        ...(series.type === "bar" && { barMaxWidth: 18 }),
        data: (series.data ?? []).map(([at, value]) => [clock(at), value]),
      })),
      xAxis: {
        ...x,
        ...bounds,
        ...axis,
        axisLine: { show: true, lineStyle: { color: line } },
        axisLabel: { ...axis.axisLabel, ...(language === "id" && { formatter: POINTED }) },
      },
      yAxis: { ...y, ...axis, splitLine: { show: true, lineStyle: { color: line } }, axisLabel: { ...axis.axisLabel, formatter: written } },
      legend: option.legend && { ...[option.legend].flat()[0], icon: "circle", itemWidth: 8, itemHeight: 8, textStyle: { color: words, fontSize: 12 } },
      tooltip: {
        ...[option.tooltip].flat()[0],
        valueFormatter: written,
        backgroundColor: ground,
        borderColor: line,
        textStyle: { color: words, fontSize: 12, fontFamily },
        // The label is what the tooltip begins with.
        axisPointer: { lineStyle: { color: line }, label: { formatter: ({ value }) => moment.format(value) } },
        confine: true,
      },
    };
  }

  csv() {
    const rows = [...(this.closest("figure")?.querySelectorAll("table tr") ?? [])];
    const quoted = (text) => `"${text.replaceAll('"', '""')}"`;
    return rows.map((row) => [...row.cells].map((cell, index) => quoted(index === 0 && row.dataset.at ? row.dataset.at : cell.textContent.trim())).join(",")).join("\r\n");
  }
}

customElements.define("hub-chart", HubChart);

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-chart-export]");
  const chart = button?.closest("figure")?.querySelector("hub-chart");
  if (!chart) return;
  const kind = button.dataset.chartExport;
  const file = kind === "png"
    ? chart.chart?.getDataURL({ pixelRatio: 2, backgroundColor: colour(chart, "var(--color-base-100)") })
    : URL.createObjectURL(new Blob([chart.csv()], { type: "text/csv" }));
  if (!file) return;
  const link = document.createElement("a");
  link.href = file;
  link.download = `${chart.dataset.name.replace(/[^\p{L}\p{N}]+/gu, "-").toLowerCase()}.${kind}`;
  link.click();
  if (kind === "csv") URL.revokeObjectURL(file);
});
