import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { stringify } from 'yaml';
import { describeKinds } from './openapi-kinds';

const DESCRIPTION = `Publishes to Instagram exactly when it should, once, and can prove it.

Every route under \`/api/\` wants \`Authorization: Bearer <JWT>\`, but register and login. Every answer carries
\`X-Request-Id\`; every answer that is not a success has one shape (\`ErrorBody\`) with an \`error_type\` for programs.
Times are RFC 3339 instants in UTC. Lists are pages, newest first: \`limit\` and \`cursor\`.`;

/** The API's description, made of the code. `openapi.yaml` is this, written by `npm run openapi`. */
export function describeApi(app: NestFastifyApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setTitle('instagram-publisher')
    .setDescription(DESCRIPTION)
    .setVersion('0.1.0')
    .setLicense('MIT', 'https://opensource.org/license/mit')
    .addServer('/')
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT' })
    .addTag('Users', 'Who calls')
    .addTag('Accounts', 'Instagram professional accounts')
    .addTag('Assets', 'The media library')
    .addTag('Posts', 'What is published, and how far it has come')
    .addTag('Pauses', 'Switches that hold posts back')
    .addTag('Privacy', 'What people may ask of us, through Meta or themselves')
    .addTag('Operations', 'For those who run it')
    .build();
  const document = SwaggerModule.createDocument(app, config, { operationIdFactory: (_controller, method) => method });
  return inOrder(describeKinds(document));
}

/** TypeScript tells the members of a union in an order that changes from build to build; the file must not. */
function inOrder<T>(node: T): T {
  if (typeof node !== 'object' || node === null) return node;
  for (const [name, value] of Object.entries(node))
    if (name === 'enum' && Array.isArray(value)) value.sort();
    else inOrder(value);
  return node;
}

/** The document as `openapi.yaml` holds it. */
export function asYaml(document: OpenAPIObject): string {
  return `# Written from the code by \`npm run openapi\`. Do not edit.\n${stringify(document, { lineWidth: 120, aliasDuplicateObjects: false })}`;
}

/** `/docs` to read and to try, `/openapi.json` and `/openapi.yaml` to build on. */
export function serveDocs(app: NestFastifyApplication): void {
  SwaggerModule.setup('docs', app, () => describeApi(app), {
    jsonDocumentUrl: 'openapi.json',
    yamlDocumentUrl: 'openapi.yaml',
    customSiteTitle: 'instagram-publisher API',
    swaggerOptions: { persistAuthorization: true, displayRequestDuration: true, tryItOutEnabled: true },
  });
}
