/** The door of the graph room: everything about talking to Meta stands behind it. */
export { GraphModule } from './graph.module';
export { InstagramGraph, type ContainerStatus } from './instagram-graph';
export {
  type CallOptions,
  type ContainerQuery,
  type PublishOptions,
  type RecentQuery,
  type UploadOptions,
  type VideoSource,
} from './account-calls';
export { type LoginCode } from './login-calls';
export { type AuthorizeRequest } from './authorize-url';
export { type ContainerSpec, type UserTag } from './container-spec';
export { type Credential, type Login } from './credential';
export { classifyContainer, classifyFailure, type GraphFailure, type Verdict } from './classify-error';
export {
  ERROR_TYPE_OF_KIND,
  GRAPH_ERROR_KINDS,
  type ErrorScope,
  type GraphErrorKind,
  type GraphErrorRow,
  type Remedy,
} from './error-kind';
export { GRAPH_ERROR_TABLE, SYMBOLIC_ERRORS } from './error-table';
export { GraphError } from './graph-error';
export { type GraphCallObservation, type GraphHost, type OnGraphCall } from './observation';
export { type BusinessUsage, type GraphUsage, type UsageCounters } from './usage';
export { type Comment, type ContainerStatusCode, type Media, type PublishingLimit, type UploadProgress } from './wire';
export {
  type FacebookPage,
  type GrantedToken,
  type InstagramAccount,
  type InstagramShortToken,
  type InstagramUser,
  type Permission,
  type TokenInspection,
} from './wire-login';
