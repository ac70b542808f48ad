import { ValidateBy, buildMessage } from 'class-validator';

const RFC_3339 = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(\.\d+)?(Z|[+-](\d\d):(\d\d))$/i;

/** An instant with an offset, or null. A time without one means something else on every machine, so it is none. */
export function parseInstant(text: string): Date | null {
  const found = RFC_3339.exec(text);
  if (!found) return null;
  const [year, month, day, hour, minute, second] = found.slice(1, 7).map(Number);
  const [offsetHours, offsetMinutes] = [Number(found[9] ?? 0), Number(found[10] ?? 0)];
  if (hour === undefined || minute === undefined || second === undefined) return null;
  if (hour > 23 || minute > 59 || second > 59 || offsetHours > 23 || offsetMinutes > 59) return null;
  // Date rolls 30 February over into March; a calendar day that doesn't exist is a mistake to tell.
  const asWritten = new Date(Date.UTC(year ?? 0, (month ?? 0) - 1, day));
  if (asWritten.getUTCMonth() !== (month ?? 0) - 1 || asWritten.getUTCDate() !== day) return null;
  const instant = new Date(text.toUpperCase());
  // An offset may carry it out of the years that RFC 3339 can write; we could not answer with such a time.
  return /^\d/.test(toText(instant)) ? instant : null;
}

function toText(instant: Date): string {
  return Number.isNaN(instant.getTime()) ? '' : instant.toISOString();
}

/** @see parseInstant */
export const IsInstant = (): PropertyDecorator =>
  ValidateBy({
    name: 'isInstant',
    validator: {
      validate: (value) => typeof value === 'string' && parseInstant(value) !== null,
      defaultMessage: buildMessage(
        () => 'must be an RFC 3339 time with an offset, such as 2026-12-15T18:00:00+09:00 or 2026-12-15T09:00:00Z',
      ),
    },
  });
