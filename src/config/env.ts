import 'reflect-metadata';
import { plainToInstance, Transform } from 'class-transformer';
import {
  IsEmail,
  IsIn,
  IsInt,
  IsNotEmpty,
  IsOptional,
  IsString,
  IsUrl,
  Max,
  Min,
  MinLength,
  Matches,
  validateSync,
} from 'class-validator';
import {
  IsCron,
  IsEncryptionKeys,
  IsHostPorts,
  IsMilliseconds,
  IsOrigin,
  IsServiceAccount,
  IsSmtpUrl,
  IsStrongSecret,
  IsTimeZone,
  IsUrls,
} from './env-rules';

const ToInt = () =>
  Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value,
  );
const url = (...protocols: string[]) => ({
  protocols,
  require_tld: false,
  require_protocol: true,
  require_valid_protocol: true,
});

/**
 * The environment, checked. To add a variable: a property here, its place in settings.ts, a line in `.env.example`.
 * An empty variable counts as left out.
 */
export class Env {
  @ToInt() @IsInt() @Min(0) @Max(65535) PORT: number = 8000;
  @IsUrl(url('postgres', 'postgresql'), { message: 'must be a postgres:// URL' }) DATABASE_URL!: string;
  @ToInt() @IsInt() @Min(2) @Max(500) DATABASE_POOL_SIZE: number = 10;
  @IsOptional() @IsUrl(url('redis', 'rediss'), { message: 'must be a redis:// or rediss:// URL' }) REDIS_URL?: string;

  @IsOptional() @IsStrongSecret() JWT_SECRET?: string;
  @IsOptional() @IsUrl(url('http', 'https')) JWT_JWKS_URL?: string;
  @IsOptional() @IsString() JWT_ISSUER?: string;
  @IsOptional() @IsString() JWT_AUDIENCE?: string;
  @ToInt() @IsInt() @Min(60) @Max(30 * 86_400) JWT_EXPIRES_IN: number = 86_400;

  @IsEncryptionKeys() ENCRYPTION_KEYS!: string;

  @IsOptional() @Matches(/^\d+$/, { message: 'must be the digits of a Meta app id' }) INSTAGRAM_APP_ID?: string;
  @IsOptional() @IsNotEmpty() INSTAGRAM_APP_SECRET?: string;
  @IsOptional() @Matches(/^\d+$/, { message: 'must be the digits of an app id' }) INSTAGRAM_LOGIN_APP_ID?: string;
  @IsOptional() @IsNotEmpty() INSTAGRAM_LOGIN_APP_SECRET?: string;
  @IsOptional() @IsUrl(url('http', 'https')) INSTAGRAM_REDIRECT_URI?: string;
  @IsOptional() @Matches(/^[\w|.-]{8,4096}$/, { message: 'must be an access token' }) INSTAGRAM_ACCESS_TOKEN?: string;
  @IsOptional()
  @Matches(/^\d{1,32}$/, { message: 'must be the digits of an Instagram account id' })
  INSTAGRAM_BUSINESS_ACCOUNT_ID?: string;
  @IsOptional() @Matches(/^\d+$/, { message: 'must be the digits of a configuration id' }) INSTAGRAM_CONFIG_ID?: string;
  @IsUrls() FRONTEND_URL: string = '';
  @Matches(/^v\d+\.\d+$/, { message: 'must look like v25.0' }) GRAPH_API_VERSION: string = 'v25.0';
  @IsOrigin() FACEBOOK_GRAPH_URL: string = 'https://graph.facebook.com';
  @IsOrigin() INSTAGRAM_GRAPH_URL: string = 'https://graph.instagram.com';
  @IsOrigin() FACEBOOK_DIALOG_URL: string = 'https://www.facebook.com';
  @IsOrigin() INSTAGRAM_AUTHORIZE_URL: string = 'https://www.instagram.com';
  @IsOrigin() INSTAGRAM_OAUTH_URL: string = 'https://api.instagram.com';
  @IsOrigin() RUPLOAD_URL: string = 'https://rupload.facebook.com';
  @IsIn(['auto', 'url', 'upload']) MEDIA_DELIVERY: 'auto' | 'url' | 'upload' = 'auto';

