// The charts of the figures page: drawn on canvas from the data in the page; a bar leads to its documents.
"use strict";
const data = JSON.parse(document.getElementById("chart-data").textContent);
const style = getComputedStyle(document.body);
const colours = ["#0b6e4f", "#c2410c", "#1d4ed8"];
for (const place of document.querySelectorAll("[data-chart]")) {
  const wanted = data[place.dataset.chart];
  const chart = echarts.init(place, null, { renderer: "canvas", locale: data.language });
  chart.setOption({
    textStyle: { fontFamily: style.fontFamily },
    color: colours,
    animation: false,
    grid: { left: 8, right: 8, top: 32, bottom: 8, containLabel: true },
    legend: { show: wanted.series.length > 1, top: 0 },
    // Drawn as text: a tooltip of HTML would need inline styles, which the page does not allow.
    tooltip: { trigger: "axis", renderMode: "richText" },
    xAxis: { type: "category", data: wanted.labels, axisLabel: { hideOverlap: true } },
    yAxis: { type: "value", max: wanted.most ?? null },
    // A level holds from one day to the next: steps instead of bars.
    series: wanted.series.map((series) => ({
      ...(wanted.steps ? { type: "line", step: "end", areaStyle: { opacity: 0.15 }, symbolSize: 5 } : { type: "bar", stack: "all" }),
      name: series.name, data: series.values.map(Number),
    })),
  });
  chart.on("click", (event) => { window.location.assign(wanted.links[event.dataIndex]); });
  window.addEventListener("resize", () => chart.resize());
}
