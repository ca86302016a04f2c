// Charts: drawn when they come into sight; until then, and without scripts, the table beside each says the same.
"use strict";

(() => {
  const library = document.currentScript.dataset.library;
  const SHAPES = ["circle", "rect", "triangle", "diamond", "roundRect", "pin"];
  const LYING = new Set(["fields", "districts", "branches", "funnel", "sources", "graders"]);
  const LINES = new Set(["trend", "worth"]);
  let loading;

  const load = () => {
    loading ||= new Promise((done, failed) => {
      const script = document.createElement("script");
      script.src = library;
      script.onload = done;
      script.onerror = failed;
      document.head.append(script);
    });
    return loading;
  };

  const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const short = (text, most) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

  const series = (data, place, name, narrow) => {
    const column = data.columns[place];
    const scale = column.unit === "yuan" ? 10000 : 1;
    const color = token(`--chart-${(place % 6) + 1}`);
    const lies = LYING.has(name);
    return {
      type: LINES.has(name) ? "line" : "bar",
      name: column.label,
      color,
      symbol: SHAPES[place % SHAPES.length],
      symbolSize: 8,
      lineStyle: { width: 2.5 },
      barMaxWidth: lies ? 22 : 26,
      label: { show: lies && !narrow || name === "funnel", position: "right", color: token("--text") , fontSize: 12 },
      data: data.lines.map((line) => ({
        value: line.cells[place].value === null ? null : line.cells[place].value / scale,
        label: { formatter: line.cells[place].text },
        href: line.cells[place].href,
      })),
    };
  };

  const option = (data, shown, name, box) => {
    const narrow = box.clientWidth < 520;
    const lies = LYING.has(name);
    const names = { type: "category", inverse: lies, data: data.lines.map((line) => line.label) };
    names.axisLabel = { color: token("--text"), formatter: (text) => short(text, lies ? (narrow ? 7 : 12) : 8) };
    names.axisTick = { show: false };
    names.axisLine = { lineStyle: { color: token("--line-strong") } };
    const yuan = data.columns[shown[0]]?.unit === "yuan";
    const values = {
      type: "value",
      name: yuan ? box.dataset.wan : "",
      nameTextStyle: { color: token("--text-soft") },
      minInterval: yuan || data.columns[shown[0]]?.unit === "score" ? 0 : 1,
      axisLabel: { color: token("--text-soft") },
      splitLine: { lineStyle: { color: token("--line") } },
    };
    return {
      animation: false,
      aria: { enabled: false },
      textStyle: { fontFamily: token("--font") },
      grid: { left: 8, right: lies ? 56 : 16, top: 34, bottom: 8, containLabel: true },
      xAxis: lies ? values : names,
      yAxis: lies ? names : values,
      series: shown.map((place) => series(data, place, name, narrow)),
    };
  };

  const legend = (box, data, shown, redraw) => {
    const group = box.previousElementSibling;
    const drawable = data.columns.map((column, place) => place).filter((place) => ["count", "yuan", "score"].includes(data.columns[place].unit));
    if (drawable.length < 2) return;
    for (const place of drawable) {
      const button = document.createElement("button");
      button.type = "button";
      const swatch = document.createElement("span");
      swatch.className = `chart-swatch chart-swatch-${(place % 6) + 1}`;
      button.append(swatch, data.columns[place].label);
      button.setAttribute("aria-pressed", shown.has(place));
      button.addEventListener("click", () => {
        // Amounts and counts have no common scale: choosing one of the other kind lets go of these.
        const unit = data.columns[place].unit;
        if (shown.has(place) && shown.size > 1) shown.delete(place);
        else {
          for (const each of [...shown]) if (data.columns[each].unit !== unit) shown.delete(each);
          shown.add(place);
        }
        drawable.forEach((each, index) => group.children[index].setAttribute("aria-pressed", shown.has(each)));
        redraw();
      });
      group.append(button);
    }
    group.hidden = false;
  };

  const draw = async (box) => {
    try {
      const [answer] = await Promise.all([fetch(box.dataset.source), load()]);
      if (!answer.ok) throw new Error(answer.statusText);
      const data = await answer.json();
      const name = box.dataset.chart;
      const shown = new Set(data.columns.map((column, place) => (column.drawn ? place : -1)).filter((place) => place >= 0));
      if (LYING.has(name)) box.style.height = `${Math.max(14, 3 + data.lines.length * (name === "funnel" ? 3 : 4))}rem`;
      const drawn = window.echarts.init(box);
      const redraw = () => drawn.setOption(option(data, [...shown].sort(), name, box), true);
      legend(box, data, shown, redraw);
      redraw();
      drawn.on("click", (event) => { if (event.data?.href) window.location.assign(event.data.href); });
      new ResizeObserver(() => { drawn.resize(); redraw(); }).observe(box);
      box.dataset.done = "drawn";
    } catch {
      box.dataset.done = "failed";
      box.textContent = box.dataset.failed;
    }
  };

  const sight = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      sight.unobserve(entry.target);
      draw(entry.target);
    }
  }, { rootMargin: "200px" });
  document.querySelectorAll("[data-chart]").forEach((box) => sight.observe(box));
})();
