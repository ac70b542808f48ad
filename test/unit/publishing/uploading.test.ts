import { childInHand } from '../../../src/publishing/children';
import { callFor, nextStep } from '../../../src/publishing/next-step';
import type { Child, Heard, PublishingState, Upload } from '../../../src/publishing/publishing-state';
import { intentToSend } from '../../../src/publishing/uploading';
import { ago, become, failure, inMs, NOW, rules, stateOf, waiting } from './state-of';

const MB = 1_000_000;
const upload = (given: Partial<Upload> = {}): Upload => ({
  sizeBytes: 50 * MB,
  sentBytes: 0,
  state: 'send',
  doneAt: null,
  ...given,
});
const sendable = (given: Partial<PublishingState> = {}) => waiting({ upload: upload(), ...given });
const asking = (given: Partial<PublishingState> = {}) => waiting({ upload: upload({ state: 'ask' }), ...given });
const hear = (post: PublishingState, heard: Heard) => nextStep(post, heard, NOW, rules);
const has = (bytes: number, phase: 'under_way' | 'complete' | 'error' = 'under_way'): Heard => ({
  what: 'container_status',
  code: 'IN_PROGRESS',
  failure: null,
  upload: { phase, bytes },
});
const failed = (kind: Parameters<typeof failure>[0]): Heard => ({ what: 'call_failed', failure: failure(kind) });

describe('a container that was made for an upload', () => {
  it('is sent its video next, in a lane for uploads', () => {
    const change = hear(stateOf(), { what: 'container_created', containerId: '17', uploadBytes: 50 * MB });
    const post = become(stateOf(), change);
    expect(post).toMatchObject({ step: 'await', containerId: '17', upload: upload() });
    expect(callFor(post)).toBe('send_bytes');
    // A claim is given back with every look that is not due yet.
    expect(change.lookAgainAt?.getTime()).toBeGreaterThan(NOW.getTime());
    expect(change.lookAgainAt).toEqual(inMs(100));
  });

  it('is asked about by whoever finds that bytes may have been sent', () => {
    const change = intentToSend(sendable(), NOW, rules);
    expect(change).toMatchObject({ lookAgainAt: NOW, set: { upload: { state: 'ask', sentBytes: 0 } } });
    expect(change.why).toBe('The video is sent to Instagram: 50,000,000 bytes.');
    expect(callFor(become(sendable(), change))).toBe('read_container');
  });

  it('is waited for from the moment on at which all is there', () => {
    const old = { containerCreatedAt: ago(700_000) };
    const post = become(asking(old), hear(asking(old), { what: 'bytes_sent' }));
    expect(post.upload).toEqual(upload({ sentBytes: 50 * MB, state: 'done', doneAt: NOW.toISOString() }));
    expect(callFor(post)).toBe('read_container');
    const later = hear(post, { what: 'container_status', code: 'IN_PROGRESS', failure: null });
    expect(later).toMatchObject({ set: { status: 'processing' }, lookAgainAt: inMs(1_000) });
    expect(later.set.step).toBeUndefined();
  });
});

