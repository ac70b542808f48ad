import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseJson, ShapeError } from '../../../src/graph/json';
import * as wire from '../../../src/graph/wire';
import * as login from '../../../src/graph/wire-login';
import { parseWireError } from '../../../src/graph/wire-error';
import { parseUsage, regainSeconds } from '../../../src/graph/usage';

const text = (name: string) => readFileSync(join(__dirname, '../../fixtures', `${name}.json`), 'utf8');
const fixture = (name: string) => parseJson(text(name));
const now = new Date('2026-11-20T12:00:00Z');

describe('reading recorded answers', () => {
  it('reads a finished and a failed container', () => {
    expect(wire.containerState(fixture('container-status-finished'))).toEqual({
      statusCode: 'FINISHED',
      status: 'Finished: Media has been uploaded and it is ready to be published.',
    });
    expect(wire.containerState(fixture('container-status-error')).statusCode).toBe('ERROR');
  });

  it('reads the ids of a new container and of new media', () => {
    expect(wire.createdId(fixture('media-create-container'))).toBe('17889455560051444');
    expect(wire.createdId(fixture('media-publish'))).toBe('17920238422030506');
    expect(wire.createdId(parseJson('{"id":17920238422030506}'))).toBe('17920238422030506');
  });

  it('reads an album, whose recording has neither product type nor user name', () => {
    expect(wire.media(fixture('ig-media-carousel-album'))).toMatchObject({
      id: '17896129349106152',
      mediaType: 'CAROUSEL_ALBUM',
      productType: null,
      caption: 'ALBUM',
      permalink: 'https://www.instagram.com/p/CRyZpmrjYC4/',
      timestamp: new Date('2021-07-26T10:45:20Z'),
    });
  });

  it('reads a page of media and keeps the address with the token to itself', () => {
    const page = wire.page(fixture('ig-user-media-page1'), wire.media);
    expect(page.items.map(({ id }) => id)).toEqual(['17895731045244887', '17896622936197745']);
    expect(page.after).toBe('after');
    expect(JSON.stringify(page)).not.toContain('access_token');
  });

  it('takes a page without `next` for the last one, cursors or not', () => {
    expect(wire.page(fixture('me-accounts-with-ig'), login.facebookPage).after).toBeNull();
    expect(wire.page({ data: [] }, wire.media)).toEqual({ items: [], after: null });
  });

  it('reads both recordings of the publishing limit', () => {
    expect(wire.publishingLimit(fixture('content-publishing-limit-2021'))).toEqual({
      quotaTotal: 25,
      quotaUsed: 0,
      windowSeconds: 86_400,
    });
    expect(wire.publishingLimit(fixture('content-publishing-limit-docs-2026'))).toMatchObject({ quotaTotal: 50 });
    expect(wire.publishingLimit({ data: [{ quota_usage: 3 }] })).toMatchObject({ quotaTotal: null, quotaUsed: 3 });
  });

  it('reads a Page with its token, roles and account', () => {
    const page = wire.page(fixture('me-accounts-with-ig'), login.facebookPage).items[0];
    expect(page).toMatchObject({
      id: '134895793791914',
      canPublish: true,
      instagramAccount: { id: '17841405822304914', username: null },
    });
    expect(page?.pageToken?.reveal()).toBe('REDACTED');
  });

  it('knows which roles may publish, in both vocabularies', () => {
    const canPublish = (tasks: string[]) => login.facebookPage({ id: '1', name: 'p', tasks }).canPublish;
    expect(canPublish(['PROFILE_PLUS_FULL_CONTROL'])).toBe(true);
    expect(canPublish(['CREATE_CONTENT'])).toBe(true);
    expect(canPublish(['ANALYZE', 'PROFILE_PLUS_ANALYZE', 'MODERATE'])).toBe(false);
    expect(canPublish([])).toBe(false);
  });

  it('keeps the 17 digits of a numeric user id', () => {
    expect(login.instagramShortToken(fixture('ig-login-token-numeric-user-id'))).toMatchObject({
      appScopedId: '27640875392278831',
      permissions: ['instagram_business_basic'],
    });
  });

  it('reads a short token flat or wrapped, its permissions as a list or a comma string', () => {
    expect(login.instagramShortToken(fixture('ig-login-short-lived-token')).permissions).toHaveLength(4);
    const wrapped = { data: [{ access_token: 'IGtoken', user_id: '12', permissions: 'a, b,c' }] };
    expect(login.instagramShortToken(wrapped)).toMatchObject({ appScopedId: '12', permissions: ['a', 'b', 'c'] });
  });

  it('counts the life of a token from now, and leaves an unsaid end unsaid', () => {
    const token = { access_token: 't', token_type: 'bearer' };
    expect(login.grantedToken({ ...token, expires_in: 60 }, now).expiresAt).toEqual(new Date('2026-11-20T12:01:00Z'));
    expect(login.grantedToken(token, now).expiresAt).toBeNull();
  });

  it('reads who a token belongs to, flat or wrapped, with numeric ids', () => {
    const me = '{"id":27640875392278831,"user_id":17841405309211844,"username":"shop","account_type":"Media_Creator"}';
    const expected = {
      id: '17841405309211844',
      appScopedId: '27640875392278831',
      username: 'shop',
      accountType: 'MEDIA_CREATOR',
    };
    expect(login.instagramUser(parseJson(me))).toMatchObject(expected);
    expect(login.instagramUser(parseJson(`{"data":[${me}]}`))).toMatchObject(expected);
  });

  it('reads an account of Facebook Login, which has no account type', () => {
    expect(login.instagramAccount(fixture('ig-user-fields'))).toMatchObject({
      id: '17841407673135339',
      username: 'facebookfordevelopers',
      accountType: null,
      followersCount: 64361,
    });
  });

  it('reads an inspected token: 0 is never', () => {
    expect(login.tokenInspection(fixture('debug-token-page-or-longlived-user'))).toMatchObject({
      type: 'USER',
      isValid: true,
      expiresAt: null,
      neverExpires: true,
      dataAccessExpiresAt: new Date('2025-10-30T21:38:50Z'),
      userId: '122000000000000001',
      profileId: null,
    });
    const granular = { data: { granular_scopes: [{ scope: 'a', target_ids: ['1', '2'] }, { scope: 'b' }] } };
    expect(login.tokenInspection(granular).granularScopes).toEqual([
      { scope: 'a', targetIds: ['1', '2'] },
      { scope: 'b', targetIds: null },
    ]);
  });

  it.each([
    ['a container without a known status', () => wire.containerState({ status_code: 'SLEEPING' })],
    ['an id that is missing', () => wire.createdId({ success: true })],
    ['a list that is none', () => wire.page({ data: {} }, wire.media)],
    ['an empty token', () => login.grantedToken({ access_token: '' }, now)],
    ['a body that is no object', () => wire.createdId('ok')],
    ['an identity without the id of the account', () => login.instagramUser({ id: '1', username: 'u' })],
  ])('refuses %s', (_, parse) => {
    expect(parse).toThrow(ShapeError);
  });
});

