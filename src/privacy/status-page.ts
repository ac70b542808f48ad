import { type DeletionStatus } from './deletions.repository';

/** What a person sees who asked Meta to have their data erased. It says nothing about them: whoever has the link may read it. */
export function statusPage({ status, requestedAt, completedAt }: DeletionStatus): string {
  const [title, sentence] =
    status === 'completed' && completedAt
      ? ['Your data was erased', `Everything we knew of you from Instagram was erased on ${readable(completedAt)}.`]
      : [
          'Your data is being erased',
          'Access to your Instagram accounts has ended and what we knew of them was erased. A post that was on its way is being finished first; its traces go then. Look again in a while.',
        ];
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex"><title>${title}</title></head>
<body><main><h1>${title}</h1>
<p>${sentence}</p>
<p>You asked for it on ${readable(requestedAt)}. Status: <strong>${status}</strong>.</p>
</main></body>
</html>
`;
}

function readable(time: Date): string {
  return `${time.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
