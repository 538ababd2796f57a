// The certified relying party openid-client against Identity. In, one JSON object:
//   { issuer, email, password, tenant, parties: [{ name, id, redirectUri, postLogoutUri, method, secret?, key?, algorithm? }] }
// Out, one JSON object a line: { name, failure }. Lines of one party depend on the lines before them.
import { createPrivateKey } from 'node:crypto';
import { text } from 'node:stream/consumers';
import * as client from 'openid-client';
import { Browser } from './browser.mjs';

const { issuer, email, password, tenant, parties } = JSON.parse(await text(process.stdin));
const insecure = { execute: [client.allowInsecureRequests] }; // http, on this machine
const accessToken = 'urn:ietf:params:oauth:token-type:access_token';

const expect = (value, message) => { if (!value) throw new Error(message); };

async function check(name, act) {
  try {
    const result = await act();
    console.log(JSON.stringify({ name, failure: null }));
    return result;
  } catch (e) {
    console.log(JSON.stringify({ name, failure: [e.message, e.error, e.error_description, e.cause?.message].filter(Boolean).join(' | ') }));
    return undefined;
  }
}

async function authentication({ method, secret, key, algorithm }) {
  switch (method) {
    case 'client_secret_basic': return client.ClientSecretBasic(secret);
    case 'client_secret_post': return client.ClientSecretPost(secret);
    case 'private_key_jwt': return client.PrivateKeyJwt(await crypto.subtle.importKey(
      'pkcs8', createPrivateKey(key).export({ type: 'pkcs8', format: 'der' }), algorithm, false, ['sign']));
  }
}

async function drive(party) {
  const say = (name, act) => check(`${party.name}: ${name}`, act);

  const config = await say('discovery', async () => {
    const found = await client.discovery(new URL(issuer), party.id, undefined, await authentication(party), insecure);
    expect(found.serverMetadata().issuer === issuer, `The issuer is ${found.serverMetadata().issuer}.`);
    expect(found.serverMetadata().token_endpoint_auth_methods_supported.includes(party.method), 'The method is not offered.');
    return found;
  });

  for (const pushed of [false, true]) {
    const browser = new Browser(issuer);
    const step = (name, act) => say(`${name}${pushed ? ', request pushed' : ''}`, act);
    const request = async more => {
      const verifier = client.randomPKCECodeVerifier();
      const parameters = {
        redirect_uri: party.redirectUri, scope: 'openid profile email offline_access scheduling', max_age: '3600',
        code_challenge: await client.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256',
        state: client.randomState(), nonce: client.randomNonce(), ...more,
      };
      const url = pushed
        ? await client.buildAuthorizationUrlWithPAR(config, parameters)
        : client.buildAuthorizationUrl(config, parameters);
      return { url: url.href, checks: {
        pkceCodeVerifier: verifier, expectedState: parameters.state, expectedNonce: parameters.nonce, idTokenExpected: true, maxAge: 3600,
      } };
    };

    await step('prompt=none without a session is refused', async () => {
      const { url, checks } = await request({ prompt: 'none' });
      const { left } = await browser.follow(url);
      const error = await client.authorizationCodeGrant(config, left, checks).then(() => 'none', e => e.error);
      expect(error === 'login_required', `The error is ${error}.`);
    });

    const first = await step('sign-in', async () => {
      const { url, checks } = await request();
      const tokens = await client.authorizationCodeGrant(config, await browser.signIn(url, { email, password }), checks);
      expect(tokens.claims().sid && tokens.claims().auth_time, 'The ID token does not describe the session.');
      return tokens;
    });
    const { sub, sid } = first?.claims() ?? {};

    await step('a session answers without a form', async () => {
      const { url, checks } = await request({ prompt: 'none' });
      const { left } = await browser.follow(url);
      const again = await client.authorizationCodeGrant(config, left, checks);
      expect(again.claims().sid === sid, 'The session is another.');
    });

    await step('userinfo', async () => {
      const user = await client.fetchUserInfo(config, first.access_token, sub);
      expect(user.email === email, `The address is ${user.email}.`);
    });

    const second = await step('refresh', async () => {
      const tokens = await client.refreshTokenGrant(config, first.refresh_token);
      expect(tokens.claims().sub === sub && tokens.claims().sid === sid, 'The ID token is of somebody else.');
      expect(tokens.refresh_token !== first.refresh_token, 'The refresh token has not changed.');
      return tokens;
    });

    await step('token exchange', async () => {
      const grant = { subject_token: second.access_token, subject_token_type: accessToken, tenant, scope: 'scheduling' };
      const tokens = await client.genericGrantRequest(config, 'urn:ietf:params:oauth:grant-type:token-exchange', grant);
      const claims = JSON.parse(Buffer.from(tokens.access_token.split('.')[1], 'base64url'));
      expect(tokens.issued_token_type === accessToken, `The type is ${tokens.issued_token_type}.`);
      expect(`${claims.tenant_id}` === tenant, `The tenant is ${claims.tenant_id}.`);
    });

    await step('introspection', async () => {
      const token = await client.tokenIntrospection(config, second.refresh_token);
      expect(token.active && token.sub === sub, 'The refresh token is not active.');
    });

    await step('revocation', async () => {
      await client.tokenRevocation(config, second.refresh_token);
      expect(!(await client.tokenIntrospection(config, second.refresh_token)).active, 'The refresh token is still active.');
      const error = await client.refreshTokenGrant(config, second.refresh_token).then(() => 'none', e => e.error);
      expect(error === 'invalid_grant', `The error is ${error}.`);
    });

    await step('end session', async () => {
      const after = { id_token_hint: second.id_token, post_logout_redirect_uri: party.postLogoutUri, state: 'bye' };
      const { left } = await browser.follow(client.buildEndSessionUrl(config, after).href);
      expect(left?.href === `${party.postLogoutUri}?state=bye`, `The browser is at ${left}.`);
      const { page } = await browser.follow((await request()).url);
      expect(page.url.includes('/Account/Login'), 'The session is still open.');
    });
  }

  await say('client credentials', async () => {
    if (party.service) {
      const tokens = await client.clientCredentialsGrant(config, { scope: 'scheduling' });
      expect(tokens.access_token && !tokens.refresh_token && !tokens.id_token, 'These are not the tokens of a client.');
    } else {
      const error = await client.clientCredentialsGrant(config, { scope: 'scheduling' }).then(() => 'none', e => e.error);
      expect(error === 'unauthorized_client', `The error is ${error}.`);
    }
  });
}

for (const party of parties) await drive(party);
