// Verifies the JWT on standard input by the JWK Set at the address given. Prints {verified, revoked, error}.
import {readFileSync} from 'node:fs';
import {createRemoteJWKSet, jwtVerify} from 'jose';

const keys = createRemoteJWKSet(new URL(process.argv[2]));
let error = '';
try {
  await jwtVerify(readFileSync(0, 'utf8'), keys);
} catch(refusal) {
  error = refusal.code;
}
console.log(JSON.stringify({verified: !error, revoked: null, error}));
