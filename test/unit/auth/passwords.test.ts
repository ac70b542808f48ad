import { AppError } from '../../../src/common/app-error';
import { isCommonPassword } from '../../../src/auth/common-passwords';
import { Passwords } from '../../../src/auth/passwords';

const passwords = new Passwords();

test('a password is kept as argon2id with 19 MiB, two passes and one lane', async () => {
  expect(await passwords.hash('four-words-from-a-book')).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
});

test('the same password is hashed differently each time', async () => {
  expect(await passwords.hash('four-words-from-a-book')).not.toBe(await passwords.hash('four-words-from-a-book'));
});

test('all 256 characters count', async () => {
  const long = 'é'.repeat(255);
  const stored = await passwords.hash(`${long}a`);
  expect(await passwords.matches(stored, `${long}a`)).toBe(true);
  expect(await passwords.matches(stored, `${long}b`)).toBe(false);
  expect(await passwords.matches(stored, long)).toBe(false);
});

test('an unknown user matches no password', async () => {
  expect(await passwords.matches(null, 'four-words-from-a-book')).toBe(false);
});

test('an unknown user costs as much as a wrong password', async () => {
  const stored = await passwords.hash('four-words-from-a-book');
  const time = async (hash: string | null) => {
    const started = performance.now();
    for (let i = 0; i < 8; i++) await passwords.matches(hash, `wrong ${i}`);
    return performance.now() - started;
  };
  const [wrong, unknown] = [await time(stored), await time(null)];
  expect(unknown).toBeGreaterThan(wrong / 3);
  expect(unknown).toBeLessThan(wrong * 3);
});

test('a storm of logins waits in line, and who comes on top of a full line is told so', async () => {
  const crowded = new Passwords();
  const answers = await Promise.allSettled(Array.from({ length: 300 }, () => crowded.matches('not a hash', 'x')));
  const refused = answers.filter(
    (answer) => answer.status === 'rejected' && answer.reason instanceof AppError && answer.reason.extras.retry_after,
  );
  expect(refused).toHaveLength(300 - 256 - 2);
  // Nobody's failure keeps a place in the line.
  expect(await crowded.matches(await crowded.hash('four-words'), 'four-words')).toBe(true);
});

test.each(['password', 'PassWord', '12345678', 'qwerty123', 'iloveyou'])('%s is a common password', (password) => {
  expect(isCommonPassword(password)).toBe(true);
});

test('four words are not a common password', () => {
  expect(isCommonPassword('four-words-from-a-book')).toBe(false);
});
