/** The process runs. */
export class Alive {
  /** @example ok */
  status!: 'ok';
}

/** One thing that the service needs. */
export class HealthCheck {
  /** @example database */
  name!: string;
  /** @example true */
  ok!: boolean;
  /** @example '5 migrations applied' */
  detail!: string;
}

/** Whether requests can be served and posts accepted. */
export class Readiness {
  /** `degraded`: posts are accepted, but wait for the queue to come back */
  status!: 'ok' | 'degraded';
  checks!: HealthCheck[];
}
