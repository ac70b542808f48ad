import { resolve } from 'node:path';
import { inspect } from 'node:util';
import type { VaultKey } from '../common/vault';
import { Secret } from '../common/secret';
import type { Env } from './env';

/** A Meta app's own id and secret. */
export interface AppCredentials {
  id: string;
  secret: Secret;
}

/** Where Meta lives and who we are to it. Origins carry no path. */
export interface GraphSettings {
  version: string;
  facebookGraphUrl: string;
  instagramGraphUrl: string;
  facebookDialogUrl: string;
  instagramAuthorizeUrl: string;
  instagramOauthUrl: string;
  /** Where videos are uploaded to, for accounts of Facebook Login. */
  ruploadUrl: string;
  /** The Meta app (Facebook Login). */
  app: AppCredentials | null;
  /** Instagram Login's own pair; the Meta app's where none is set. */
  instagramLoginApp: AppCredentials | null;
  /** Where Meta's dialogs send the browser back to, unless a client asks for a page of a front end. */
  redirectUri: string;
  /** A configuration of Facebook Login for Business, which stands for the permissions to ask for. */
  facebookConfigId: string | null;
}

export interface PublishingSettings {
  containerPollIntervalMs: number;
  containerPollTimeoutMs: number;
  prepareAheadMs: number;
  dispatchCron: string;
  cronTimezone: string;
  /** When to read the container after a publish call without a clean answer; counted from the call. */
  verifyDelaysMs: number[];
  leaseMs: number;
  sweepIntervalMs: number;
  /** A post later than this is part of a backlog, whose posts leave `backlogGapMs` apart for each account. */
  backlogAfterMs: number;
  backlogGapMs: number;
}

/** The account of the installation itself, from the environment. */
export interface InstallationAccountSettings {
  /** Instagram's id: digits. */
  accountId: string;
  accessToken: Secret;
}

/** A Google service account, by the key file that Google Cloud gives. */
export interface ServiceAccount {
  email: string;
  privateKey: Secret;
  keyId: string | undefined;
  tokenUri: string;
}

/** The sheet that published posts are written down in. */
export interface SheetSettings {
  spreadsheetId: string;
  account: ServiceAccount;
  /** Google's, without a path. */
  origin: string;
}

/** A bucket that speaks S3. */
export interface BucketSettings {
  /** An origin. */
  endpoint: string;
  region: string;
  name: string;
  accessKeyId: string;
  secretAccessKey: Secret;
  /** Where everybody may read it; null: nobody may without a signed URL. */
  publicUrl: string | null;
}

export interface StorageSettings {
  /** Of uploads, and of those that are still looked at where a bucket is set. */
  directory: string;
  maxUploadBytes: number;
  /** How long after their last post files are kept; null: for ever. */
  retentionMs: number | null;
  /** Null: files stay in `directory`. */
  bucket: BucketSettings | null;
}

export interface TokenSettings {
  refreshCron: string;
  envRefreshCron: string;
  /** A token is refreshed no later than this before its end. */
  refreshBeforeMs: number;
  installation: InstallationAccountSettings | null;
}

/** Everything that can be set, by topic. Rooms take this from the container; nothing else reads the environment. */
export class Settings {
  readonly http: {
    port: number;
    publicBaseUrl: string;
    corsOrigins: string[];
    /** Where a browser may end after a login, the usual one first; none: it ends at a page of ours. */
    frontendUrls: string[];
  };
  readonly database: { url: string; poolSize: number };
  readonly queue: { redisUrl: string | null; databaseUrl: string; concurrency: number };
  readonly auth: {
    jwtSecret: Secret | null;
    jwksUrl: string | null;
    issuer: string | null;
    audience: string | null;
    expiresInSeconds: number;
  };
  readonly vaultKeys: VaultKey[];
  readonly graph: GraphSettings;
  /** The same content is a duplicate when its two times are closer than this; 0: it never is. */
  readonly posts: { duplicateWindowSeconds: number };
  readonly publishing: PublishingSettings;
  readonly tokens: TokenSettings;
  /** How Instagram gets the videos that we store; see assets/media-delivery.ts. */
  readonly mediaDelivery: Env['MEDIA_DELIVERY'];
  readonly storage: StorageSettings;
  /** Mending of videos (docs/mending.md): where ffmpeg is, how many at a time in a worker, how long each may take. */
  readonly media: { ffmpegPath: string; mendConcurrency: number; mendTimeoutMs: number };
  readonly net: { allowedPrivateHosts: ReadonlySet<string> };
  /** Null: the queue dashboard is closed. */
  readonly ops: { user: string; password: Secret } | null;
  /** Null: that channel is off. E-mail needs a server and the operators' address, which is also whom it comes from. */
  readonly notify: {
    slackWebhookUrl: Secret | null;
    email: { smtpUrl: Secret; operators: string } | null;
    sheet: SheetSettings | null;
  };
  readonly log: { level: Env['LOG_LEVEL'] };

