"use strict";
const DAY = 86400;
const color = (name) => getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
const node = (tag, className, ...content) => {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...content);
  return made;
};

let drawn = [];

// Steps of an axis of time that people count in.
const SECONDS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600];

// What a legend says of a series: sums of what can be added, the last of what cannot, the mean of shares.
const SUMMARIES = {
  total: (values) => values.reduce((sum, value) => sum + value, 0),
  latest: (values) => values[values.length - 1],
  average: (values) => values.reduce((sum, value) => sum + value, 0) / values.length,
};

// A line of more days than this is a thicket: it is drawn by weeks.
const MANY = 100;

/** Whole weeks of a long list, the last of them ending with its end: `days` become the weeks' last days. */
function weeks(days, series) {
  const starts = [];
  for (let start = days.length - 7; start >= 0; start -= 7) starts.unshift(start);
  const summed = (values, summary) => {
    const there = values.filter((value) => value !== null);
    return there.length ? SUMMARIES[summary](there) : null;
  };
  const folded = series.map(([text, values, summary]) => [text, starts.map((start) => summed(values.slice(start, start + 7), summary)), summary]);
  return [starts.map((start) => days[start + 6]), folded];
}

/** A panel with a title, a legend and a plot: `series` are [text, values by day, summary]; `kind` is "line" or "bars". */
function chart(days, title, kind, write, axis, ...series) {
  // A day alone would stand at the edge, without a date under it.
  if (days.length === 1) {
    days = [days[0] - DAY, days[0], days[0] + DAY];
    series = series.map(([text, values, summary]) => [text, [null, ...values, null], summary]);
  }
  const legend = node("ul", "legend");
  series.forEach(([text, values, summary], index) => {
    const there = values.filter((value) => value !== null);
    const said = there.length ? write(SUMMARIES[summary](there)) : "–";
    const how = summary === "total" ? "" : node("small", "", " " + say(summary));
    legend.append(node("li", "abc"[index], say(text) + " ", node("b", "", said), how));
  });
  if (days.length > MANY) [days, series] = weeks(days, series);
  const panel = node("section", "panel", node("h3", "", say(title)), legend);
  const empty = series.every(([, values]) => values.every((value) => !value));
  const place = empty ? node("div", "none", say("empty")) : node("div", "plot");
  panel.append(place);
  if (!empty) drawn.push({ place, draw: () => plot(place, days, kind, write, axis, series) });
  return panel;
}

function plot(place, days, kind, write, axis, series) {
  const bars = kind === "bars" ? uPlot.paths.bars({ size: [0.72, 42], radius: 0.15 }) : undefined;
  const lines = series.map(([text], index) => ({
    label: say(text), stroke: color("abc"[index]), width: bars ? 0 : 2, spanGaps: true, paths: bars || uPlot.paths.spline(),
    fill: bars ? color("abc"[index]) : index === 0 ? color("a") + "1f" : undefined, points: { show: !bars && days.length < 4, size: 8 },
  }));
  const look = { stroke: color("soft"), font: "12px system-ui, sans-serif", ticks: { show: false } };
  const tidy = days[days.length - 1] - days[0] > 60 * DAY ? { month: "short", year: "2-digit" } : { day: "numeric", month: "short" };
  const margin = bars ? (days[1] - days[0]) * 0.6 : 0;
  return new uPlot(
    {
      width: place.clientWidth, height: place.clientHeight, padding: [8, 22, 0, 0], legend: { show: false },
      cursor: { drag: { x: false, y: false }, points: { size: 8 }, y: false },
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), "Etc/UTC"),
      scales: { x: { range: (_, least, most) => [least - margin, most + margin] }, y: { range: (_, __, most) => [0, most > 0 ? most * 1.1 : 1] } },
      axes: [
        { ...look, grid: { show: false }, size: 30, space: 62, incrs: [1, 2, 7, 14, 30, 61, 122].map((count) => count * DAY), values: (_, at) => at.map((each) => day(each, tidy)) },
        { ...look, grid: { stroke: color("grid"), width: 1 }, size: 58, space: 34, values: (_, at) => at.map(axis), ...(axis === duration && { incrs: SECONDS }) },
      ],
      series: [{}, ...lines],
      plugins: [tip(days, write, series)],
    },
    [days, ...series.map(([, values]) => values)],
    place,
  );
}

/** A day, or the week that ends with it where there is a point for each week. */
function when(days, index) {
  const date = { day: "numeric", month: "short", year: "numeric" };
  if (days[1] - days[0] === DAY) return day(days[index], { weekday: "short", ...date });
  return day(days[index] - 6 * DAY, { day: "numeric", month: "short" }) + " – " + day(days[index], date);
}

function tip(days, write, series) {
  const box = node("div", "tip");
  box.hidden = true;
  const show = (u) => {
    const { idx, left } = u.cursor;
    box.hidden = idx === null || idx === undefined || left < 0;
    if (box.hidden) return;
    const rows = series.map(([text, values]) => node("div", "", node("span", "", say(text)), node("span", "", write(values[idx]))));
    box.replaceChildren(node("strong", "", when(days, idx)), ...rows);
    const x = u.valToPos(days[idx], "x");
    box.style.left = Math.max(0, Math.min(x + 12, u.over.clientWidth - box.offsetWidth)) + "px";
    box.style.top = "4px";
  };
  return { hooks: { init: (u) => u.over.append(box), setCursor: show } };
}

/** Draw what was put on the page, at the size it has there; again when that changes. */
const resized = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    const found = drawn.find((each) => each.place === target);
    if (!found || target.clientWidth === 0) continue;
    if (found.chart) found.chart.setSize({ width: target.clientWidth, height: target.clientHeight });
    else found.chart = found.draw();
  }
});

function forget() {
  resized.disconnect();
  drawn.forEach((each) => each.chart && each.chart.destroy());
  drawn = [];
}

const watch = () => drawn.forEach((each) => resized.observe(each.place));
