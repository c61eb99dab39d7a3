// Draws the charts of the page with Chart.js from the data that it holds. All
// figures can be read without it.
"use strict";
(() => {
  const charts = JSON.parse(document.getElementById("chart-data").textContent);
  const root = document.documentElement;
  root.classList.remove("no-script");
  const colour = (name) => getComputedStyle(root).getPropertyValue(name).trim();
  const number = (value) => value.toLocaleString("en", {
    maximumSignificantDigits: 4,
  });
  // On a logarithmic axis only 1, 2 and 5 of each magnitude.
  const isRound = (value) =>
      [1, 2, 5].includes(Math.round(value / 10 ** Math.floor(
          Math.log10(value) + 1e-9) * 1e6) / 1e6);

  // Vertical lines with a name at the top.
  const marks = {
    id: "marks",
    afterDatasetsDraw(chart, _, options) {
      const {ctx, chartArea: area, scales: {x}} = chart;
      ctx.save();
      ctx.font = `11px ${Chart.defaults.font.family}`;
      for (const mark of options.list ?? []) {
        const at = x.getPixelForValue(mark.x);
        if (!(at >= area.left && at <= area.right)) continue;
        ctx.strokeStyle = colour("--dim");
        ctx.setLineDash([2, 3]);
        ctx.beginPath();
        ctx.moveTo(at, area.top);
        ctx.lineTo(at, area.bottom);
        ctx.stroke();
        const left = at + 4 + ctx.measureText(mark.name).width < area.right;
        ctx.textAlign = left ? "left" : "right";
        ctx.fillStyle = colour("--dim");
        ctx.fillText(mark.name, at + (left ? 4 : -4), area.top + 10);
      }
      ctx.restore();
    },
  };

  const datasetOf = (chart) => (series, index) => {
    const line = colour(`--series-${index % 6 + 1}`);
    const few = series.points.length <= 40 && !chart.logX;
    const dots = series.form === "dots";
    return {
      type: series.form === "bar" ? "bar" : "line",
      label: series.name,
      data: series.points.map(([x, y]) => ({x, y})),
      borderColor: line,
      backgroundColor: series.form === "bar" ? line : line + "26",
      fill: series.form === "area" ? "origin" : false,
      borderDash: series.form === "dashed" ? [5, 4] : [],
      borderWidth: series.form === "bar" ? 0 : 2,
      showLine: !dots,
      pointRadius: dots ? 3 : few ? 2.5 : 0,
      pointBackgroundColor: dots ? "transparent" : line,
      pointHitRadius: 8,
      tension: 0,
      spanGaps: false,
      barPercentage: 1,
      categoryPercentage: .95,
    };
  };

  const optionsOf = (chart) => {
    const title = (text) => ({display: text !== "", text, color: colour("--dim")});
    const grid = {color: colour("--line"), drawBorder: false};
    const ticks = {color: colour("--dim"), maxRotation: 40};
    const names = chart.categories;
    const label = (value) =>
        names.length > 0 ? (names[value] ?? "").split(" to ")[0] : number(value);
    const x = {
      type: chart.logX ? "logarithmic" : "linear",
      title: title(chart.x),
      grid: {...grid, display: false},
      ticks: {...ticks, maxTicksLimit: 10, callback: label},
    };
    if (names.length === 0 && !chart.logX) x.min = 0;
    if (names.length > 0) {
      const bars = chart.series.some(({form}) => form === "bar");
      const room = bars || names.length === 1 ? .5 : .2;
      Object.assign(x, {min: -room, max: names.length - 1 + room, offset: false});
      x.ticks.autoSkip = true;
      x.afterBuildTicks = (axis) => {
        const step = Math.ceil(names.length / (axis.width > 500 ? 12 : 6));
        axis.ticks = names.map((_, value) => ({value}))
                         .filter(({value}) => value % step === 0);
      };
    }
    if (chart.ticks.length > 0) {
      const texts = new Map(chart.ticks);
      x.min = chart.ticks[0][0];
      x.ticks.callback = (value) => texts.get(value) ?? "";
      x.afterBuildTicks = (axis) => {
        axis.ticks = chart.ticks.filter(([value]) => value <= axis.max)
                         .map(([value]) => ({value}));
      };
    }
    const y = {
      type: chart.logY ? "logarithmic" : "linear",
      beginAtZero: !chart.logY,
      grace: chart.logY ? 0 : "5%",
      title: title(chart.y),
      grid,
      ticks: {
        ...ticks,
        callback: (value) => !chart.logY || isRound(value) ? number(value) : null,
      },
    };
    if (chart.logY) {
      // Down to a round value below the lowest; else the axis begins at the
      // magnitude.
      const lowest = Math.min(...chart.series.flatMap(
          ({points}) => points.map(([, y]) => y ?? Infinity)
                            .filter((value) => value > 0)));
      const magnitude = 10 ** Math.floor(Math.log10(lowest));
      y.min = [5, 2, 1].find((part) => part * magnitude <= lowest) * magnitude;
    }
    const several = chart.series.length > 1;
    return {
      animation: false,
      maintainAspectRatio: false,
      interaction: {mode: chart.logX ? "nearest" : "index", intersect: false},
      scales: {x, y},
      plugins: {
        marks: {list: chart.marks},
        legend: {
          display: several,
          position: "bottom",
          labels: {color: colour("--text"), boxWidth: 22, boxHeight: 0},
        },
        tooltip: {
          callbacks: {
            title: ([item]) => {
              const value = item?.parsed.x;
              if (names.length > 0) return `${names[value]} ${chart.x}`;
              if (chart.ticks.length > 0) return `percentile ${number(100 - 100 / value)}`;
              return `${number(value)} s`;
            },
            label: (item) =>
                `${item.dataset.label}: ${number(item.parsed.y)} ${chart.y}`,
          },
        },
      },
    };
  };

  let drawn = [];
  const draw = () => {
    for (const chart of drawn) chart.destroy();
    Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
    drawn = charts.map((chart, index) => new Chart(
        document.getElementById(`chart-${index}`), {
          type: "line",
          data: {datasets: chart.series.map(datasetOf(chart))},
          options: optionsOf(chart),
          plugins: [marks],
        }));
  };
  draw();
  // Colours are read once, so a change of the scheme draws anew.
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);

  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details:not([open])")];
    for (const part of opened) part.open = true;
    for (const chart of drawn) chart.resize();
  });
  addEventListener("afterprint", () => {
    for (const part of opened) part.open = false;
    for (const chart of drawn) chart.resize();
  });
})();