  @ToInt() @IsInt() @Min(50) @Max(600_000) CONTAINER_POLL_INTERVAL_MS: number = 10_000;
  @ToInt() @IsInt() @Min(1_000) @Max(86_400_000) CONTAINER_POLL_TIMEOUT_MS: number = 600_000;
  @ToInt() @IsInt() @Min(0) @Max(82_800) PREPARE_AHEAD_SECONDS: number = 900;
  @IsCron() DISPATCH_CRON: string = '0 * * * * *';
  @IsCron() TOKEN_REFRESH_CRON: string = '0 0 3 * * *';
  @IsCron() ENV_TOKEN_REFRESH_CRON: string = '0 0 4 * * *';
  @ToInt() @IsInt() @Min(1) @Max(58) TOKEN_REFRESH_DAYS_BEFORE: number = 7;
  @IsTimeZone() CRON_TIMEZONE: string = 'UTC';
  @IsMilliseconds() PUBLISH_VERIFY_DELAYS_MS: string = '5000,15000,30000,60000,120000';
  @ToInt() @IsInt() @Min(2) @Max(3_600) LEASE_SECONDS: number = 60;
  @ToInt() @IsInt() @Min(50) @Max(60_000) SWEEP_INTERVAL_MS: number = 5_000;
  @ToInt() @IsInt() @Min(10) @Max(86_400) BACKLOG_AFTER_SECONDS: number = 300;
  @ToInt() @IsInt() @Min(0) @Max(3_600) BACKLOG_GAP_SECONDS: number = 20;
  @ToInt() @IsInt() @Min(0) @Max(31_536_000) DUPLICATE_WINDOW_SECONDS: number = 82_800;
  @ToInt() @IsInt() @Min(1) @Max(1_000) WORKER_CONCURRENCY: number = 50;

  @IsOptional() @IsNotEmpty() OPS_USER?: string;
  @IsOptional() @MinLength(12, { message: 'must have at least 12 characters' }) OPS_PASSWORD?: string;
  @IsOptional() @IsUrl(url('http', 'https'), { message: 'must be an http(s) URL' }) SLACK_WEBHOOK_URL?: string;
  @IsOptional() @IsSmtpUrl() SMTP_URL?: string;
  @IsOptional() @IsEmail({}, { message: 'must be an e-mail address' }) NOTIFY_EMAIL?: string;
  @IsOptional()
  @Matches(/^[\w-]{10,200}$/, { message: 'must be the id of a spreadsheet, which stands in its address behind /d/' })
  GOOGLE_SHEETS_ID?: string;
  @IsOptional() @IsServiceAccount() GOOGLE_SERVICE_ACCOUNT_JSON?: string;
  @IsOrigin() GOOGLE_SHEETS_URL: string = 'https://sheets.googleapis.com';
  @IsHostPorts() ALLOWED_PRIVATE_HOSTS: string = '';
  @IsUrl(url('http', 'https')) PUBLIC_BASE_URL: string = 'http://localhost:8000';
  @IsOptional() @IsString() CORS_ORIGINS?: string;
  @IsNotEmpty() STORAGE_DIR: string = '.data/files';
  @ToInt() @IsInt() @Min(1) MAX_UPLOAD_BYTES: number = 300 * 1024 * 1024;
  @IsOptional()
  @Matches(/^[0-9a-f]{32}$/i, { message: 'must be the 32 hex digits of a Cloudflare account id' })
  R2_ACCOUNT_ID?: string;
  @IsOptional() @IsNotEmpty() R2_ACCESS_KEY_ID?: string;
  @IsOptional() @IsNotEmpty() R2_SECRET_ACCESS_KEY?: string;
  @IsOptional()
  @Matches(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, { message: 'must be the name of a bucket' })
  R2_BUCKET_NAME?: string;
  @IsOptional() @IsUrl(url('http', 'https'), { message: 'must be an http(s) URL' }) R2_PUBLIC_URL?: string;
  @IsOptional() @IsOrigin() S3_ENDPOINT?: string;
  @ToInt() @IsInt() @Min(0) @Max(36_500) MEDIA_RETENTION_DAYS: number = 30;
  @IsNotEmpty() FFMPEG_PATH: string = 'ffmpeg';
  @ToInt() @IsInt() @Min(1) @Max(16) MEND_CONCURRENCY: number = 1;
  @ToInt() @IsInt() @Min(1) @Max(86_400) MEND_TIMEOUT_SECONDS: number = 1_800;
  @IsIn(['debug', 'info', 'warn', 'error', 'silent']) LOG_LEVEL: 'debug' | 'info' | 'warn' | 'error' | 'silent' =
    'info';
}

