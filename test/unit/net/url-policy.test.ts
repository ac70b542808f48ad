import { isIP } from 'node:net';
import fc from 'fast-check';
import { AppError } from '../../../src/common/app-error';
import { checkAddresses, isPublicAddress, readDestination } from '../../../src/net/url-policy';

const NONE: ReadonlySet<string> = new Set();

/** A public-looking host is all that the text of a URL can show; what it resolves to is judged by checkAddresses. */
function verdict(url: string, allowed: ReadonlySet<string> = NONE): string {
  try {
    readDestination(url, allowed);
    return 'allowed';
  } catch (error) {
    if (error instanceof AppError) return error.errorType;
    throw error;
  }
}

const ALLOWED = [
  'https://cdn.example.com/reel.mp4',
  'http://cdn.example.com/reel.mp4',
  'HTTPS://CDN.EXAMPLE.COM/reel.mp4',
  'https://cdn.example.com',
  'https://cdn.example.com:443/a',
  'https://cdn.example.com:8443/a?b=c&d=%20#frag',
  'https://cdn.example.com./a',
  'https://8.8.8.8/a',
  'http://93.184.216.34:8080/a',
  'https://[2606:4700:4700::1111]/a',
  'https://bücher.example.com/größe.jpg',
  'https://cdn.example.com/path/with@at.jpg',
  'https://cdn.example.com/?u=https://user:pw@other.example.com/',
  'https://localhost.example.com/a',
  'https://internal.example.com/a',
];

