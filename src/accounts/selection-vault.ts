import { Injectable } from '@nestjs/common';
import { Vault, type SealedPlace } from '../common/vault';
import { type LinkedPage } from './choose-page';
import { type KeptPage } from './selections.repository';

/** The selection a Page is kept in, by the hash of its token, and the user it is for. */
interface Selection {
  hash: Buffer;
  userId: number;
}

/** Seals the tokens of Pages that wait to be chosen: each opens for its own selection, Page and user only. */
@Injectable()
export class SelectionVault {
  constructor(private readonly vault: Vault) {}

  keep({ id, name, tasks, canPublish, pageToken, instagramAccount }: LinkedPage, selection: Selection): KeptPage {
    const sealedToken = pageToken && this.vault.seal(pageToken, placeOf(id, selection));
    return { id, name, tasks, canPublish, sealedToken, account: instagramAccount };
  }

  open({ id, name, tasks, canPublish, sealedToken, account }: KeptPage, selection: Selection): LinkedPage {
    const pageToken = sealedToken === null ? null : this.vault.open(sealedToken, placeOf(id, selection));
    return { id, name, tasks, canPublish, pageToken, instagramAccount: account };
  }
}

function placeOf(pageId: string, { hash, userId }: Selection): SealedPlace {
  return { table: 'account_selections', column: 'pages', row: `${hash.toString('hex')}/${pageId}`, owner: userId };
}
