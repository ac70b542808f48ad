import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { Advice } from '../output.mjs';

/** The API as any client sees it: plain HTTP. */
export class Client {
  token = null;

  constructor(base) {
    this.base = base;
  }

  get = (path) => this.send('GET', path);
  post = (path, body) => this.send('POST', path, JSON.stringify(body), { 'content-type': 'application/json' });

  upload(path, file, type) {
    const form = new FormData();
    form.append('file', new File([readFileSync(file)], basename(file), { type }));
    return this.send('POST', path, form);
  }

  async send(method, path, body, headers = {}) {
    const answer = await fetch(this.base + path, {
      method,
      body,
      headers: { ...headers, ...(this.token ? { authorization: `Bearer ${this.token}` } : {}) },
      signal: AbortSignal.timeout(60_000),
    });
    const text = await answer.text();
    if (answer.ok) return text ? JSON.parse(text) : null;
    throw new Refused(`${method} ${path}`, answer.status, text);
  }
}

/** An error answer of the API, in its own words. */
export class Refused extends Advice {
  constructor(request, status, text) {
    let body = {};
    try {
      body = JSON.parse(text);
    } catch {
      body = { detail: text.slice(0, 300) };
    }
    const problems = (body.errors ?? []).map(({ pointer, message }) => `\n  ${pointer} ${message}`).join('');
    super(`${request} answered ${status} ${body.error_type ?? ''}: ${body.detail}${problems}`);
    this.status = status;
    this.body = body;
  }
}
