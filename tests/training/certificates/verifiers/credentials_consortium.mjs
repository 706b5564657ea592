// Asks the Digital Credentials Consortium's verifier, which fetches keys and status lists itself, about the credential on
// standard input. Prints {verified, revoked, error}.
import {readFileSync} from 'node:fs';
import {verifyCredential} from '@digitalcredentials/verifier-core';

const credential = JSON.parse(readFileSync(0, 'utf8'));
const result = await verifyCredential({credential, knownDIDRegistries: []});
const step = id => result.log?.find(one => one.id === id);
const failed = result.errors?.[0] ?? step('revocation_status')?.error;
const wrong = ['valid_signature', 'expiration'].filter(id => !step(id)?.valid);
console.log(JSON.stringify({
  verified: !failed && wrong.length === 0,
  revoked: step('revocation_status') ? !step('revocation_status').valid : null,
  error: failed?.name ?? wrong.join(' ')
}));
