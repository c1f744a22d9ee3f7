// SPDX-License-Identifier: GPL-2.0-only
// Draws the figures of the page by Chart.js, which stands before this, and shows counter-examples. FIGURES is what tools/figures.py made.
'use strict';

// Told apart without colour too: the second ten are dashed, or pale within a border, and points have shapes.
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#b8860b', '#56b4e9', '#7f5fc7', '#8c8c8c', '#c0392b', '#2aa198'];
const SHAPES = ['circle', 'triangle', 'rect', 'rectRot', 'cross', 'star'];
// From few to much, for cells with a number in them.
const HEAT = [[255, 255, 217], [199, 233, 180], [65, 182, 196], [34, 94, 168], [8, 29, 88]];
// What a reader can leave out of every picture: {kind: its names}; and what is left out.
const KINDS_OF = {}, hidden = {};
const drawn = [], stale = new Set();

const css = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
// Of a logarithmic axis 1, 2, 5, 10, ... are enough.
const tick = (v, log) => log && ![1, 2, 5].includes(Math.round(v / 10 ** Math.floor(Math.log10(v) + 1e-9))) ? '' : short(v);
const short = v => v >= 1e6 ? `${+(v / 1e6).toPrecision(3)}M` : v >= 1e4 ? `${+(v / 1e3).toPrecision(3)}k` : `${+v.toPrecision(3)}`;
const number = v => Number.isInteger(v) ? String(v) : v.toPrecision(4);
const spread = p => p.length > 3 && p[2] !== p[3] ? ` (${number(p[2])} to ${number(p[3])})` : '';
const xs = v => [...new Set(v.series.flatMap(s => s.points.map(p => p[0])))];
const out = (kind, name) => Boolean(hidden[kind]?.has(name));

function element(tag, text, cls)
{
	const e = document.createElement(tag);

	e.textContent = text ?? '';
	if (cls)
		e.className = cls;
	return e;
}