  constructor(env: Env) {
    this.http = {
      port: env.PORT,
      publicBaseUrl: env.PUBLIC_BASE_URL.replace(/\/+$/, ''),
      corsOrigins: list(env.CORS_ORIGINS),
      frontendUrls: list(env.FRONTEND_URL),
    };
    this.database = { url: env.DATABASE_URL, poolSize: env.DATABASE_POOL_SIZE };
    this.queue = {
      redisUrl: env.REDIS_URL ?? null,
      databaseUrl: env.DATABASE_URL,
      concurrency: env.WORKER_CONCURRENCY,
    };
    this.auth = {
      jwtSecret: env.JWT_SECRET ? new Secret(env.JWT_SECRET) : null,
      jwksUrl: env.JWT_JWKS_URL ?? null,
      issuer: env.JWT_ISSUER ?? null,
      audience: env.JWT_AUDIENCE ?? null,
      expiresInSeconds: env.JWT_EXPIRES_IN,
    };
    this.vaultKeys = list(env.ENCRYPTION_KEYS).map((entry) => {
      const colon = entry.indexOf(':');
      return { kid: entry.slice(0, colon), key: Buffer.from(entry.slice(colon + 1), 'base64') };
    });
    const app = pair(env.INSTAGRAM_APP_ID, env.INSTAGRAM_APP_SECRET);
    this.graph = {
      version: env.GRAPH_API_VERSION,
      facebookGraphUrl: env.FACEBOOK_GRAPH_URL,
      instagramGraphUrl: env.INSTAGRAM_GRAPH_URL,
      facebookDialogUrl: env.FACEBOOK_DIALOG_URL,
      instagramAuthorizeUrl: env.INSTAGRAM_AUTHORIZE_URL,
      instagramOauthUrl: env.INSTAGRAM_OAUTH_URL,
      ruploadUrl: env.RUPLOAD_URL,
      app,
      instagramLoginApp: pair(env.INSTAGRAM_LOGIN_APP_ID, env.INSTAGRAM_LOGIN_APP_SECRET) ?? app,
      redirectUri: env.INSTAGRAM_REDIRECT_URI ?? `${this.http.publicBaseUrl}/api/instagram/callback`,
      facebookConfigId: env.INSTAGRAM_CONFIG_ID ?? null,
    };
    this.posts = { duplicateWindowSeconds: env.DUPLICATE_WINDOW_SECONDS };
    this.publishing = {
      containerPollIntervalMs: env.CONTAINER_POLL_INTERVAL_MS,
      containerPollTimeoutMs: env.CONTAINER_POLL_TIMEOUT_MS,
      prepareAheadMs: env.PREPARE_AHEAD_SECONDS * 1000,
      dispatchCron: env.DISPATCH_CRON,
      cronTimezone: env.CRON_TIMEZONE,
      verifyDelaysMs: list(env.PUBLISH_VERIFY_DELAYS_MS).map(Number),
      leaseMs: env.LEASE_SECONDS * 1000,
      sweepIntervalMs: env.SWEEP_INTERVAL_MS,
      backlogAfterMs: env.BACKLOG_AFTER_SECONDS * 1000,
      backlogGapMs: env.BACKLOG_GAP_SECONDS * 1000,
    };
    const { INSTAGRAM_ACCESS_TOKEN: token, INSTAGRAM_BUSINESS_ACCOUNT_ID: accountId } = env;
    this.tokens = {
      refreshCron: env.TOKEN_REFRESH_CRON,
      envRefreshCron: env.ENV_TOKEN_REFRESH_CRON,
      refreshBeforeMs: env.TOKEN_REFRESH_DAYS_BEFORE * 86_400_000,
      installation: token && accountId ? { accountId, accessToken: new Secret(token) } : null,
    };
    this.mediaDelivery = env.MEDIA_DELIVERY;
    this.storage = {
      directory: resolve(env.STORAGE_DIR),
      maxUploadBytes: env.MAX_UPLOAD_BYTES,
      retentionMs: env.MEDIA_RETENTION_DAYS === 0 ? null : env.MEDIA_RETENTION_DAYS * 86_400_000,
      bucket: bucketOf(env),
    };
    this.media = {
      ffmpegPath: env.FFMPEG_PATH,
      mendConcurrency: env.MEND_CONCURRENCY,
      mendTimeoutMs: env.MEND_TIMEOUT_SECONDS * 1000,
    };
    this.net = { allowedPrivateHosts: new Set(list(env.ALLOWED_PRIVATE_HOSTS).map((entry) => entry.toLowerCase())) };
    this.ops = env.OPS_USER && env.OPS_PASSWORD ? { user: env.OPS_USER, password: new Secret(env.OPS_PASSWORD) } : null;
    this.notify = {
      slackWebhookUrl: env.SLACK_WEBHOOK_URL ? new Secret(env.SLACK_WEBHOOK_URL) : null,
      email:
        env.SMTP_URL && env.NOTIFY_EMAIL ? { smtpUrl: new Secret(env.SMTP_URL), operators: env.NOTIFY_EMAIL } : null,
      sheet: sheetOf(env),
    };
    this.log = { level: env.LOG_LEVEL };
  }

