import { Injectable } from '@nestjs/common';
import { Log } from '../common/log';
import { Settings } from '../config/settings';
import { GuardedHttp } from '../net/guarded-http';
import { type Channel, type Outlets as SwitchedOn } from './audience';
import { EmailOutlet } from './email.outlet';
import { GoogleSheetOutlet } from './google-sheet.outlet';
import { type Outlet } from './outlet';
import { SheetRows } from './sheet-rows';
import { SlackOutlet } from './slack.outlet';

/** The ways out that the settings switch on. The log always is. */
@Injectable()
export class Outlets {
  readonly switchedOn: SwitchedOn;
  /** Whether published posts are written down. */
  readonly recordsPosts: boolean;
  private readonly byChannel: ReadonlyMap<Channel, Outlet>;

  constructor({ notify }: Settings, http: GuardedHttp, sheetRows: SheetRows, log: Log) {
    const { slackWebhookUrl, email, sheet } = notify;
    this.recordsPosts = sheet !== null;
    this.switchedOn = { slack: slackWebhookUrl !== null, operatorsEmail: email?.operators ?? null };
    const ways: [Channel, Outlet][] = [['log', logOutlet(log)]];
    if (slackWebhookUrl) ways.push(['slack', new SlackOutlet(slackWebhookUrl, http)]);
    if (email) {
      const outlet = new EmailOutlet(email.smtpUrl, email.operators);
      ways.push(['operators_email', outlet], ['user_email', outlet]);
    }
    if (sheet) ways.push(['google_sheet', new GoogleSheetOutlet(sheet, http, sheetRows)]);
    this.byChannel = new Map(ways);
  }

  get ways(): [Channel, Outlet][] {
    return [...this.byChannel];
  }
}

function logOutlet(log: Log): Outlet {
  return {
    perMinute: null,
    send: ({ subject, text, facts }) => {
      log.warn('notification.raised', { ...facts, subject, text });
      return Promise.resolve({ sent: true });
    },
  };
}
