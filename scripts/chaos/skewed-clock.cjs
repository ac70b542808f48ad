// `node -r` loads this into a worker whose machine's clock is wrong by CLOCK_SKEW_MS. Monotonic clocks and timers stay right,
// as they do on such a machine.
const skew = Number(process.env.CLOCK_SKEW_MS ?? 0);
const RealDate = Date;

globalThis.Date = class Date extends RealDate {
  constructor(...given) {
    super(...(given.length === 0 ? [RealDate.now() + skew] : given));
  }

  static now() {
    return RealDate.now() + skew;
  }

  static [Symbol.hasInstance](value) {
    return value instanceof RealDate;
  }
};
