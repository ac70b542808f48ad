import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { Secret } from './secret';

export interface VaultKey {
  /** Key id, written in clear beside the ciphertext so that old keys can still open what they sealed. */
  kid: string;
  key: Buffer;
}

/** The row a sealed value belongs to. A ciphertext moved to another row, column or user does not open there. */
export interface SealedPlace {
  table: string;
  column: string;
  row: number | string;
  owner: number | string;
}

const VERSION = 'v1';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Seals secrets at rest with AES-256-GCM: `v1.<kid>.<nonce>.<ciphertext>.<tag>` (base64url). The first key seals, every
 * key opens. The place is authenticated along with the value (docs/adr/0004-token-custody.md).
 */
export class Vault {
  // Hard-private: printing a vault, or whatever holds one, shows no key.
  readonly #keys: Map<string, Buffer>;
  readonly #active: VaultKey;

  constructor(keys: VaultKey[]) {
    const [first] = keys;
    if (!first) throw new Error('The vault needs at least one key');
    this.#active = first;
    this.#keys = new Map(keys.map(({ kid, key }) => [kid, key]));
  }

  /** The id of the key that seals. */
  get activeKid(): string {
    return this.#active.kid;
  }

  /** Whether there is a key of that id; not whether it is the right one. */
  knows(kid: string): boolean {
    return this.#keys.has(kid);
  }

  seal(secret: Secret, place: SealedPlace): string {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.#active.key, nonce, { authTagLength: TAG_BYTES });
    cipher.setAAD(boundTo(place, this.#active.kid));
    const sealed = Buffer.concat([cipher.update(secret.reveal(), 'utf8'), cipher.final()]);
    const parts = [nonce, sealed, cipher.getAuthTag()].map((part) => part.toString('base64url'));
    return [VERSION, this.#active.kid, ...parts].join('.');
  }

  /** @throws Error when the value was sealed for another place, by an unknown key, or was changed. */
  open(sealed: string, place: SealedPlace): Secret {
    const [version, kid, nonce, ciphertext, tag, ...rest] = sealed.split('.');
    if (version !== VERSION || !kid || !nonce || !ciphertext || !tag || rest.length > 0)
      throw new Error('Not a sealed value');
    const key = this.#keys.get(kid);
    if (!key) throw new Error(`ENCRYPTION_KEYS has no key "${kid}", which sealed this value`);
    const tagBytes = Buffer.from(tag, 'base64url');
    // Node has accepted shorter tags when the length was left open; a short tag is easy to forge.
    if (tagBytes.length !== TAG_BYTES) throw new Error('Not a sealed value');
    const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(nonce, 'base64url'), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(boundTo(place, kid));
    decipher.setAuthTag(tagBytes);
    return new Secret(
      Buffer.concat([decipher.update(Buffer.from(ciphertext, 'base64url')), decipher.final()]).toString('utf8'),
    );
  }
}

function boundTo(place: SealedPlace, kid: string): Buffer {
  return Buffer.from(JSON.stringify([VERSION, place.table, place.column, place.row, place.owner, kid]));
}