describe('an upload that was cut off', () => {
  it('waits by the retry policy, and then asks', () => {
    const change = hear(asking(), failed('network_error'));
    expect(change).toMatchObject({ lookAgainAt: inMs(5_000), set: { failures: { network_error: 1 } } });
    expect(callFor(become(asking(), change))).toBe('read_container');
  });

  it('goes on behind the last byte that Instagram has, and its failures are forgotten', () => {
    const post = asking({ failures: { network_error: 3 } });
    const change = hear(post, has(20 * MB));
    expect(change).toMatchObject({
      lookAgainAt: NOW,
      set: { failures: {}, upload: { sentBytes: 20 * MB, state: 'send' } },
    });
    expect(change.why).toBe('Instagram has 20,000,000 of 50,000,000 bytes; the next one is sent.');
    const next = become(post, change);
    expect(callFor(next)).toBe('send_bytes');
    expect(intentToSend(next, NOW, rules).why).toContain('bytes 20,000,000 to 50,000,000');
  });

  it('is not tried for ever on a line that brings nothing', () => {
    let post = asking();
    for (let cut = 0; cut < 3; cut += 1) {
      post = become(post, hear(post, failed('network_error')));
      post = become(post, hear(post, has(0)));
      post = become(post, intentToSend(post, NOW, rules));
    }
    expect(hear(post, failed('network_error')).set).toMatchObject({ status: 'failed', outcome: 'not_live' });
  });

  it('begins anew where Instagram does not say what it has', () => {
    const heard: Heard = { what: 'container_status', code: 'IN_PROGRESS', failure: null };
    expect(hear(asking(), heard).set.upload).toEqual(upload());
  });

  it('is done when everything had arrived all the same', () => {
    for (const heard of [has(50 * MB), has(0, 'complete')]) {
      expect(hear(asking(), heard)).toMatchObject({ set: { upload: { state: 'done' } }, lookAgainAt: inMs(1_000) });
    }
    const finished = hear(asking(), { what: 'container_status', code: 'FINISHED', failure: null });
    expect(finished.set).toMatchObject({ step: 'publish' });
  });

  it('is made again in a new container where it can go on no more, twice, and then fails', () => {
    for (const heard of [failed('media_processing_error'), has(7, 'error')]) {
      const again = hear(asking(), heard);
      expect(again).toMatchObject({
        lookAgainAt: inMs(120_000),
        set: { step: 'create', containerId: null, upload: null, failures: { media_processing_error: 1 } },
      });
      const third = hear(asking({ failures: { media_processing_error: 2 } }), heard);
      expect(third.set).toMatchObject({ status: 'failed', outcome: 'not_live', error: { advice: expect.any(String) } });
    }
  });

  it('by ourselves is no failure', () => {
    const cut = hear(asking(), { what: 'bytes_cut' });
    expect(cut).toMatchObject({ set: { upload: { state: 'ask' }, failures: {} }, lookAgainAt: inMs(1_000) });
    const unsent = hear(asking(), { what: 'bytes_not_sent' });
    expect(unsent).toMatchObject({ set: { upload: { state: 'send' } }, lookAgainAt: inMs(2_000) });
  });
});

describe('a carousel with videos to send', () => {
  const made = (containerId: string, more: Partial<Child> = {}): Child => ({
    containerId,
    createdAt: ago(4_000).toISOString(),
    ready: false,
    ...more,
  });
  const carousel = (children: Child[]) => stateOf({ childrenNeeded: 3, children });

  it('makes all containers, sends one video after the other, and only then reads', () => {
    let post = carousel([]);
    const calls: string[] = [];
    while (callFor(post) !== 'create_container') {
      const call = callFor(post);
      const index = childInHand(post)?.index ?? -1;
      calls.push(`${call} ${index}`);
      if (call === 'create_child')
        post = become(
          post,
          hear(post, { what: 'child_created', containerId: `${index}`, ...(index === 1 ? {} : { uploadBytes: MB }) }),
        );
      else if (call === 'send_bytes') {
        post = become(post, intentToSend(post, NOW, rules));
        expect(callFor(post)).toBe('read_child');
        post = become(post, hear(post, { what: 'bytes_sent' }));
      } else post = become(post, hear(post, { what: 'child_status', code: 'FINISHED', failure: null }));
    }
    expect(calls).toEqual([
      ...['create_child 0', 'create_child 1', 'create_child 2', 'send_bytes 0', 'send_bytes 2'],
      ...['read_child 0', 'read_child 1', 'read_child 2'],
    ]);
  });

  it('goes on with the next video at once, and says which item it is', () => {
    const post = carousel([
      made('1', { upload: upload({ state: 'ask' }) }),
      made('2'),
      made('3', { upload: upload() }),
    ]);
    const change = hear(post, { what: 'bytes_sent' });
    expect(change.lookAgainAt).toEqual(NOW);
    expect(change.why).toMatch(/^Item 1 of 3: All 50,000,000 of 50,000,000 bytes were sent/);
    const rest = hear(become(post, change), { what: 'bytes_sent' });
    expect(rest.lookAgainAt).toEqual(inMs(1_000));
  });

  it('makes only the item again whose upload can go on no more', () => {
    const post = carousel([made('1', { ready: true }), made('2', { upload: upload({ state: 'ask' }) }), made('3')]);
    const change = hear(post, failed('media_processing_error'));
    expect(change.set.children?.map(({ containerId }) => containerId)).toEqual(['1', null, '3']);
    expect(change.lookAgainAt).toEqual(inMs(120_000));
  });
});
