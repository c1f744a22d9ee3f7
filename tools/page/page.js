// SPDX-License-Identifier: GPL-2.0-only
// Draws the figures of the page by Chart.js, which stands before this. FIGURES is what tools/figures.py made.
'use strict';

// Told apart without colour too: the second ten are dashed, and points have shapes.
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#b8860b', '#56b4e9', '#7f5fc7', '#8c8c8c', '#c0392b', '#2aa198'];
const SHAPES = ['circle', 'triangle', 'rect', 'rectRot', 'cross', 'star'];
const NAMES = [...new Set(FIGURES.flatMap(f => f.variants.flatMap(v => v.series.map(s => s.name))))];
const hidden = new Set();
const charts = [];

const css = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
// Of a logarithmic axis 1, 2, 5, 10, ... are enough.
const tick = (v, log) => log && ![1, 2, 5].includes(Math.round(v / 10 ** Math.floor(Math.log10(v) + 1e-9))) ? '' : short(v);
const short = v => v >= 1e6 ? `${+(v / 1e6).toPrecision(3)}M` : v >= 1e4 ? `${+(v / 1e3).toPrecision(3)}k` : `${+v.toPrecision(3)}`;
const number = v => Number.isInteger(v) ? String(v) : v.toPrecision(4);

function style(name)
{
	const i = NAMES.indexOf(name), colour = COLOURS[i % COLOURS.length];

	return {
		borderColor: colour, backgroundColor: colour, borderDash: i < COLOURS.length ? [] : [6, 3], borderWidth: 2,
		pointStyle: SHAPES[i % SHAPES.length], pointRadius: 4, pointHitRadius: 12,
	};
}

function scale(title, log)
{
	return {
		type: log ? 'logarithmic' : 'linear',
		title: { display: Boolean(title), text: title, color: css('--ink') },
		ticks: { color: css('--soft'), callback: v => tick(v, log), autoSkip: false, maxRotation: 0 },
		grid: { color: css('--line') },
	};
}

// Every x that was measured gets its tick, and no other.
function ticksAt(axis, xs)
{
	axis.afterBuildTicks = a => { a.ticks = xs.map(value => ({ value })); };
	axis.ticks.callback = short;
	axis.ticks.autoSkip = true;
	axis.min = xs[0];
	axis.max = xs[xs.length - 1];
	return axis;
}

const KINDS = {
	line(f, v, log) {
		const xs = [...new Set(v.series.flatMap(s => s.points.map(p => p[0])))].sort((a, b) => a - b);

		return {
			type: 'line',
			data: { datasets: v.series.map(s => ({ label: s.name, data: s.points.map(([x, y]) => ({ x, y })), ...style(s.name) })) },
			scales: { x: ticksAt(scale(f.x, f.xlog), xs), y: { ...scale(f.y ?? v.unit, log), beginAtZero: !log } },
		};
	},
	cdf(f, v, log) {
		return {
			type: 'line',
			data: { datasets: v.series.map(s => ({ label: s.name, data: s.points.map(([x, y]) => ({ x, y })), stepped: 'before', ...style(s.name),
				pointRadius: 0 })) },
			scales: { x: scale(v.unit, log), y: { ...scale('share of the samples', false), min: 0, max: 1 } },
		};
	},
	bar(f, v, log) {
		const labels = [...new Set(v.series.flatMap(s => s.points.map(p => p[0])))];

		return {
			type: 'bar',
			data: { labels, datasets: v.series.map(s => ({ label: s.name, data: labels.map(l => (s.points.find(p => p[0] === l) ?? [l, null])[1]),
				...style(s.name) })) },
			scales: { x: { ticks: { color: css('--soft') }, grid: { color: css('--line') } }, y: scale(f.y ?? v.unit, log) },
		};
	},
	stack(f, v, log) {
		const c = KINDS.bar(f, v, log);

		c.scales.x.stacked = c.scales.y.stacked = true;
		return c;
	},
};

function draw(c)
{
	const v = c.figure.variants[c.variant.value], made = KINDS[c.figure.kind](c.figure, v, c.log.checked);
	const mobile = window.matchMedia('(max-width: 40rem)').matches;

	c.chart?.destroy();
	for (const d of made.data.datasets)
		d.hidden = hidden.has(d.label);
	c.chart = new Chart(c.canvas, {
		type: made.type, data: made.data,
		options: {
			animation: false, responsive: true, maintainAspectRatio: false, scales: made.scales,
			interaction: { mode: c.figure.kind === 'cdf' ? 'nearest' : 'index', intersect: false, axis: 'x' },
			plugins: {
				legend: { position: mobile ? 'bottom' : 'right', labels: { color: css('--ink'), usePointStyle: true, boxWidth: 10 } },
				tooltip: { itemSort: (a, b) => b.parsed.y - a.parsed.y, callbacks: { label: i => `${i.dataset.label}: ${number(i.parsed.y)}` } },
			},
		},
	});
	c.command.textContent = v.command;
	c.table.replaceChildren(...rows(v));
}

// The same as a table, for who cannot see the picture, and to copy.
function rows(v)
{
	const xs = [...new Set(v.series.flatMap(s => s.points.map(p => p[0])))];
	const row = (tag, cells) => {
		const tr = document.createElement('tr');

		tr.replaceChildren(...cells.map((text, i) => {
			const td = document.createElement(tag);

			td.textContent = text;
			td.className = i ? 'number' : '';
			return td;
		}));
		return tr;
	};

	return [row('th', ['', ...xs]), ...v.series.map(s => row('td', [s.name, ...xs.map(x => {
		const p = s.points.find(q => q[0] === x);

		return p ? number(p[1]) : '-';
	})]))];
}

function redraw()
{
	charts.forEach(draw);
}

for (const f of FIGURES) {
	const el = document.getElementById(`figure-${f.id}`);
	const c = { figure: f, canvas: el.querySelector('canvas'), variant: el.querySelector('select'), log: el.querySelector('input'),
		    command: el.querySelector('figcaption code'), table: el.querySelector('table') };

	charts.push(c);
	c.variant.addEventListener('change', () => draw(c));
	c.log.addEventListener('change', () => draw(c));
	draw(c);
}

const filter = document.getElementById('filter');

for (const name of NAMES) {
	const label = document.createElement('label'), box = document.createElement('input');

	box.type = 'checkbox';
	box.checked = true;
	box.addEventListener('change', () => {
		if (box.checked)
			hidden.delete(name);
		else
			hidden.add(name);
		redraw();
	});
	label.append(box, ` ${name}`);
	filter.append(label);
}

window.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw);
window.matchMedia('print').addEventListener('change', redraw);
