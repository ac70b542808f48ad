import { bold, dim, green, red, say } from './output.mjs';

/**
 * A figure is `{what, goal, measured, unit?, atLeast?}`: a number and the one it must not exceed (`atLeast`: must reach).
 * Without a goal it is only told. A figure that could not be measured is NaN, and has missed its goal.
 */
export function met({ goal, measured, atLeast = false }) {
  if (goal === undefined) return true;
  return atLeast ? measured >= goal : measured <= goal;
}

const number = (value) =>
  Number.isNaN(value) ? 'none' : String(Math.abs(value) < 10 ? Number(value.toFixed(2)) : Math.round(value));

const HEAD = ['what', 'goal', 'measured', 'ratio', 'ok'];

/** Prints figures beside their goals; answers whether all were met. */
export function printFigures(title, figures) {
  const rows = figures.map((figure) => {
    const { what, goal, measured, unit = '', atLeast = false } = figure;
    return [
      what,
      goal === undefined ? '' : `${atLeast ? '≥' : '≤'} ${number(goal)} ${unit}`.trimEnd(),
      `${number(measured)} ${unit}`.trimEnd(),
      goal ? number(measured / goal) : '',
      goal === undefined ? '' : met(figure) ? 'yes' : 'NO',
    ];
  });
  const widths = HEAD.map((head, i) => Math.max(head.length, ...rows.map((row) => row[i].length)));
  const line = (row) => row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join('  ');
  say(`\n${bold(title)}`);
  say(dim(`  ${line(HEAD)}`));
  for (const row of rows) say(`  ${row[4] === 'NO' ? red(line(row)) : row[4] ? green(line(row)) : line(row)}`);
  return figures.every(met);
}