const REFUSED: [string, string[]][] = [
  [
    'loopback, in every spelling',
    [
      'http://127.0.0.1/',
      'http://127.0.0.1:8000/',
      'http://127.1/',
      'http://127.255.255.254/',
      'http://2130706433/',
      'http://0x7f000001/',
      'http://0x7f.1/',
      'http://0177.0.0.1/',
      'http://0177.0x0.0.01/',
      'http://127.0.0.1./',
      'http://１２７.０.０.１/',
      'http://127。0。0。1/',
      'http://%31%32%37.0.0.1/',
      'http://[::1]/',
      'http://[0:0:0:0:0:0:0:1]:3000/',
      'http://[::ffff:127.0.0.1]/',
      'http://[::ffff:7f00:1]/',
      'http://[::127.0.0.1]/',
      'http://localhost/',
      'http://LOCALHOST:8000/',
      'http://localhost./',
      'http://api.localhost/',
    ],
  ],
  [
    'private and special IPv4',
    [
      'http://0.0.0.0/',
      'http://0/',
      'http://0.1.2.3/',
      'http://10.0.0.1/',
      'http://10.255.255.255/',
      'http://100.64.0.1/',
      'http://100.127.255.255/',
      'http://169.254.169.254/latest/meta-data/',
      'http://0xa9fea9fe/',
      'http://2852039166/',
      'http://172.16.0.1/',
      'http://172.31.255.255/',
      'http://192.0.0.1/',
      'http://192.0.2.1/',
      'http://192.88.99.1/',
      'http://192.168.1.1/',
      'http://198.18.0.1/',
      'http://198.19.255.255/',
      'http://198.51.100.7/',
      'http://203.0.113.9/',
      'http://224.0.0.1/',
      'http://239.255.255.255/',
      'http://240.0.0.1/',
      'http://255.255.255.255/',
    ],
  ],
  [
    'private and special IPv6',
    [
      'http://[::]/',
      'http://[::ffff:10.0.0.1]/',
      'http://[::ffff:8.8.8.8]/',
      'http://[64:ff9b::7f00:1]/',
      'http://[64:ff9b::808:808]/',
      'http://[64:ff9b:1::a00:1]/',
      'http://[2002:7f00:1::]/',
      'http://[2002:808:808::1]/',
      'http://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/',
      'http://[2001:db8::1]/',
      'http://[3fff::1]/',
      'http://[100::1]/',
      'http://[fe80::1]/',
      'http://[fec0::1]/',
      'http://[fc00::1]/',
      'http://[fd12:3456::1]/',
      'http://[ff02::1]/',
      'http://[5f00::1]/',
      'http://[4000::1]/',
      'http://[fe80::1%25eth0]/',
    ],
  ],
  [
    'names of the own network',
    [
      'http://redis/',
      'http://redis:6379/',
      'http://printer.local/',
      'http://nas.lan/',
      'http://metadata.google.internal/',
      'http://127.0.0.1!/',
      'http://*.example.com/',
      'http://a..example.com/',
      'http://router.home.arpa/',
      'http://internal/',
    ],
  ],
  [
    'credentials',
    [
      'https://user@cdn.example.com/',
      'https://user:pw@cdn.example.com/',
      'https://:pw@cdn.example.com/',
      'https://@cdn.example.com/',
      'https://%75:p@cdn.example.com/',
      'https://8.8.8.8@127.0.0.1/',
      'https://127.0.0.1@8.8.8.8/',
    ],
  ],
  [
    'odd schemes',
    [
      'ftp://cdn.example.com/a',
      'file:///etc/passwd',
      'data:image/png;base64,AAAA',
      'javascript:alert(1)',
      'gopher://cdn.example.com/',
      'ws://cdn.example.com/',
      'blob:https://cdn.example.com/1',
      'httpss://cdn.example.com/',
      'https:cdn.example.com/a',
      'https:/cdn.example.com/a',
      'https:///cdn.example.com/a',
      '//cdn.example.com/a',
      'cdn.example.com/a',
      '/etc/passwd',
      '',
      'https://',
      'https:// ',
    ],
  ],
  [
    'text that parsers read differently',
    [
      'https://cdn.example.com\\@127.0.0.1/',
      'https:\\\\127.0.0.1\\',
      ' https://cdn.example.com/',
      'https://cdn.example.com/ ',
      'https://cdn.example.com/a b.jpg',
      'ht\ntps://cdn.example.com/',
      'https://cdn.exa\tmple.com/',
      'https://cdn.example.com/\r\nHost: 127.0.0.1',
      'https://cdn.example.com/\u0000',
      'https://cdn.example.com/\u0085',
      'https://cdn.example.com/\u00a0',
      'https://cdn.example.com:99999/',
      'https://[::1/',
      'https://exa mple.com/',
      'https://exa<mple.com/',
      `https://cdn.example.com/${'a'.repeat(5000)}`,
    ],
  ],
  [
    'ports of other services',
    [
      'http://cdn.example.com:0/',
      'http://cdn.example.com:22/',
      'http://cdn.example.com:25/',
      'http://8.8.8.8:53/',
      'http://cdn.example.com:6000/',
      'http://cdn.example.com:6667/',
    ],
  ],
];

describe('the text of a URL', () => {
  it.each(ALLOWED)('%s may be looked up', (url) => {
    expect(verdict(url)).toBe('allowed');
  });

  describe.each(REFUSED)('%s', (_kind, urls) => {
    it.each(urls)('%j is refused', (url) => {
      expect(verdict(url)).toBe('url_not_allowed');
    });
  });

  it('fills in the port and drops the fragment', () => {
    expect(readDestination('https://CDN.example.com/a#b', NONE)).toMatchObject({ host: 'cdn.example.com', port: 443 });
    expect(readDestination('http://cdn.example.com/a#b', NONE).url.href).toBe('http://cdn.example.com/a');
  });

  it('never repeats credentials in its refusal', () => {
    expect(() => readDestination('https://bob:hunter2@cdn.example.com/', NONE)).toThrow(
      expect.objectContaining({ detail: expect.not.stringContaining('hunter2') }),
    );
  });
});