describe("reading Meta's refusals", () => {
  it('reads the Graph envelope and keeps the localised words apart', () => {
    expect(parseWireError(text('error-2207052-media-fetch-failed-es'), 400)).toMatchObject({
      envelope: 'graph',
      code: 9004,
      subcode: 2207052,
      message: 'Only photo or video can be accepted as media type.',
      isTransient: false,
      fbtraceId: 'AlpttEYXJ6vKWCf1NCKRVks',
      userTitle: expect.stringContaining('Se ha producido un error'),
    });
    expect(parseWireError(text('error-80001-buc-page-rate-limit'), 400)).toMatchObject({ code: 80001, subcode: null });
  });

  it('reads the flat envelope of the code exchange', () => {
    expect(parseWireError(text('error-ig-oauth-code-used'), 400)).toMatchObject({
      envelope: 'oauth',
      code: 400,
      message: 'Matching code was not found or was already used',
    });
  });

  it('reads how much of an upload has arrived', () => {
    const read = (uploading_phase: unknown) =>
      wire.containerState({ status_code: 'IN_PROGRESS', video_status: { uploading_phase } }).upload;
    expect(read({ status: 'in_progress', bytes_transferred: 50002 })).toEqual({ phase: 'under_way', bytes: 50002 });
    expect(read({ status: 'complete', bytes_transferred: 7 })).toEqual({ phase: 'complete', bytes: 7 });
    expect(read({ status: 'error' })).toEqual({ phase: 'error', bytes: 0 });
    expect(read(undefined)).toBeUndefined();
  });

  it('reads the envelope of the upload host', () => {
    const body = '{"debug_info":{"retriable":true,"type":"ProcessingFailedError","message":"{\\"success\\":false}"}}';
    expect(parseWireError(body, 400)).toMatchObject({
      envelope: 'upload',
      code: null,
      isTransient: true,
      message: 'ProcessingFailedError: {"success":false}',
    });
  });

  it("reads Graph's own error in the message of the upload host", () => {
    const error = { message: 'Session has expired.', code: 190, error_subcode: 463, fbtrace_id: 'A1' };
    const debug_info = { retriable: false, type: 'ProcessingFailedError', message: JSON.stringify(error) };
    expect(parseWireError(JSON.stringify({ debug_info }), 400)).toMatchObject({
      envelope: 'upload',
      code: 190,
      subcode: 463,
      message: 'Session has expired.',
      isTransient: false,
    });
  });

  it.each(['', '<!DOCTYPE html><title>Error</title>', '[]', 'null', '{"error":"no"}', '{"data":{}}'])(
    'finds nothing said in %j',
    (body) => expect(parseWireError(body, 503)).toMatchObject({ envelope: 'none', code: null, httpStatus: 503 }),
  );

  it('reads negative and quoted codes', () => {
    expect(parseWireError('{"error":{"code":-2,"error_subcode":"2207003"}}', 400)).toMatchObject({
      code: -2,
      subcode: 2207003,
    });
  });
});

describe('reading the usage headers', () => {
  const headers = (values: Record<string, string>) => parseUsage((name) => values[name] ?? null);

  it('reads the recorded ones', () => {
    const recorded = JSON.parse(text('headers-usage')) as Record<string, string>;
    expect(headers(recorded)).toEqual({
      appUsage: { callCount: 91, totalTime: 12, totalCpuTime: 15 },
      businessUsage: [
        { objectId: '112130216863063', type: 'pages', callCount: 1, totalTime: 1, totalCpuTime: 1, regainMinutes: 0 },
      ],
    });
  });

  it('gives the longest time until calls are taken again', () => {
    const entry = (minutes: number) => ({
      type: 'instagram',
      call_count: 100,
      estimated_time_to_regain_access: minutes,
    });
    const usage = headers({
      'x-business-use-case-usage': JSON.stringify({ 17841405822304914: [entry(3)], 2: [entry(12), entry(0)] }),
    });
    expect(regainSeconds(usage)).toBe(720);
    expect(regainSeconds(headers({}))).toBeNull();
  });

  it.each(['', 'not json', '[]', '{"1":7}', '{"1":[null,3]}'])('makes nothing of %j', (value) => {
    const usage = headers({ 'x-app-usage': value, 'x-business-use-case-usage': value });
    expect(usage.businessUsage).toEqual([]);
  });
});
