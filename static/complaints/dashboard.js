// Draws the dashboard's charts from the data that stands in the page; the tables beside them say the same.
(() => {
  const data = JSON.parse(document.getElementById("charts").textContent);
  const drawn = [];
  const option = (chart, words, sideways) => {
    const ink = getComputedStyle(document.body).color;
    const labels = { type: "category", data: chart.labels, inverse: sideways, axisLabel: { color: ink } };
    const legs = { type: "value", name: words.due, nameTextStyle: { color: ink }, axisLabel: { color: ink } };
    const rate = { type: "value", name: words.share, min: 0, max: 100, nameTextStyle: { color: ink }, axisLabel: { color: ink, formatter: "{value}%" }, splitLine: { show: false } };
    const bars = { name: words.due, type: "bar", data: chart.due, barMaxWidth: 28, itemStyle: { color: "#8bb8e8" } };
    const line = { name: words.share, type: "line", data: chart.share, symbolSize: 8, itemStyle: { color: "#d6336c" }, lineStyle: { width: 2 } };
    const sides = sideways ? { yAxis: labels, xAxis: [legs, rate] } : { xAxis: labels, yAxis: [legs, rate] };
    line[sideways ? "xAxisIndex" : "yAxisIndex"] = 1;
    return { animation: false, grid: { left: 8, right: 8, top: 48, bottom: 8, containLabel: true }, tooltip: { trigger: "axis" }, legend: { top: 0, textStyle: { color: ink } }, series: [bars, line], ...sides };
  };
  document.querySelectorAll("[data-chart]").forEach((element) => {
    const chart = echarts.init(element);
    const draw = () => chart.setOption(option(data[element.dataset.chart], element.dataset, element.dataset.chart === "departments"), true);
    draw();
    drawn.push([chart, draw]);
  });
  addEventListener("resize", () => drawn.forEach(([chart]) => chart.resize()));
  document.addEventListener("themechange", () => drawn.forEach(([, draw]) => draw()));
})();
