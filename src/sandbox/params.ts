import { isRecord } from './checks';
import { invalidParameter } from './graph-error';

/** Parameters of a Graph call from query and body together, each as the text it would have in a query. */
export class Params {
  constructor(private readonly values: Map<string, string>) {}

  /** The body wins over the query, as on Graph. Objects and lists of a JSON body become JSON text again. */
  static from(query: string, body: unknown): Params {
    const values = new Map(new URLSearchParams(query));
    if (body instanceof URLSearchParams) for (const [name, value] of body) values.set(name, value);
    else if (isRecord(body)) {
      for (const [name, value] of Object.entries(body)) {
        if (value === null || value === undefined) continue;
        values.set(name, typeof value === 'string' ? value : JSON.stringify(value));
      }
    }
    return new Params(values);
  }

  /** undefined when absent or empty: Graph does not tell the two apart. */
  text(name: string): string | undefined {
    return this.values.get(name) || undefined;
  }

  flag(name: string): boolean | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    if (value === 'true' || value === '1') return true;
    if (value === 'false' || value === '0') return false;
    throw invalidParameter(`(#100) Param ${name} must be a boolean`);
  }

  integer(name: string): number | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    if (!/^-?\d{1,15}$/.test(value)) throw invalidParameter(`(#100) Param ${name} must be an integer`);
    return Number(value);
  }

  /** A list of strings, written as JSON or with commas. */
  list(name: string): string[] | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    if (!value.trimStart().startsWith('[')) return value.split(',').map((item) => item.trim());
    return this.jsonList(name).map((item) => (typeof item === 'string' ? item : JSON.stringify(item)));
  }

  /** A JSON list of anything; `[]` when the parameter is absent. */
  jsonList(name: string): unknown[] {
    const value = this.json(name);
    if (value === undefined) return [];
    if (!Array.isArray(value)) throw invalidParameter(`(#100) Param ${name} must be an array.`);
    return value;
  }

  json(name: string): unknown {
    const value = this.text(name);
    if (value === undefined) return undefined;
    try {
      return JSON.parse(value) as unknown;
    } catch {
      throw invalidParameter(`(#100) Param ${name} must be valid JSON.`);
    }
  }

  /** Everything but the credentials, e.g. to write a `paging.next` address. */
  withoutCredentials(): Map<string, string> {
    const rest = new Map(this.values);
    for (const name of ['access_token', 'appsecret_proof']) rest.delete(name);
    return rest;
  }
}
