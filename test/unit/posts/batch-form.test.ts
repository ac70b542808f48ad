import { readBatch } from '../../../src/posts/batch-form';

const pointers = (body: unknown) => {
  const read = readBatch(body);
  return 'problems' in read ? read.problems.map(({ pointer }) => pointer) : null;
};

describe('a batch', () => {
  it('of posts is each of them, whatever it is', () => {
    const posts = [{ caption: 'a' }, 7, null, []];
    expect(readBatch({ posts })).toEqual({ items: posts.map((body) => ({ body })) });
    expect(readBatch({ posts, account_ids: null })).toEqual(readBatch({ posts }));
  });

  it('for accounts is the same body for each', () => {
    expect(readBatch({ account_ids: ['1', '2'], caption: 'a', account_id: null })).toEqual({
      items: [{ body: { caption: 'a', account_id: '1' } }, { body: { caption: 'a', account_id: '2' } }],
    });
  });

  it('refuses what is no account id, there alone', () => {
    const problem = { problems: [{ pointer: '/account_id', message: 'must be a string of digits' }] };
    expect(readBatch({ account_ids: [null, '2', 3] })).toEqual({
      items: [problem, { body: { account_id: '2' } }, problem],
    });
  });

  it.each<[string, unknown, string[]]>([
    ['is no object', [], ['']],
    ['is nothing', null, ['']],
    ['has neither form', { caption: 'a' }, ['']],
    ['has both forms', { posts: [{}], account_ids: ['1'] }, ['/posts', '/account_ids']],
    ['has no posts', { posts: [] }, ['/posts']],
    ['has a hundred and one', { posts: Array(101).fill({}) }, ['/posts']],
    ['has posts that are no list', { posts: {} }, ['/posts']],
    ['has accounts that are no list', { account_ids: '1' }, ['/account_ids']],
    ['has no accounts', { account_ids: [] }, ['/account_ids']],
    ['has too many accounts', { account_ids: Array(101).fill('1') }, ['/account_ids']],
    ['names one account and several', { account_ids: ['1'], account_id: '2' }, ['/account_id']],
    ['has fields beside its posts', { posts: [{}], 'a/b~': 1 }, ['/a~1b~0']],
    ['has all kinds of problems', { posts: 1, caption: 'a' }, ['/posts', '/caption']],
  ])('that %s is none', (_what, body, wanted) => {
    expect(pointers(body)).toEqual(wanted);
  });

  it('may have a hundred', () => expect(pointers({ posts: Array(100).fill({}) })).toBeNull());
});
