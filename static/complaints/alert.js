// Draws an alert's series from the data that stands in the page: columns seen, those of the surge in another colour, a line for what is normal.
(() => {
  const element = document.querySelector("[data-alert-chart]");
  if (!element) return;
  const data = JSON.parse(document.getElementById("alert-chart").textContent);
  const words = element.dataset;
  const chart = echarts.init(element);
  const draw = () => {
    const ink = getComputedStyle(document.body).color;
    const line = getComputedStyle(document.querySelector(".card")).borderTopColor;
    const during = new Set(data.surge);
    const columns = (name, color, wanted) => ({ name, type: "bar", stack: "seen", data: data.seen.map((number, index) => (wanted(index) ? number : null)), barMaxWidth: 18, itemStyle: { color } });
    chart.setOption({
      animation: false,
      textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
      legend: { top: 0, textStyle: { color: ink } },
      tooltip: { trigger: "axis", renderMode: "richText", confine: true },
      grid: { left: 8, right: 16, top: 56, bottom: 8, containLabel: true },
      xAxis: { type: "category", data: data.labels, axisLabel: { color: ink, hideOverlap: true } },
      yAxis: { type: "value", minInterval: 1, axisLabel: { color: ink }, splitLine: { lineStyle: { color: line } } },
      series: [
        columns(words.seen, "#8bb8e8", (index) => !during.has(index)),
        columns(words.surge, "#d6336c", (index) => during.has(index)),
        { name: words.normal, type: "line", data: data.normal, symbol: "none", itemStyle: { color: "#2f9e44" }, lineStyle: { width: 2, type: "dashed" } },
      ],
    }, true);
  };
  draw();
  addEventListener("resize", () => chart.resize());
  document.addEventListener("themechange", draw);
})();
