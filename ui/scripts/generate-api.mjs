// TypeScript types from the server's OpenAPI document.
import { readFile } from 'node:fs/promises';
import openapiTypescript, { astToString } from 'openapi-typescript';

/** The whole TypeScript file for the document at `path`. */
export async function apiSource(path) {
  const document = JSON.parse(await readFile(path, 'utf8'));
  // Operations are named by method and path here; their ids would only be a second set of names.
  for (const methods of Object.values(document.paths)) {
    for (const operation of Object.values(methods)) delete operation.operationId;
  }
  const nodes = await openapiTypescript(document, { defaultNonNullable: false });
  return [
    '// Generated from packages/api/openapi.json by `npm run generate`. Do not edit.',
    '',
    astToString(nodes),
  ].join('\n');
}