function style(f, name)
{
	const names = KINDS_OF[f.of] ?? f.variants.flatMap(v => v.series.map(s => s.name)).filter((n, i, all) => all.indexOf(n) === i);
	const i = names.indexOf(name), colour = COLOURS[i % COLOURS.length];

	return {
		borderColor: colour, backgroundColor: i < COLOURS.length ? colour : colour + '70', borderDash: i < COLOURS.length ? [] : [6, 3], borderWidth: 2,
		pointStyle: SHAPES[i % SHAPES.length], pointRadius: 4, pointHitRadius: 12, clip: 8,
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
function ticksAt(axis, values)
{
	axis.afterBuildTicks = a => { a.ticks = values.map(value => ({ value })); };
	axis.ticks.callback = short;
	axis.ticks.autoSkip = true;
	axis.min = values[0];
	axis.max = values[values.length - 1];
	return axis;
}

const KINDS = {
	line(f, v, log) {
		return {
			type: 'line',
			data: { datasets: v.series.map(s => ({ label: s.name, data: s.points.map(([x, y]) => ({ x, y })), ...style(f, s.name) })) },
			scales: { x: ticksAt(scale(f.x, f.xlog), xs(v).sort((a, b) => a - b)), y: { ...scale(v.unit, log), beginAtZero: !log } },
		};
	},
	cdf(f, v, log) {
		return {
			type: 'line',
			data: { datasets: v.series.map(s => ({ label: s.name, data: s.points.map(([x, y]) => ({ x, y })), stepped: 'before',
				...style(f, s.name), pointRadius: 0 })) },
			scales: { x: scale(v.unit, log), y: { ...scale('share of the samples', false), min: 0, max: 1 } },
		};
	},
	bar(f, v, log) {
		const labels = xs(v).filter(x => !out(f.xof, x));
		const at = (s, l) => s.points.find(p => p[0] === l);

		return {
			type: 'bar',
			data: { labels, datasets: v.series.map(s => ({ label: s.name, data: labels.map(l => at(s, l)?.[1] ?? null),
				points: labels.map(l => at(s, l)), ...style(f, s.name) })) },
			scales: { x: { ticks: { color: css('--soft') }, grid: { color: css('--line') } }, y: scale(v.unit, log) },
		};
	},
	stack(f, v) {
		const c = KINDS.bar(f, v, false);

		c.scales.x.stacked = c.scales.y.stacked = true;
		return c;
	},
};

// From the lowest to the highest of what a bar is the mean of.
const WHISKERS = {
	id: 'whiskers',
	afterDatasetsDraw(chart) {
		const g = chart.ctx;

		g.save();
		g.strokeStyle = css('--ink');
		g.lineWidth = 1.5;
		for (const [i, d] of chart.data.datasets.entries())
			for (const [k, bar] of (chart.isDatasetVisible(i) ? chart.getDatasetMeta(i).data : []).entries()) {
				const p = d.points?.[k];

				if (!p || !spread(p))
					continue;
				const [low, high] = [p[2], p[3]].map(y => chart.scales.y.getPixelForValue(y)), cap = Math.min(4, bar.width / 2);

				g.beginPath();
				for (const [x0, y0, x1, y1] of [[0, low, 0, high], [-cap, low, cap, low], [-cap, high, cap, high]]) {
					g.moveTo(bar.x + x0, y0);
					g.lineTo(bar.x + x1, y1);
				}
				g.stroke();
			}
		g.restore();
	},
};

function chart(c, v)
{
	const f = c.figure, made = KINDS[f.kind](f, v, c.log?.checked), mobile = window.matchMedia('(max-width: 40rem)').matches;

	c.chart?.destroy();
	for (const d of made.data.datasets)
		d.hidden = out(f.of, d.label);
	c.chart = new Chart(c.canvas, {
		type: made.type, data: made.data, plugins: [WHISKERS],
		options: {
			animation: false, responsive: true, maintainAspectRatio: false, scales: made.scales,
			interaction: { mode: f.kind === 'cdf' ? 'nearest' : 'index', intersect: false, axis: 'x' },
			plugins: {
				legend: {
					display: made.data.datasets.length > 1, position: mobile ? 'bottom' : 'right',
					labels: { color: css('--ink'), usePointStyle: true, boxHeight: 6 },
				},
				tooltip: {
					itemSort: (a, b) => f.kind === 'stack' ? b.datasetIndex - a.datasetIndex : b.parsed.y - a.parsed.y,
					callbacks: { label: i => `${i.dataset.label}: ${number(i.parsed.y)}${spread(i.dataset.points?.[i.dataIndex] ?? [])}` },
				},
			},
		},
	});
	c.table.replaceChildren(...rows(v));
}

// The same as a table, for who cannot see the picture, and to copy.
function rows(v)
{
	const at = xs(v);
	const row = (tag, cells) => {
		const tr = element('tr');

		tr.append(...cells.map((text, i) => element(tag, text, i ? 'number' : '')));
		return tr;
	};

	return [row('th', ['', ...at]), ...v.series.map(s => row('td', [s.name, ...at.map(x => {
		const p = s.points.find(q => q[0] === x);

		return p ? number(p[1]) + spread(p) : '-';
	})]))];
}

// Black or white, whichever is read more easily on @rgb (contrast as WCAG has it).
function inkOn(rgb)
{
	const [r, g, b] = rgb.map(c => c / 255).map(c => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);

	return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.179 ? '#000' : '#fff';
}

// Where @v lies between @low and @high, by the logarithm: pairs differ by factors.
function heatOf(v, low, high)
{
	const t = high > low && low > 0 ? Math.log(v / low) / Math.log(high / low) * (HEAT.length - 1) : 0;
	const i = Math.min(Math.floor(t), HEAT.length - 2);

	return HEAT[i].map((c, k) => Math.round(c + (HEAT[i + 1][k] - c) * (t - i)));
}

// A table, because the numbers matter: the colours only lead the eye.
function heat(c, v)
{
	const values = v.series.flatMap(s => s.points.map(p => p[1])), low = Math.min(...values), high = Math.max(...values);
	const at = xs(v).sort((a, b) => a - b), table = element('table'), head = element('tr');

	head.append(element('th', 'from \\ to'), ...at.map(x => element('th', c.figure.x + x, 'number')));
	table.append(head);
	for (const s of v.series) {
		const tr = element('tr');

		tr.append(element('th', s.name));
		for (const x of at) {
			const p = s.points.find(q => q[0] === x), td = element('td', p ? number(p[1]) : '', 'number');

			if (p) {
				const rgb = heatOf(p[1], low, high);

				td.style.background = `rgb(${rgb})`;
				td.style.color = inkOn(rgb);
				td.title = `${s.name} to ${c.figure.x}${x}: ${number(p[1])} ${v.unit}`;
			}
			tr.append(td);
		}
		table.append(tr);
	}
	c.heat.replaceChildren(table, element('p', `${v.unit}: ${number(low)} to ${number(high)}`, 'soft'));
}

function draw(c)
{
	const v = c.figure.variants[c.variant.value];

	(c.heat ? heat : chart)(c, v);
	c.shown.textContent = `${v.machine}: ${v.label}`;
	c.command.textContent = v.command;
}

function redraw()
{
	drawn.forEach(draw);
}

// All boxes that one script or one turn of the page changes make one redraw.
function leave(kind, name, out)
{
	hidden[kind][out ? 'add' : 'delete'](name);
	if (!stale.size)
		queueMicrotask(() => {
			drawn.filter(c => stale.has(c.figure.of) || stale.has(c.figure.xof)).forEach(draw);
			stale.clear();
		});
	stale.add(kind);
}

function filterOf(kind, names)
{
	const set = element('fieldset');

	set.append(element('legend', kind));
	for (const name of names) {
		const label = element('label'), box = element('input');

		box.type = 'checkbox';
		box.checked = true;
		box.addEventListener('change', () => leave(kind, name, !box.checked));
		label.append(box, ` ${name}`);
		set.append(label);
	}
	return set;
}

function filters()
{
	const all = element('details');

	for (const f of FIGURES)
		for (const v of f.variants)
			for (const [kind, names] of [[f.of, v.series.map(s => s.name)], [f.xof, xs(v)]])
				if (kind)
					KINDS_OF[kind] = [...new Set([...KINDS_OF[kind] ?? [], ...names])];
	all.open = true;
	all.append(element('summary', 'Shown in every picture'));
	for (const [kind, names] of Object.entries(KINDS_OF)) {
		hidden[kind] = new Set();
		if (names.length > 1)
			all.append(filterOf(kind, names));
	}
	document.getElementById('filter')?.append(all);
}

function figures()
{
	for (const f of FIGURES) {
		const el = document.getElementById(`figure-${f.id}`);
		const c = { figure: f, canvas: el.querySelector('canvas'), heat: el.querySelector('.heat'), variant: el.querySelector('select'),
			    log: el.querySelector('input'), shown: el.querySelector('.shown'), command: el.querySelector('figcaption code'),
			    table: el.querySelector('details table') };

		drawn.push(c);
		c.variant.addEventListener('change', () => draw(c));
		c.log?.addEventListener('change', () => draw(c));
		draw(c);
	}
}

function counters()
{
	const dialog = document.getElementById('counter');

	document.addEventListener('click', e => {
		const of = e.target.dataset?.counter;

		if (of === undefined)
			return;
		dialog.querySelector('h3').textContent = COUNTERS[of].title;
		dialog.querySelector('p').textContent = COUNTERS[of].text;
		dialog.querySelector('pre').textContent = COUNTERS[of].steps.join('\n');
		dialog.showModal();
	});
}

filters();
figures();
counters();
window.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw);
window.matchMedia('print').addEventListener('change', redraw);
