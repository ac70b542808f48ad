/** The publishing quota of an account. A carousel counts as one. */
export class PublishingLimitView {
  /** Posts that Instagram lets the API publish in the window; null when it does not say */
  quota_total!: number | null;
  /** Posts published in the window that is passing, by us and by others, as far as known; those that may be live count */
  quota_used!: number;
  /** Posts accepted by us that will be published in the window to come */
  quota_reserved!: number;
  /** Seconds; the window rolls */
  window_seconds!: number;
}
