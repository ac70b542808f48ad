// `node -r` loads this into a worker whose machine's clock is wrong by CLOCK_SKEW_MS. Monotonic clocks and timers stay right,
// as they do on such a machine.
const skew = Number(process.env.CLOCK_SKEW_MS ?? 0);
const realNow = Date.now;
const now = () => realNow() + skew;

globalThis.Date = new Proxy(Date, {
  construct: (target, given, newTarget) => Reflect.construct(target, given.length === 0 ? [now()] : given, newTarget),
  apply: () => new Date().toString(),
  get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
});
