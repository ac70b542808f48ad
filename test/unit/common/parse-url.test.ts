import { parseUrl } from '../../../src/common/parse-url';

it('still reads a name with letters of Latin-1 when it has been called often', () => {
  const wrong = Array.from({ length: 100_000 }, () => parseUrl('https://bücher.example/größe.jpg')?.hostname).filter(
    (host) => host !== 'xn--bcher-kva.example',
  );
  expect(wrong).toEqual([]);
});

it.each(['', 'x', '/x', 'https://', 'http://[1]/'])('%j is no URL', (text) => {
  expect(parseUrl(text)).toBeNull();
});

it('reads a relative one against its base', () => {
  expect(parseUrl('/b?c', new URL('https://a.example/x'))?.href).toBe('https://a.example/b?c');
});
