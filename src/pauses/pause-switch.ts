export const SCOPES = ['all', 'user', 'account'] as const;
export type PauseScope = (typeof SCOPES)[number];

export const PAUSE_ACTIONS = ['paused', 'resumed'] as const;
export type PauseAction = (typeof PAUSE_ACTIONS)[number];

/** One switch. `subject`: a user's id, the id of a row of `accounts`, or '' for everything. */
export interface PauseSwitch {
  scope: PauseScope;
  subject: string;
}

/** A switch that is on. */
export interface PauseRow extends PauseSwitch {
  reason: string | null;
  pausedBy: number;
  pausedAt: Date;
}

/** One move of a switch. */
export interface PauseMove {
  action: PauseAction;
  byUser: number;
  reason: string | null;
}
