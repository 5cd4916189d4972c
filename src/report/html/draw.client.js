// Runs in the reader's browser, inlined into the report. Draws the charts of the data island with uPlot.
(() => {
  'use strict';
  const island = document.getElementById('charts');
  if (island === null || typeof uPlot === 'undefined') return;
  const charts = JSON.parse(island.textContent);
  const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
  const FONT = '12px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif';

  const trim = (value) => {
    const size = Math.abs(value);
    if (size === 0) return '0';
    if (size >= 100) return Math.round(value).toLocaleString('en-US');
    return String(Number(value.toPrecision(size < 1 ? 2 : 3)));
  };
  const scaled = (v) => {
    const [unit, size] = [['GB', 1e9], ['MB', 1e6], ['kB', 1e3]].find(([, each]) => Math.abs(v) >= each) ?? ['B', 1];
    return `${trim(v / size)} ${unit}`;
  };
  const withUnit = {
    ms: (v) => (Math.abs(v) >= 1000 ? `${trim(v / 1000)} s` : `${trim(v)} ms`),
    '1/s': (v) => `${trim(v)}/s`,
    '1/h': (v) => `${trim(v)}/h`,
    share: (v) => `${trim(v * 100)} %`,
    fps: (v) => `${trim(v)} fps`,
    bytes: (v) => scaled(v),
    'bytes/s': (v) => `${scaled(v)}/s`,
  };
  const format = (unit, value) => (value === null || value === undefined ? '–' : (withUnit[unit] ?? trim)(value));

  const clock = (seconds) => {
    if (seconds < 60) return `${trim(seconds)} s`;
    const [m, s] = [Math.floor(seconds / 60), Math.round(seconds % 60)];
    return `${m}:${String(s).padStart(2, '0')} min`;
  };
  const percentile = (tail) => (tail <= 1 ? 'p0' : `p${Number((100 * (1 - 1 / tail)).toPrecision(7))}`);
  const axisText = { seconds: clock, tail: percentile, rate: (v) => `${trim(v)}/s`, count: trim };
  const axisName = { seconds: 'time', tail: 'percentile', rate: 'rate', count: 'number' };

  function rangeOf(chart) {
    let most = 0;
    let least = Infinity;
    for (const each of chart.series) {
      for (const values of [each.values, each.band?.high ?? []]) {
        for (const value of values) {
          if (value === null) continue;
          most = Math.max(most, value);
          if (value > 0) least = Math.min(least, value);
        }
      }
    }
    const marks = [...chart.limits.map((limit) => limit.value), ...chart.points.map((point) => point.y)];
    return { least: Math.min(least, ...marks.filter((value) => value > 0)), most: Math.max(most, ...marks) };
  }

  function draw(chart, host) {
    const range = rangeOf(chart);
    const [ink, soft, line, band, limit] = ['ink', 'soft', 'line', 'round', 'limit'].map(css);
    const data = [chart.x];
    const series = [{ label: chart.axisName ?? axisName[chart.axis], value: (_, v) => (v === null ? '' : axisText[chart.axis](v)) }];
    const bands = [];
    const few = chart.x.length <= 60;
    for (const each of chart.series) {
      const stroke = css(each.color);
      series.push({
        label: each.label, stroke, width: each.dashed ? 1.5 : 2, ...(each.dots ? { paths: () => null } : {}), ...(each.dashed ? { dash: [6, 4] } : {}),
        points: { show: each.dots === true || (few && !each.dashed && chart.axis !== 'tail' && chart.axis !== 'count'), size: each.dots ? 7 : 5, fill: stroke, stroke }, spanGaps: chart.axis === 'tail' || chart.axis === 'count',
        value: (_, v) => (v === null ? '' : format(chart.unit, v)),
      });
      data.push(each.values);
      if (each.band !== undefined) {
        const at = series.length;
        const edge = { stroke: 'transparent', width: 0, points: { show: false } };
        series.push({ ...edge, label: 'high', class: 'edge' }, { ...edge, label: 'low', class: 'edge' });
        data.push(each.band.high, each.band.low);
        bands.push({ series: [at, at + 1], fill: `${stroke}2e` });
      }
    }

    const below = (plot) => {
      const { ctx, bbox } = plot;
      ctx.save();
      chart.bands.forEach(({ from, to }, index) => {
        const left = Math.max(bbox.left, plot.valToPos(from, 'x', true));
        const right = Math.min(bbox.left + bbox.width, plot.valToPos(to, 'x', true));
        if (right <= left) return;
        if (index % 2 === 1) {
          ctx.fillStyle = band;
          ctx.fillRect(left, bbox.top, right - left, bbox.height);
        }
      });
      ctx.restore();
    };

    const above = (plot) => {
      const { ctx, bbox } = plot;
      const px = devicePixelRatio;
      ctx.save();
      ctx.font = `${11 * px}px system-ui, sans-serif`;
      ctx.fillStyle = soft;
      ctx.textAlign = 'left';
      ctx.textBaseline = 'top';
      for (const { from, to, label } of chart.bands.length > 1 ? chart.bands : []) {
        const left = plot.valToPos(from, 'x', true);
        const room = plot.valToPos(to, 'x', true) - left - 12 * px;
        if (left >= bbox.left - 1 && ctx.measureText(label).width < room) ctx.fillText(label, left + 6 * px, bbox.top + 4 * px);
      }
      ctx.fillStyle = limit;
      ctx.font = `600 ${11 * px}px system-ui, sans-serif`;
      ctx.lineWidth = 1.5 * px;
      ctx.textAlign = 'right';
      ctx.textBaseline = 'bottom';
      for (const each of chart.limits) {
        const y = plot.valToPos(each.value, 'y', true);
        ctx.setLineDash([8 * px, 5 * px]);
        ctx.strokeStyle = limit;
        ctx.lineWidth = 1.5 * px;
        ctx.beginPath();
        ctx.moveTo(bbox.left, y);
        ctx.lineTo(bbox.left + bbox.width, y);
        ctx.stroke();
        // A halo keeps the words legible over the lines.
        ctx.setLineDash([]);
        ctx.strokeStyle = css('card');
        ctx.lineWidth = 4 * px;
        ctx.strokeText(each.label, bbox.left + bbox.width - 4 * px, y - 3 * px);
        ctx.fillText(each.label, bbox.left + bbox.width - 4 * px, y - 3 * px);
      }
      for (const each of chart.points) {
        const [x, y] = [plot.valToPos(each.x, 'x', true), plot.valToPos(each.y, 'y', true)];
        if (x > bbox.left + bbox.width) continue;
        const size = 5 * px;
        ctx.beginPath();
        ctx.moveTo(x, y - size);
        ctx.lineTo(x + size, y);
        ctx.lineTo(x, y + size);
        ctx.lineTo(x - size, y);
        ctx.fill();
        ctx.textAlign = x > bbox.left + bbox.width * 0.7 ? 'right' : 'left';
        ctx.strokeStyle = css('card');
        ctx.lineWidth = 4 * px;
        const at = x + (ctx.textAlign === 'left' ? 9 : -9) * px;
        ctx.strokeText(each.label, at, y + 6 * px);
        ctx.fillText(each.label, at, y + 6 * px);
      }
      ctx.restore();
    };

    const tail = chart.axis === 'tail';
    const nines = (v) => Math.abs(Math.log10(v) - Math.round(Math.log10(v))) < 1e-6;
    const shown = host.clientWidth < 420 ? (v) => v === 2 || (v > 1 && nines(v)) : (v) => v === 2 || v === 20 || nines(v);
    const onlyNines = tail ? { filter: (_, splits) => splits.map((v) => (shown(v) ? v : null)) } : {};
    const axis = { stroke: soft, font: FONT, grid: { stroke: line, width: 1 }, ticks: { show: false } };
    return new uPlot(
      {
        width: Math.max(200, host.clientWidth),
        height: chart.height,
        padding: [10, tail ? 26 : 14, 0, 4],
        cursor: { sync: { key: chart.group }, points: { size: 7 }, drag: { x: true, y: false } },
        legend: { live: true },
        scales: {
          x: tail ? { time: false, distr: 3, log: 10 } : { time: false },
          y: chart.log ? { distr: 3, log: 10, range: () => [10 ** Math.floor(Math.log10(range.least)), 10 ** Math.ceil(Math.log10(range.most * 1.05))] } : { range: () => [0, range.most > 0 ? range.most * (chart.bands.length > 1 ? 1.28 : 1.12) : 1] },
        },
        axes: [
          { ...axis, size: 30, space: tail ? 40 : 64, values: (_, splits) => splits.map((v) => (v === null ? '' : axisText[chart.axis](v))), ...onlyNines, grid: { ...axis.grid, ...onlyNines } },
          { ...axis, size: 62, space: 34, values: (_, splits) => splits.map((v) => (v === null ? '' : format(chart.unit, v))) },
        ],
        series,
        bands,
        hooks: { drawClear: [below], draw: [above] },
      },
      data,
      host,
    );
  }

  let plots = [];
  function drawAll() {
    for (const { plot, observer } of plots) {
      observer.disconnect();
      plot.destroy();
    }
    plots = charts.flatMap((chart) => {
      const host = document.getElementById(chart.id);
      if (host === null) return [];
      const plot = draw(chart, host);
      let width = host.clientWidth;
      const observer = new ResizeObserver(() => {
        if (host.clientWidth === width || host.clientWidth === 0) return;
        width = host.clientWidth;
        plot.setSize({ width, height: chart.height });
      });
      observer.observe(host);
      return [{ plot, observer }];
    });
    document.documentElement.dataset.drawn = String(plots.length);
  }

  drawAll();
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', drawAll);
  addEventListener('beforeprint', () => {
    document.documentElement.classList.add('printing');
    drawAll();
  });
  addEventListener('afterprint', () => {
    document.documentElement.classList.remove('printing');
    drawAll();
  });
})();
