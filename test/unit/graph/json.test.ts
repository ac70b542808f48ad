import fc from 'fast-check';
import { integer, isoTime, parseJson, unixTime } from '../../../src/graph/json';

describe('reading JSON without losing digits', () => {
  it('keeps a 17-digit id whole', () => {
    expect(parseJson('{"user_id": 27640875392278831, "n": 12}')).toEqual({ user_id: '27640875392278831', n: 12 });
  });

  it('leaves digits inside of strings alone, whatever is escaped around them', () => {
    const value = { 'k27640875392278831"': 'a "27640875392278831\\" \\\\', b: ['\\"', 27640875392278830n.toString()] };
    expect(parseJson(JSON.stringify(value))).toEqual(value);
  });

  it.each(['9007199254740993', '-9007199254740993', '123456789012345678901234567890'])(
    'keeps %s as digits',
    (digits) => {
      expect(parseJson(`[${digits}]`)).toEqual([digits]);
      expect(parseJson(digits)).toBe(digits);
    },
  );

  it.each(['9007199254740991', '-9007199254740991', '0', '-0', '1.90071992547409931', '1e21', '2.5E-3'])(
    'leaves %s to JSON',
    (literal) => expect(parseJson(`{"n":${literal}}`)).toEqual(JSON.parse(`{"n":${literal}}`)),
  );

  it('reads any JSON value as JSON.parse does, where a double can hold its numbers', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), fc.constantFrom(undefined, 2), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        const hasLongInteger = JSON.stringify(JSON.parse(text), (_, v: unknown) =>
          typeof v === 'number' && Number.isInteger(v) && !Number.isSafeInteger(v) ? 'LONG' : v,
        ).includes('LONG');
        fc.pre(!hasLongInteger);
        expect(parseJson(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  it('keeps any long integer at any depth', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 2n ** 53n, max: 10n ** 30n }), fc.string(), fc.boolean(), (big, text, negative) => {
        const digits = `${negative ? '-' : ''}${big}`;
        const parsed = parseJson(`{${JSON.stringify(text)}: [${JSON.stringify(text)}, {"id" :${digits}}]}`);
        expect(parsed).toEqual({ [text]: [text, { id: digits }] });
      }),
    );
  });

  it('accepts exactly the texts that JSON.parse accepts', () => {
    const pieces = fc.constantFrom(
      '"',
      '\\',
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '0',
      '9007199254740993',
      '-',
      '.',
      'e',
      ' ',
    );
    const accepts = (parse: (text: string) => unknown, text: string) => {
      try {
        parse(text);
        return true;
      } catch {
        return false;
      }
    };
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
        const text = parts.join('');
        // A key must be a string: quoting a bare number there would accept what JSON refuses.
        expect([text, accepts(parseJson, text)]).toEqual([text, accepts(JSON.parse, text)]);
      }),
      { numRuns: 3000 },
    );
  });

  it('reads a megabyte of quotes that never close in no time', () => {
    const started = performance.now();
    expect(() => parseJson('"\\"'.repeat(400_000))).toThrow(SyntaxError);
    expect(performance.now() - started).toBeLessThan(1000);
  });
});

describe('reading times and numbers', () => {
  it('reads an offset without a colon', () => {
    expect(isoTime('2019-09-26T22:36:43+0000')).toEqual(new Date('2019-09-26T22:36:43Z'));
    expect(isoTime('2019-09-26T22:36:43-0730')).toEqual(new Date('2019-09-27T06:06:43Z'));
    expect(isoTime('yesterday')).toBeNull();
    expect(isoTime(null)).toBeNull();
  });

  it('reads 0 as no time', () => {
    expect(unixTime(1753418653)).toEqual(new Date('2025-07-25T04:44:13Z'));
    expect(unixTime(0)).toBeNull();
    expect(unixTime('x')).toBeNull();
  });

  it('reads quoted integers and refuses fractions', () => {
    expect([integer('42'), integer(42), integer(4.2), integer('4.2'), integer('')]).toEqual([42, 42, null, null, null]);
  });
});
