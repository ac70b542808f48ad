import { Secret } from '../../src/common/secret';
import { InstagramGraph, type ContainerSpec, type Credential, type GraphCallObservation } from '../../src/graph';
import { openSandbox, type RunningSandbox } from '../../src/sandbox/server';
import { clock, graphSettings } from '../unit/graph/meta-server';

const BAKERY = '17841400000000001';
const STUDIO = '17841400000000005';
const redirectUri = 'https://app.test/callback';

describe('the Graph client against the emulator', () => {
  let sandbox: RunningSandbox;
  let graph: InstagramGraph;
  const calls: GraphCallObservation[] = [];

  beforeAll(async () => {
    sandbox = await openSandbox();
    await control('settings', { fetch_media: false, processing_ms: 0, image_processing_ms: 0 });
    const settings = graphSettings(sandbox.url, {
      facebookDialogUrl: sandbox.url,
      instagramAuthorizeUrl: sandbox.url,
      app: { id: '1000000000000001', secret: new Secret('sandbox-app-secret') },
      instagramLoginApp: { id: '2000000000000001', secret: new Secret('sandbox-instagram-secret') },
    });
    graph = new InstagramGraph(settings, clock, (call) => calls.push(call));
  });
  afterAll(async () => {
    graph.onModuleDestroy();
    await sandbox.close();
  });
  beforeEach(() => calls.splice(0));

  async function control(path: string, body: unknown): Promise<unknown> {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${sandbox.url}/_sandbox/${path}`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer.status === 204 ? null : answer.json();
  }

  /** A person who agrees in the dialog; gives the code, as the address bar shows it. */
  async function consent(url: string, extra: string): Promise<string> {
    const answer = await fetch(`${url}&auto_approve=1&${extra}`, { redirect: 'manual' });
    const code = /[?&]code=([^&]+)/.exec(answer.headers.get('location') ?? '')?.[1];
    if (code === undefined) throw new Error(`No code: ${answer.status} ${await answer.text()}`);
    return code;
  }

  async function facebookLogin(): Promise<Credential> {
    const scopes = ['instagram_basic', 'instagram_content_publish', 'pages_show_list', 'pages_read_engagement'];
    const code = await consent(graph.facebookAuthorizeUrl({ redirectUri, state: 's', scopes }), '');
    const short = await graph.exchangeFacebookCode({ code, redirectUri });
    const long = await graph.extendFacebookToken(short.accessToken);
    const pages = await graph.listPages(long.accessToken);
    const token = pages.find(({ instagramAccount }) => instagramAccount?.id === BAKERY)?.pageToken;
    if (!token) throw new Error('The bakery has no Page token');
    return { login: 'facebook', accessToken: token };
  }

  async function instagramLogin(): Promise<Credential> {
    const scopes = ['instagram_business_basic', 'instagram_business_content_publish'];
    const url = graph.instagramAuthorizeUrl({ redirectUri, state: 's', scopes });
    const short = await graph.exchangeInstagramCode({ code: await consent(url, `account_id=${STUDIO}`), redirectUri });
    const long = await graph.extendInstagramToken(short.accessToken);
    return { login: 'instagram', accessToken: long.accessToken };
  }

  async function publishOne(credential: Credential, accountId: string, spec: ContainerSpec) {
    const { containerId } = await graph.createContainer(credential, accountId, spec);
    await finished(credential, containerId);
    const { mediaId } = await graph.publish(credential, accountId, containerId);
    await expect(graph.containerStatus(credential, containerId)).resolves.toMatchObject({ statusCode: 'PUBLISHED' });
    return graph.readMedia(credential, mediaId);
  }

  async function finished(credential: Credential, containerId: string): Promise<void> {
    for (let tries = 0; tries < 100; tries += 1) {
      const { statusCode, status } = await graph.containerStatus(credential, containerId);
      if (statusCode === 'FINISHED') return;
      if (statusCode !== 'IN_PROGRESS') throw new Error(status);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error('The container did not finish');
  }

  it('logs in with Facebook, finds the Pages, and publishes an image, a reel and a carousel', async () => {
    const credential = await facebookLogin();
    const inspection = await graph.inspectToken(credential.accessToken);
    expect(inspection).toMatchObject({ type: 'PAGE', isValid: true, neverExpires: true });
    await expect(graph.readAccount(credential, BAKERY)).resolves.toMatchObject({
      id: BAKERY,
      username: 'sandbox.bakery',
      accountType: null,
    });

    const image = await publishOne(credential, BAKERY, {
      kind: 'image',
      imageUrl: 'https://m.test/1.jpg',
      caption: 'one',
    });
    expect(image).toMatchObject({
      caption: 'one',
      mediaType: 'IMAGE',
      productType: 'FEED',
      username: 'sandbox.bakery',
    });
    const reel = await publishOne(credential, BAKERY, {
      kind: 'reel',
      videoUrl: 'https://m.test/1.mp4',
      shareToFeed: true,
    });
    expect(reel).toMatchObject({ mediaType: 'VIDEO', productType: 'REELS' });

    const children: string[] = [];
    for (const spec of [
      { kind: 'carousel_image', imageUrl: 'https://m.test/1.jpg', altText: 'bread' },
      { kind: 'carousel_video', videoUrl: 'https://m.test/1.mp4' },
    ] satisfies ContainerSpec[]) {
      const { containerId } = await graph.createContainer(credential, BAKERY, spec);
      await finished(credential, containerId);
      children.push(containerId);
    }
    const album = await publishOne(credential, BAKERY, { kind: 'carousel', children, caption: 'both' });
    expect(album).toMatchObject({ mediaType: 'CAROUSEL_ALBUM', caption: 'both' });

    const recent = await graph.recentMedia(credential, BAKERY, { since: new Date(Date.now() - 60_000), limit: 2 });
    expect(recent.map(({ id }) => id)).toEqual([album.id, reel.id]);
    await expect(graph.publishingLimit(credential, BAKERY)).resolves.toMatchObject({ quotaTotal: 100, quotaUsed: 3 });
    expect(calls.every(({ kind }) => kind === null)).toBe(true);
  });

  it('logs in with Instagram, keeps the token alive, and publishes a story', async () => {
    const credential = await instagramLogin();
    const me = await graph.identifyInstagramUser(credential.accessToken);
    expect(me).toMatchObject({ id: STUDIO, appScopedId: '27640875392278835', accountType: 'MEDIA_CREATOR' });
    await expect(graph.readAccount(credential, STUDIO)).resolves.toMatchObject({
      id: STUDIO,
      username: 'sandbox.studio',
    });

    const story = await publishOne(credential, STUDIO, { kind: 'story_image', imageUrl: 'https://m.test/1.jpg' });
    expect(story.productType).toBe('STORY');
    const since = new Date(Date.now() - 60_000);
    const stories = await graph.recentStories(credential, STUDIO, { since, limit: 10 });
    expect(stories.map(({ id }) => id)).toEqual([story.id]);

    await expect(graph.refreshInstagramToken(credential.accessToken)).rejects.toMatchObject({
      kind: 'validation_error',
    });
    await control('clock', { advance_ms: 25 * 3_600_000 });
    const refreshed = await graph.refreshInstagramToken(credential.accessToken);
    await expect(graph.identifyInstagramUser(refreshed.accessToken)).resolves.toMatchObject({ id: STUDIO });
  });

  it('says of a used code that it is used, on both logins', async () => {
    const scopes = ['instagram_basic', 'instagram_business_basic'];
    const request = { redirectUri, state: 's', scopes };
    const facebookCode = await consent(graph.facebookAuthorizeUrl(request), '');
    await graph.exchangeFacebookCode({ code: facebookCode, redirectUri });
    await expect(graph.exchangeFacebookCode({ code: facebookCode, redirectUri })).rejects.toMatchObject({
      kind: 'oauth_code_invalid',
      subcode: 36009,
    });
    const instagramCode = await consent(graph.instagramAuthorizeUrl(request), `account_id=${STUDIO}`);
    await graph.exchangeInstagramCode({ code: instagramCode, redirectUri });
    await expect(graph.exchangeInstagramCode({ code: instagramCode, redirectUri })).rejects.toMatchObject({
      kind: 'oauth_code_invalid',
    });
  });

  it('tells a dead token, a foreign object and a container that is not ready apart', async () => {
    const credential = await facebookLogin();
    const nobody: Credential = { login: 'facebook', accessToken: new Secret('EAAnotAToken') };
    await expect(graph.readAccount(nobody, BAKERY)).rejects.toMatchObject({ kind: 'invalid_token', code: 190 });
    await expect(graph.readMedia(credential, '17999999999999999')).rejects.toMatchObject({ kind: 'object_missing' });

    await control('settings', { image_processing_ms: 60_000 });
    const spec: ContainerSpec = { kind: 'image', imageUrl: 'https://m.test/1.jpg' };
    const { containerId } = await graph.createContainer(credential, BAKERY, spec);
    await expect(graph.publish(credential, BAKERY, containerId)).rejects.toMatchObject({
      kind: 'container_not_ready',
      ambiguous: true,
    });
    expect(calls.at(-1)).toMatchObject({ route: '/{ig-id}/media_publish', code: 9007, subcode: 2207027 });
  });
});