describe('the exemption of private hosts', () => {
  const allowed = new Set(['127.0.0.1:8800', 'localhost:80', '[::1]:9000', 'minio:9000']);

  it.each([
    'http://127.0.0.1:8800/a',
    'http://localhost/a',
    'http://LOCALHOST:80/a',
    'http://[::1]:9000/',
    'http://minio:9000/b/k',
  ])('%s is exempt as written', (url) => {
    expect(readDestination(url, allowed).exempt).toBe(true);
  });

  it.each([
    'http://127.0.0.1:8801/',
    'http://127.0.0.1/',
    'https://localhost/',
    'http://127.0.0.2:8800/',
    'http://[::1]/',
    'http://minio/',
  ])('%s is another host and port, and stays refused', (url) => {
    expect(verdict(url, allowed)).toBe('url_not_allowed');
  });

  it('does not excuse credentials', () => {
    expect(verdict('http://u:p@127.0.0.1:8800/', allowed)).toBe('url_not_allowed');
  });
});

describe('the addresses behind a name', () => {
  const destination = readDestination('https://cdn.example.com/', NONE);

  it('are all looked at: one private address among public ones is enough to refuse', () => {
    expect(() => checkAddresses(destination, ['93.184.216.34', '2606:4700::1'])).not.toThrow();
    expect(() => checkAddresses(destination, ['93.184.216.34', '10.0.0.7'])).toThrow(AppError);
    expect(() => checkAddresses(destination, ['93.184.216.34', '::ffff:10.0.0.7'])).toThrow(AppError);
  });

  it.each(['fe80::1%eth0', '2606:4700::1%eth0', 'not an address', '', '1.2.3', '127.1'])(
    '%j is not public',
    (address) => {
      expect(isPublicAddress(address)).toBe(false);
    },
  );

  it('are refused in every private range, wherever inside it', () => {
    const inside = (a: [number, number], b: [number, number]) =>
      fc.tuple(fc.integer({ min: a[0], max: a[1] }), fc.integer({ min: b[0], max: b[1] }), fc.nat(255), fc.nat(255));
    const privateV4 = fc.oneof(
      inside([0, 0], [0, 255]),
      inside([10, 10], [0, 255]),
      inside([100, 100], [64, 127]),
      inside([127, 127], [0, 255]),
      inside([169, 169], [254, 254]),
      inside([172, 172], [16, 31]),
      inside([192, 192], [168, 168]),
      inside([198, 198], [18, 19]),
      inside([224, 255], [0, 255]),
    );
    fc.assert(
      fc.property(privateV4, (octets) => {
        const [a, b, c, d] = octets;
        const dotted = octets.join('.');
        const number = ((a << 24) >>> 0) + (b << 16) + (c << 8) + d;
        expect(isPublicAddress(dotted)).toBe(false);
        for (const spelled of [
          dotted,
          String(number),
          `0x${number.toString(16)}`,
          `0${number.toString(8)}`,
          `[::ffff:${dotted}]`,
          `[64:ff9b::${dotted}]`,
        ])
          expect(verdict(`http://${spelled}/`)).toBe('url_not_allowed');
      }),
    );
  });

  it('whatever the text, the answer is a destination or url_not_allowed', () => {
    const parts = fc.constantFrom(
      'http',
      's',
      ':',
      '/',
      '//',
      '@',
      '\\',
      '?',
      '#',
      '[',
      ']',
      '%',
      '.',
      '127.0.0.1',
      '::1',
      'a.example.com',
      ' ',
      '\t',
      '\u0000',
      '0x7f',
      ':80',
    );
    const soup = fc.array(fc.oneof(parts, fc.string()), { maxLength: 12 }).map((texts) => `http://${texts.join('')}`);
    fc.assert(
      fc.property(fc.oneof(soup, fc.string(), fc.webUrl()), (text) => {
        const answer = verdict(text);
        expect(['allowed', 'url_not_allowed']).toContain(answer);
        if (answer !== 'allowed') return;
        const { url, host } = readDestination(text, NONE);
        expect(url.username + url.password).toBe('');
        expect(isIP(host) === 0 ? /[.]/.test(host) && !host.endsWith('localhost') : isPublicAddress(host)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});
