import { Injectable } from '@nestjs/common';
import { type Secret } from '../common/secret';
import { Vault, type SealedPlace } from '../common/vault';

/** The account a token reaches, of the user who connected it. */
interface TokenOwner {
  userId: number;
  accountId: string;
}

/** Instagram tokens at rest: a sealed one opens in the row of its own user and account only. */
@Injectable()
export class AccountTokens {
  constructor(private readonly vault: Vault) {}

  seal(token: Secret, owner: TokenOwner): string {
    return this.vault.seal(token, placeOf(owner));
  }

  open(sealed: string, owner: TokenOwner): Secret {
    return this.vault.open(sealed, placeOf(owner));
  }
}

// Instagram's id stands for the row: with the user's it is as unique as our own, and known before there is a row.
function placeOf({ userId, accountId }: TokenOwner): SealedPlace {
  return { table: 'accounts', column: 'access_token', row: accountId, owner: userId };
}
