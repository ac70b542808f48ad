import { request } from 'node:http';
import { readFileSync } from 'node:fs';
import { startMediaOrigin, startSandbox, STUDIO, type TestSandbox } from '../support/sandbox';

const REEL = readFileSync('demo/reel.mp4');
const SIZE = REEL.length;

describe('uploads to the sandbox', () => {
  let sandbox: TestSandbox;
  let token: string;

  beforeAll(async () => {
    sandbox = await startSandbox();
  });
  beforeEach(async () => {
    await sandbox.reset();
    token = sandbox.token();
  });
  afterAll(() => sandbox.close());

  const create = async (params: Record<string, string> = { media_type: 'REELS' }) => {
    const path = '/v25.0/17841400000000001/media';
    return (await sandbox.call('POST', path, { upload_type: 'resumable', ...params }, token)).body;
  };
  const send = async (uri: string, body: Buffer, headers: Record<string, string>) => {
    const answer = await fetch(uri, {
      method: 'POST',
      headers: { authorization: `OAuth ${token}`, 'content-type': 'application/octet-stream', ...headers },
      body: new Uint8Array(body),
    });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };
  const from = (offset: number, size = SIZE) => ({ offset: String(offset), file_size: String(size) });
  const progress = async (id: string) =>
    (await sandbox.call('GET', `/v25.0/${id}`, { fields: 'status_code,video_status' }, token)).body;

  /** Sends some bytes and then breaks the connection. */
  async function sendAndBreak(uri: string, body: Buffer, offset: number): Promise<void> {
    const headers = { authorization: `OAuth ${token}`, ...from(offset), 'content-length': String(SIZE - offset) };
    const sending = request(uri, { method: 'POST', headers });
    sending.on('error', () => undefined);
    await new Promise<void>((sent) => sending.write(body, () => sent()));
    await new Promise((resolve) => setTimeout(resolve, 100));
    sending.destroy();
  }

  it('say how far they are, go on from the next byte, and are looked at like any video', async () => {
    const { id, uri } = await create();
    expect(uri).toBe(`${sandbox.url}/ig-api-upload/v25.0/${id}`);
    expect(await progress(id)).toMatchObject({
      status_code: 'IN_PROGRESS',
      video_status: { uploading_phase: { status: 'not_started', bytes_transferred: 0 } },
    });
    await sendAndBreak(uri, REEL.subarray(0, 100_000), 0);
    expect((await progress(id)).video_status.uploading_phase).toEqual({
      status: 'in_progress',
      bytes_transferred: 100_000,
    });
    expect((await send(uri, REEL.subarray(100_000), from(100_000))).body).toEqual({
      success: true,
      message: 'Upload successful.',
    });
    expect((await sandbox.settled(id, token)).body.status_code).toBe('FINISHED');
    expect((await progress(id)).video_status).toMatchObject({
      uploading_phase: { status: 'complete', bytes_transferred: SIZE },
      processing_phase: { status: 'complete' },
    });
    expect(sandbox.state.ledger.uploads).toMatchObject([
      { offset: 0, file_size: SIZE, bytes: 100_000, outcome: 'cut' },
      { offset: 100_000, file_size: SIZE, bytes: SIZE - 100_000, outcome: 'complete' },
    ]);
    const kept = sandbox.state.containers.find(id)?.media;
    expect(readFileSync(kept?.path ?? '').equals(REEL)).toBe(true);
  });

  it('refuse a wrong offset, another size, and a second file', async () => {
    const { uri } = await create();
    const wrong = await send(uri, REEL.subarray(7), from(7));
    expect(wrong).toMatchObject({
      status: 400,
      body: { debug_info: { retriable: false, type: 'ProcessingFailedError' } },
    });
    await sendAndBreak(uri, REEL.subarray(0, 10), 0);
    expect((await send(uri, REEL, from(0))).body.debug_info).toMatchObject({
      message: expect.stringContaining('offset'),
    });
    expect((await send(uri, REEL.subarray(10), from(10, SIZE + 1))).body.debug_info).toBeDefined();
    expect((await send(uri, REEL.subarray(10), from(10))).status).toBe(200);
    expect((await send(uri, REEL, from(0))).body.debug_info).toMatchObject({ retriable: false });
  });

  it('call a request that ends too early a partial one, which may be gone on with', async () => {
    const { id, uri } = await create();
    const partial = await send(uri, REEL.subarray(0, 50_002), from(0));
    expect(partial.body.debug_info).toMatchObject({ retriable: true, type: 'PartialRequestError' });
    expect((await progress(id)).video_status.uploading_phase.bytes_transferred).toBe(50_002);
  });

  it('find out what the bytes are: junk ends in ERROR', async () => {
    const { id, uri } = await create();
    const junk = Buffer.alloc(5_000, 'x');
    expect((await send(uri, junk, from(0, 5_000))).status).toBe(200);
    const settled = await sandbox.settled(id, token);
    expect(settled.body).toMatchObject({ status_code: 'ERROR', status: expect.stringContaining('2207026') });
  });

  it('may be an address instead of bytes', async () => {
    const origin = await startMediaOrigin({ '/reel.mp4': REEL });
    const { id, uri } = await create();
    const answer = await fetch(uri, {
      method: 'POST',
      headers: { authorization: `OAuth ${token}`, file_url: `${origin.url}/reel.mp4` },
    });
    expect(await answer.json()).toEqual({ success: true, message: 'Upload successful.' });
    expect((await sandbox.settled(id, token)).body.status_code).toBe('FINISHED');
    await origin.close();
  });

  it('are for Facebook Login, for videos, and for containers made for them', async () => {
    const path = `/v25.0/${STUDIO}/media`;
    const params = { media_type: 'REELS', upload_type: 'resumable' };
    const instagram = sandbox.token(STUDIO, { login: 'instagram' });
    expect((await sandbox.call('POST', path, params, instagram)).body.error.code).toBe(100);
    const both = await create({ media_type: 'REELS', video_url: 'https://m.test/1.mp4' });
    expect(both.error.code).toBe(100);
    const kinds: Record<string, string>[] = [
      { media_type: 'STORIES' },
      { media_type: 'VIDEO', is_carousel_item: 'true' },
    ];
    for (const kind of kinds) expect((await create(kind)).uri).toContain('/ig-api-upload/');
  });

  it('need a token, but no proof: there is no place for one', async () => {
    const { uri } = await create();
    sandbox.set({ require_proof: true });
    const known = token;
    token = 'EAAnobody';
    expect((await send(uri, REEL, from(0))).body.debug_info).toMatchObject({ message: expect.stringContaining('190') });
    token = known;
    expect((await send(uri, REEL, from(0))).status).toBe(200);
  });

  it('break, hang and refuse when told to', async () => {
    const { id, uri } = await create();
    sandbox.fault({ match: { endpoint: 'upload' }, do: { kind: 'cut', after_bytes: 1_234, after_ms: 100 } });
    await expect(send(uri, REEL, from(0))).rejects.toThrow();
    expect((await progress(id)).video_status.uploading_phase.bytes_transferred).toBe(1_234);
    sandbox.fault({ match: { endpoint: 'upload' }, do: { kind: 'upload_refused', retriable: true, after_bytes: 10 } });
    expect((await send(uri, REEL.subarray(1_234), from(1_234))).body.debug_info).toMatchObject({
      retriable: true,
      message: 'Request processing failed',
    });
    sandbox.fault({ match: { endpoint: 'upload' }, do: 'upload_refused' });
    expect((await send(uri, REEL.subarray(1_244), from(1_244))).body.debug_info).toMatchObject({ retriable: false });
    expect(sandbox.state.ledger.uploads.map(({ bytes, outcome }) => [bytes, outcome])).toMatchObject([
      [1_234, 'cut'],
      [10, 'refused'],
      [expect.any(Number), 'refused'],
    ]);
  });
});
