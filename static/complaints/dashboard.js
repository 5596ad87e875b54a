// Draws the dashboard's charts from the data that stands in the page; the tables beside them say the same.
(() => {
  const data = JSON.parse(document.getElementById("charts").textContent);
  const charts = [];

  // One value is a column or a bar, the other a line or a mark: told apart by shape, not by colour alone.
  const option = (chart, words, sideways) => {
    const ink = getComputedStyle(document.body).color;
    const text = { color: ink };
    const grid = { lineStyle: { color: getComputedStyle(document.querySelector(".card")).borderTopColor } };
    const names = { type: "category", data: chart.labels, inverse: sideways, axisLabel: { color: ink, interval: "auto", hideOverlap: true }, axisTick: { show: false } };
    const percent = { type: "value", min: 0, max: 100, axisLabel: { color: ink, formatter: "{value}%" }, splitLine: grid };
    const counts = { type: "value", minInterval: 1, axisLabel: text, splitLine: { show: false } };
    const said = (value) => (value === null ? "–" : `${value}%`);
    const base = { animation: false, textStyle: { fontFamily: getComputedStyle(document.body).fontFamily }, legend: { top: 0, textStyle: text }, tooltip: { trigger: "axis", renderMode: "richText", confine: true }, grid: { left: 8, right: 16, top: 56, bottom: 8, containLabel: true } };
    if (sideways) {
      return { ...base, xAxis: percent, yAxis: names, series: [
        { name: words.resolve, type: "bar", data: chart.resolve, barMaxWidth: 18, itemStyle: { color: "#4299e1" }, tooltip: { valueFormatter: said }, label: { show: true, position: "insideLeft", color: "#10243a", formatter: (bar) => (bar.value === null ? "–" : `${bar.value}% (${chart.due[bar.dataIndex]})`) } },
        { name: words.acknowledge, type: "scatter", data: chart.acknowledge, symbol: "diamond", symbolSize: 12, itemStyle: { color: "#d6336c" }, tooltip: { valueFormatter: said } },
      ] };
    }
    return { ...base, xAxis: names, yAxis: [counts, percent], series: [
      { name: words.due, type: "bar", data: chart.due, barMaxWidth: 28, itemStyle: { color: "#8bb8e8" } },
      { name: words.resolve, type: "line", yAxisIndex: 1, data: chart.resolve, symbol: "circle", symbolSize: 8, itemStyle: { color: "#2f9e44" }, lineStyle: { width: 2 }, tooltip: { valueFormatter: said } },
      { name: words.acknowledge, type: "line", yAxisIndex: 1, data: chart.acknowledge, symbol: "diamond", symbolSize: 10, itemStyle: { color: "#d6336c" }, lineStyle: { width: 2, type: "dashed" }, tooltip: { valueFormatter: said } },
    ] };
  };

  document.querySelectorAll("[data-chart]").forEach((element) => {
    const chart = echarts.init(element);
    const draw = () => chart.setOption(option(data[element.dataset.chart], element.dataset, element.dataset.chart === "departments"), true);
    draw();
    charts.push([chart, draw]);
  });
  addEventListener("resize", () => charts.forEach(([chart]) => chart.resize()));
  document.addEventListener("themechange", () => charts.forEach(([, draw]) => draw()));
})();
