import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { HTTP_STATUS } from '../../../src/common/app-error';
import { ERROR_TYPE_OF_KIND, GRAPH_ERROR_KINDS } from '../../../src/graph/error-kind';
import { GRAPH_ERROR_TABLE } from '../../../src/graph/error-table';
import { RETRY_RULES } from '../../../src/publishing/retry-policy';

const cellsOf = (line: string) => line.split('|').map((cell) => cell.trim());
const lines = readFileSync(join(__dirname, '../../../docs/errors.md'), 'utf8').split('\n').map(cellsOf);

describe('docs/errors.md', () => {
  it.each(Object.entries(HTTP_STATUS))('has %s with its HTTP status %d, its meaning and what to do', (type, status) => {
    const found = lines.filter(([, http, name]) => http === String(status) && name === `\`${type}\``);
    expect(found).toHaveLength(1);
    expect(found[0]?.[3]).not.toBe('');
  });

  it('has no error_type that the code lacks', () => {
    const named = lines.filter(([, http]) => /^\d{3}$/.test(http ?? '')).map(([, , name]) => name?.replaceAll('`', ''));
    expect(named.sort()).toEqual(Object.keys(HTTP_STATUS).sort());
  });

  const lineOf = (kind: string) =>
    lines.filter((cells) => cells.length === 6 && cells[1] === `\`${kind}\`` && cells[3]?.startsWith('`'));

  it.each(GRAPH_ERROR_KINDS)('has %s with its error_type and what publishing does', (kind) => {
    const found = lineOf(kind);
    expect(found).toHaveLength(1);
    expect(found[0]?.[3]).toBe(`\`${ERROR_TYPE_OF_KIND[kind]}\``);
    const rule = RETRY_RULES[kind];
    const tries = rule && { 2: /twice/, 3: /3 times/, 10: /ten times/ }[rule.times];
    if (rule) expect(found[0]?.[4]).toMatch(tries ?? /never/);
    if (rule) expect(/new container/.test(found[0]?.[4] ?? '')).toBe(rule.newContainer);
  });

  it('has every code of the tables with its kind, where it is not one of a family', () => {
    const missing = GRAPH_ERROR_TABLE.filter(({ code, subcode, kind }) => {
      const codes = lineOf(kind)[0]?.[2] ?? '';
      const written = String(subcode ?? code).replace('-', '−');
      const family = kind === 'validation_error' && code === 100;
      const ofItsCode = GRAPH_ERROR_TABLE.some((row) => row.code === code && row.subcode === null && row.kind === kind);
      return !family && !(ofItsCode && subcode !== null) && !codes.includes(written);
    });
    expect(missing.map(({ code, subcode, kind }) => `${code}/${subcode} ${kind}`)).toEqual([]);
  });
});