  /** Keys, and passwords within URLs, are among them: printed as a whole they show nothing. */
  toJSON(): string {
    return '[settings]';
  }

  [inspect.custom](): string {
    return '[settings]';
  }
}

function list(value: string | undefined): string[] {
  return (value ?? '')
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}

/** The JSON was checked with the rest of the environment. */
function sheetOf({ GOOGLE_SHEETS_ID, GOOGLE_SERVICE_ACCOUNT_JSON, GOOGLE_SHEETS_URL }: Env): SheetSettings | null {
  if (!GOOGLE_SHEETS_ID || !GOOGLE_SERVICE_ACCOUNT_JSON) return null;
  const key = JSON.parse(GOOGLE_SERVICE_ACCOUNT_JSON) as Record<string, string>;
  const account = {
    email: key.client_email ?? '',
    privateKey: new Secret(key.private_key ?? ''),
    keyId: key.private_key_id,
    tokenUri: key.token_uri ?? 'https://oauth2.googleapis.com/token',
  };
  return { spreadsheetId: GOOGLE_SHEETS_ID, account, origin: GOOGLE_SHEETS_URL };
}

function pair(id: string | undefined, secret: string | undefined): AppCredentials | null {
  return id && secret ? { id, secret: new Secret(secret) } : null;
}

function bucketOf(env: Env): BucketSettings | null {
  const { R2_ACCOUNT_ID: account, R2_BUCKET_NAME: name, R2_ACCESS_KEY_ID: accessKeyId, S3_ENDPOINT } = env;
  if (!name || !accessKeyId || !env.R2_SECRET_ACCESS_KEY) return null;
  const endpoint = S3_ENDPOINT ?? `https://${account}.r2.cloudflarestorage.com`;
  return {
    endpoint,
    region: S3_ENDPOINT ? regionOf(S3_ENDPOINT) : 'auto',
    name,
    accessKeyId,
    secretAccessKey: new Secret(env.R2_SECRET_ACCESS_KEY),
    publicUrl: env.R2_PUBLIC_URL?.replace(/\/+$/, '') ?? null,
  };
}

/** AWS names the region in the host; everybody else takes its oldest one for "whatever". */
function regionOf(endpoint: string): string {
  return /\bs3[.-](?:dualstack\.)?([a-z]{2}(?:-[a-z]+)+-\d)\.amazonaws\.com/.exec(endpoint)?.[1] ?? 'us-east-1';
}
