import { commentElsewhere } from '../../src/sandbox/control-comments';
import { Secret } from '../../src/common/secret';
import { InstagramGraph, type Credential } from '../../src/graph';
import { clock, graphSettings } from '../unit/graph/meta-server';
import { BAKERY, fixture, shapeOf, startSandbox, STUDIO, TRAVEL, type TestSandbox } from '../support/sandbox';

const FIELDS = 'id,text,timestamp,username,from,user';

describe('comments', () => {
  let sandbox: TestSandbox;
  let graph: InstagramGraph;

  beforeAll(async () => {
    sandbox = await startSandbox({ settings: { fetch_media: false } });
    graph = new InstagramGraph(graphSettings(sandbox.url, { app: null }), clock);
  });
  beforeEach(() => sandbox.reset());
  afterAll(async () => {
    graph.onModuleDestroy();
    await sandbox.close();
  });

  const credential = (accountId = BAKERY, options: object = {}, login: Credential['login'] = 'facebook') => ({
    login,
    accessToken: new Secret(sandbox.token(accountId, options)),
  });
  const medium = (given: object = {}) => sandbox.postElsewhere(given)[0] ?? '';
  const list = (mediaId: string, token = sandbox.token(), more: Record<string, string> = {}) =>
    sandbox.call('GET', `/v25.0/${mediaId}/comments`, { fields: FIELDS, ...more }, token);

  it('are written and read by both logins', async () => {
    const ofStudio = sandbox.postElsewhere({}, STUDIO)[0] ?? '';
    const both: [Credential, string][] = [
      [credential(), medium()],
      [credential(STUDIO, { login: 'instagram' }, 'instagram'), ofStudio],
    ];
    for (const [who, mediaId] of both) {
      const { commentId } = await graph.createComment(who, mediaId, 'Recipe #bread 🍞');
      const [comment, ...more] = await graph.listComments(who, mediaId, 500);
      expect(more).toEqual([]);
      expect(comment).toMatchObject({ id: commentId, text: 'Recipe #bread 🍞', isOwn: true });
      expect(comment?.timestamp).toBeInstanceOf(Date);
      expect(sandbox.effects('comment_created').at(-1)).toMatchObject({ media_id: mediaId, comment_id: commentId });
    }
  });

  it('are read newest first, over the pages of 50', async () => {
    const mediaId = medium();
    for (let i = 0; i < 120; i += 1) commentElsewhere(sandbox.state, mediaId, { text: `Nice, ${i}`, username: 'fan' });
    const all = await graph.listComments(credential(), mediaId, 500);
    expect(all).toHaveLength(120);
    expect(all[0]).toMatchObject({ text: 'Nice, 119', username: 'fan', isOwn: false });
    expect(await graph.listComments(credential(), mediaId, 70)).toHaveLength(70);
    expect((await list(mediaId, sandbox.token(), { limit: '51' })).body.error.code).toBe(100);
  });

  it('say whose they are only to who may manage comments, but for the own ones', async () => {
    const mediaId = medium();
    commentElsewhere(sandbox.state, mediaId, { text: 'Lovely' });
    await graph.createComment(credential(), mediaId, 'Thanks');
    const readOnly = credential(BAKERY, { scopes: ['instagram_basic', 'pages_read_engagement'] });
    const [own, other] = await graph.listComments(readOnly, mediaId, 50);
    expect(own).toMatchObject({ text: 'Thanks', isOwn: true, username: 'sandbox.bakery' });
    expect(other).toMatchObject({ text: 'Lovely', isOwn: false, username: null, authorId: null });
    await expect(graph.createComment(readOnly, mediaId, 'More')).rejects.toMatchObject({
      kind: 'permission_denied',
      ambiguous: true,
    });
    expect(sandbox.effects('comment_created')).toHaveLength(1);
  });

  it('are made although Meta answers an error where fields are asked for', async () => {
    const mediaId = medium();
    const params = { message: 'Made all the same', fields: 'id' };
    const answer = await sandbox.call('POST', `/v25.0/${mediaId}/comments`, params, sandbox.token());
    expect(answer).toMatchObject({ status: 400, body: { error: { code: 20, error_subcode: 1772107 } } });
    expect((await list(mediaId)).body.data).toHaveLength(1);
  });

  it('are not on stories, not of nothing, and not on the media of others', async () => {
    const story = medium({ media_product_type: 'STORY' });
    const write = (mediaId: string, message: string, token = sandbox.token()) =>
      sandbox.call('POST', `/v25.0/${mediaId}/comments`, { message }, token);
    expect((await write(story, 'Hello')).body.error).toMatchObject({ code: 100, error_subcode: 33 });
    expect((await write(medium(), ' ')).body.error.code).toBe(100);
    expect((await write(medium(), 'x'.repeat(2_201))).body.error.code).toBe(100);
    expect((await write(medium(), '#a '.repeat(31))).body.error.code).toBe(100);
    expect((await write(medium(), 'Hi', sandbox.token(TRAVEL))).body.error).toMatchObject({ code: 100 });
    expect(sandbox.effects('comment_created')).toEqual([]);
  });

  it('look as recorded', async () => {
    const mediaId = medium();
    await graph.createComment(credential(), mediaId, 'Hey');
    const { replies: _replies, ...recorded } = fixture('ig-comment-with-replies.json') as Record<string, unknown>;
    const fields = Object.keys(recorded).join(',');
    expect(shapeOf((await list(mediaId, sandbox.token(), { fields })).body.data[0])).toEqual(shapeOf(recorded));
  });
});
