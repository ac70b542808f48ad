/** Everything that the feed and the webhooks may tell, as the contract names it. */
export type EventType =
  | 'post.created'
  | 'post.scheduled'
  | 'post.publishing'
  | 'post.published'
  | 'post.failed'
  | 'post.canceled'
  | 'post.at_risk'
  | 'account.connected'
  | 'account.disconnected'
  | 'account.token_expiring'
  | 'account.token_refreshed'
  | 'account.action_required'
  | 'comment.received'
  | 'message.received'
  | 'mention.received'
  | 'story.insights';
