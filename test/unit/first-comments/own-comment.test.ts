import { sightingOf, type Seen } from '../../../src/first-comments/own-comment';

const us = { accountId: '17841', username: 'bakery' };
const seen = (given: Partial<Seen>): Seen => ({
  id: '1',
  text: 'Recipe #bread',
  username: null,
  authorId: null,
  isOwn: false,
  ...given,
});
const look = (comments: Seen[], author: { accountId: string; username: string | null } = us, all = true) =>
  sightingOf('Recipe #bread', author, comments, all);

describe('our own comment among those under a post', () => {
  it.each([
    ['Meta says that it is the own one', { isOwn: true }],
    ['it carries our name, in whatever case', { username: 'Bakery' }],
    ['it carries our id', { authorId: '17841' }],
    ['white space is written in another way', { username: 'bakery', text: ' Recipe\n#bread ' }],
  ])('is found where %s', (_why, given) => {
    expect(look([seen({ id: '9', text: 'Nice!' }), seen(given)])).toEqual({ is: 'ours', commentId: '1' });
  });

  it('is absent where only others said anything, be it the same', () => {
    expect(look([])).toEqual({ is: 'absent' });
    expect(look([seen({ username: 'fan' }), seen({ text: 'Other words' })])).toEqual({ is: 'absent' });
  });

  it('may be there where nobody says whose the same words are, or not all was read', () => {
    expect(look([seen({})])).toEqual({ is: 'perhaps' });
    expect(look([seen({ authorId: '99' })])).toEqual({ is: 'perhaps' });
    expect(look([seen({ username: 'fan' })], { accountId: '17841', username: null })).toEqual({ is: 'perhaps' });
    expect(look([], us, false)).toEqual({ is: 'perhaps' });
  });
});
