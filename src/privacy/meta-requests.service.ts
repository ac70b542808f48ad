import { createHash, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { AppError, notFound, validationError } from '../common/app-error';
import { Log } from '../common/log';
import { Settings } from '../config/settings';
import { type Login } from '../graph/index';
import { DeletionsRepository, type DeletionStatus } from './deletions.repository';
import { type DataDeletionAnswer } from './dto/meta-request.dto';
import { ErasingService } from './erasing.service';
import { LeavingService } from './leaving.service';
import { type Person } from './people.repository';
import { openSignedRequest } from './signed-request';

/** Meta's clock and ours may differ by so much. */
const SKEW_MS = 60_000;
/** For a request that doesn't say when it was made: now, and whatever was connected until now. */
const END_OF_TIME_MS = 8.64e15;

/** What Meta asks for in a person's name: to let go of them, or to erase what is known of them (reference §1a). */
@Injectable()
export class MetaRequestsService {
  constructor(
    private readonly settings: Settings,
    private readonly leaving: LeavingService,
    private readonly deletions: DeletionsRepository,
    private readonly erasing: ErasingService,
    private readonly log: Log,
  ) {}

  /** @throws AppError `validation_error` for a request that neither app has signed, `service_unavailable` without an app */
  async deauthorize(signedRequest: string): Promise<{ success: true }> {
    const { person, issuedAt } = this.open(signedRequest);
    const before = new Date(issuedAt === null ? END_OF_TIME_MS : issuedAt * 1000 + SKEW_MS);
    const accounts = await this.leaving.deauthorize(person, before);
    this.log.info('accounts.deauthorized', { logins: person.logins, accounts });
    return { success: true };
  }

  /** @throws AppError as above. Somebody unknown gets a code, too: there is nothing to erase. */
  async deleteData(signedRequest: string): Promise<DataDeletionAnswer> {
    const { person } = this.open(signedRequest);
    const requestHash = createHash('sha256').update(signedRequest).digest('base64url');
    const { code, erased } = await this.leaving.eraseAccounts(
      person,
      randomBytes(16).toString('base64url'),
      requestHash,
    );
    await this.erasing.finishPending();
    this.log.info('accounts.erased', { logins: person.logins, accounts: erased });
    const url = `${this.settings.http.publicBaseUrl}/api/instagram/data-deletion/${code}`;
    return { url, confirmation_code: code };
  }

  /** @throws AppError `not_found` */
  async deletionStatus(code: string): Promise<DeletionStatus> {
    const status = /^[\w-]{22}$/.test(code) ? await this.deletions.byCode(code) : null;
    if (!status) throw notFound('data deletion request');
    return status;
  }

  /** Meta doesn't say which app's secret signs requests of Instagram Login: the one that fits tells the login. */
  private open(signedRequest: string): { person: Person; issuedAt: number | null } {
    const { app, instagramLoginApp } = this.settings.graph;
    if (!app && !instagramLoginApp)
      throw new AppError('service_unavailable', 'This installation has no Meta app that could have sent this.');
    const found = (
      [
        ['facebook', app],
        ['instagram', instagramLoginApp],
      ] as const
    ).flatMap(([login, candidate]) => {
      const said = candidate && openSignedRequest(signedRequest, candidate.secret);
      return said ? [{ login, said }] : [];
    });
    const [first] = found;
    if (!first)
      throw validationError([{ pointer: '/signed_request', message: 'is not signed with the secret of this app' }]);
    const logins: Login[] = found.map(({ login }) => login);
    return { person: { logins, appScopedUserId: first.said.appScopedUserId }, issuedAt: first.said.issuedAt };
  }
}
