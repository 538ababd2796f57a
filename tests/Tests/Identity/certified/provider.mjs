// The certified provider oidc-provider, without pages: the account that `login_hint` names, or else the first, is
// signed in at once. In, one JSON object: { issuer, port, clients, accounts: [{ sub, … }], audience? }. Out: "ready".
import { text } from 'node:stream/consumers';
import { Provider } from 'oidc-provider';

const { issuer, port, clients, accounts, audience } = JSON.parse(await text(process.stdin));
const api = 'urn:platform:api'; // the resource whose access tokens are JWT for `audience`

const provider = new Provider(issuer, {
  clients,
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'locale'] },
  conformIdTokenClaims: false, // claims of scopes in ID tokens, as Entra ID, Okta and Google have them
  scopes: ['openid', 'profile', 'email', 'offline_access'],
  pkce: { required: () => true },
  findAccount: (_, id) => {
    const account = accounts.find(one => one.sub === id);
    return account && { accountId: id, claims: () => account };
  },
  features: {
    devInteractions: { enabled: false },
    pushedAuthorizationRequests: { enabled: true },
    resourceIndicators: {
      enabled: Boolean(audience),
      defaultResource: () => api,
      useGrantedResource: () => true,
      getResourceServerInfo: () => ({ scope: 'scheduling', audience, accessTokenFormat: 'jwt', accessTokenTTL: 300 }),
    },
  },
  interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  issueRefreshToken: (_, client) => client.grantTypeAllowed('refresh_token'), // also without prompt=consent
  rotateRefreshToken: true,
  extraTokenClaims: (_, token) => ({ sid: token.sessionUid }),
  loadExistingGrant: async ctx => {
    const grant = new provider.Grant({ clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId });
    grant.addOIDCScope('openid profile email offline_access');
    if (audience) grant.addResourceScope(api, 'scheduling');
    await grant.save();
    return grant;
  },
});
provider.on('server_error', (_, error) => console.error(error));

provider.use(async (ctx, next) => {
  if (!ctx.path.startsWith('/interaction/')) return next();
  const { params } = await provider.interactionDetails(ctx.req, ctx.res);
  const account = accounts.find(one => one.email === params.login_hint) ?? accounts[0];
  const result = { login: { accountId: account.sub } };
  ctx.respond = false;
  await provider.interactionFinished(ctx.req, ctx.res, result);
});

provider.listen(port, '127.0.0.1', () => console.log('ready'));
