import { lookup } from 'node:dns/promises';
import { Injectable } from '@nestjs/common';

/** Turns a host name into all its addresses. Injected, so that tests never ask a real name server. */
export abstract class Resolver {
  /** @throws Error when there is no such name or no name server answers */
  abstract resolve(host: string): Promise<string[]>;
}

@Injectable()
export class SystemResolver extends Resolver {
  override async resolve(host: string): Promise<string[]> {
    return (await lookup(host, { all: true })).map(({ address }) => address);
  }
}
