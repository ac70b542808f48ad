import { openSandbox } from './sandbox/server';

/** Starts the Instagram emulator by itself: `npm run sandbox`. Its settings are in docs/sandbox.md. */
async function main(): Promise<void> {
  // The emulator is no part of the product: it must start without the product's settings, so it reads its own few.
  // eslint-disable-next-line no-restricted-syntax
  const env = process.env;
  const sandbox = await openSandbox({
    host: env['SANDBOX_HOST'] ?? '127.0.0.1',
    port: Number(env['SANDBOX_PORT'] ?? 8800),
    ...(env['SANDBOX_PUBLIC_URL'] && { public_url: env['SANDBOX_PUBLIC_URL'].replace(/\/$/, '') }),
    ...(env['SANDBOX_APP_ID'] &&
      env['SANDBOX_APP_SECRET'] && { facebook_app: { id: env['SANDBOX_APP_ID'], secret: env['SANDBOX_APP_SECRET'] } }),
    ...(env['SANDBOX_LOGIN_APP_ID'] &&
      env['SANDBOX_LOGIN_APP_SECRET'] && {
        instagram_app: { id: env['SANDBOX_LOGIN_APP_ID'], secret: env['SANDBOX_LOGIN_APP_SECRET'] },
      }),
  });
  tell('sandbox.listening', { url: sandbox.url, public_url: sandbox.state.publicUrl });

  const stop = (signal: string): void => {
    void sandbox.close().then(() => tell('sandbox.stopped', { signal }));
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

function tell(event: string, facts: Record<string, unknown>): void {
  process.stdout.write(`${JSON.stringify({ event, ...facts })}\n`);
}

void main().catch((error: unknown) => {
  tell('sandbox.failed', { message: error instanceof Error ? error.message : String(error) });
  process.exitCode = 1;
});