/** What a variable is for and how to mend it, where the rule's own sentence is not enough. */
const HINTS: Partial<Record<keyof Env, string>> = {
  DATABASE_URL:
    'PostgreSQL 14 or newer, e.g. postgres://user:password@localhost:5432/instagram (npm run demo brings its own)',
  ENCRYPTION_KEYS: 'kid:base64(32 random bytes), e.g. "k1:$(openssl rand -base64 32)"',
  JWT_SECRET: 'make one with: openssl rand -base64 48',
};

/**
 * Reads and checks the environment.
 * @throws Error one message that names every bad variable and how to mend it.
 */
export function loadEnv(source: NodeJS.ProcessEnv = process.env): Env {
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== undefined && value !== ''));
  const env = plainToInstance(Env, given, { exposeDefaultValues: true });
  const problems = validateSync(env, { skipMissingProperties: false }).map(({ property, constraints }) => {
    const hint = HINTS[property as keyof Env];
    const rule =
      given[property] === undefined
        ? 'is missing'
        : Object.values(constraints ?? {})
            .join('; ')
            .replaceAll(`${property} `, '');
    return `  ${property} ${rule}${hint ? `\n      ${hint}` : ''}`;
  });
  problems.push(...together(env));
  if (problems.length > 0)
    throw new Error(`The environment has ${problems.length} problem(s); see .env.example:\n${problems.join('\n')}`);
  return env;
}

/** Where programs are looked for. */
export function searchPath(): string {
  return process.env.PATH ?? '';
}

/** Rules that hold between variables. */
function together(env: Env): string[] {
  const problems: string[] = [];
  if (!env.JWT_SECRET && !env.JWT_JWKS_URL)
    problems.push('  JWT_SECRET or JWT_JWKS_URL is missing: nobody could call the API\n      ' + HINTS.JWT_SECRET);
  if (env.JWT_SECRET && env.ENCRYPTION_KEYS?.includes(env.JWT_SECRET))
    problems.push('  JWT_SECRET is one of ENCRYPTION_KEYS: draw one of its own\n      ' + HINTS.JWT_SECRET);
  if (!env.INSTAGRAM_APP_ID !== !env.INSTAGRAM_APP_SECRET)
    problems.push('  INSTAGRAM_APP_ID and INSTAGRAM_APP_SECRET belong together: set both or neither');
  if (!env.INSTAGRAM_LOGIN_APP_ID !== !env.INSTAGRAM_LOGIN_APP_SECRET)
    problems.push('  INSTAGRAM_LOGIN_APP_ID and INSTAGRAM_LOGIN_APP_SECRET belong together: set both or neither');
  if (!env.INSTAGRAM_ACCESS_TOKEN !== !env.INSTAGRAM_BUSINESS_ACCOUNT_ID)
    problems.push(
      "  INSTAGRAM_ACCESS_TOKEN and INSTAGRAM_BUSINESS_ACCOUNT_ID belong together: set both, or neither for no account of the installation's own",
    );
  if (!env.GOOGLE_SHEETS_ID !== !env.GOOGLE_SERVICE_ACCOUNT_JSON)
    problems.push(
      '  GOOGLE_SHEETS_ID and GOOGLE_SERVICE_ACCOUNT_JSON belong together: set both, or neither to write down no posts in a sheet',
    );
  if (!env.OPS_USER !== !env.OPS_PASSWORD)
    problems.push('  OPS_USER and OPS_PASSWORD belong together: set both, or neither to close the queue dashboard');
  problems.push(...halfABucket(env));
  return problems;
}

/** Any of these asks for a bucket; then all that it takes has to be there. */
function halfABucket(env: Env): string[] {
  const wants = (['R2_ACCOUNT_ID', 'S3_ENDPOINT', 'R2_PUBLIC_URL', ...BUCKET] as const).filter((name) => env[name]);
  const missing: string[] = BUCKET.filter((name) => !env[name]);
  if (!env.R2_ACCOUNT_ID && !env.S3_ENDPOINT) missing.push('R2_ACCOUNT_ID (or S3_ENDPOINT)');
  if (wants.length === 0 || missing.length === 0) return [];
  return [
    `  ${missing.join(', ')} missing beside ${wants.join(', ')}\n      Uploads go to a bucket with all of them, and to STORAGE_DIR with none`,
  ];
}

const BUCKET = ['R2_ACCESS_KEY_ID', 'R2_SECRET_ACCESS_KEY', 'R2_BUCKET_NAME'] as const;
