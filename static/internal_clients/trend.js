// Draws every department's totals from the data that stands in the page; the table beneath says the same.
(() => {
  const data = JSON.parse(document.getElementById("trend").textContent);
  const element = document.querySelector("[data-trend]");
  const chart = echarts.init(element);
  // Told apart by mark and by stroke, not by colour alone.
  const marks = ["circle", "diamond", "triangle", "rect", "emptyCircle"];
  const strokes = ["solid", "dashed", "dotted"];
  const colours = ["#1c7ed6", "#d6336c", "#2f9e44", "#e8590c", "#7048e8", "#0c8599", "#a61e4d", "#5c940d"];

  const draw = () => {
    const ink = getComputedStyle(document.body).color;
    const border = getComputedStyle(document.querySelector(".card")).borderTopColor;
    const all = data.lines.flatMap((line) => line.totals).filter((total) => total !== null);
    const least = all.length ? Math.max(0, Math.floor(Math.min(...all) / 10) * 10) : 0;
    chart.setOption({
      animation: false,
      textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
      legend: { type: element.clientWidth < 700 ? "scroll" : "plain", top: 0, textStyle: { color: ink }, pageTextStyle: { color: ink } },
      tooltip: { trigger: "axis", renderMode: "richText", confine: true, order: "valueDesc", valueFormatter: (value) => (value === null || value === undefined ? "–" : value.toFixed(2)) },
      grid: { left: 8, right: 16, top: element.clientWidth < 700 ? 40 : 64, bottom: 8, containLabel: true },
      xAxis: { type: "category", data: data.labels, axisLabel: { color: ink, hideOverlap: true }, axisTick: { show: false } },
      yAxis: { type: "value", min: least, max: 100, axisLabel: { color: ink }, splitLine: { lineStyle: { color: border } } },
      series: data.lines.map((line, index) => ({
        name: line.name, type: "line", data: line.totals, symbol: marks[index % marks.length], symbolSize: 9,
        itemStyle: { color: colours[index % colours.length] }, lineStyle: { width: 2, type: strokes[Math.floor(index / marks.length) % strokes.length] },
      })),
    }, true);
  };

  draw();
  addEventListener("resize", () => { chart.resize(); draw(); });
  document.addEventListener("themechange", draw);
})();
