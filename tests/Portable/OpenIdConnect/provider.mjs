// A certified OpenID provider that signs everybody in as "ana". Arguments: its own address, the address of the app.
import Provider from 'oidc-provider';

const [issuer, app] = process.argv.slice(2);

const provider = new Provider(issuer, {
  clients: [{
    client_id: 'app',
    client_secret: 'secret',
    token_endpoint_auth_method: 'client_secret_post',
    grant_types: ['authorization_code', 'refresh_token'],
    redirect_uris: [`${app}/signin-oidc`],
    post_logout_redirect_uris: [`${app}/signout-callback-oidc`],
  }],
  cookies: { keys: ['of no importance here'] },
  claims: { openid: ['sub'], profile: ['name', 'website'] },
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, name: 'Ana', website: 'https://ana.example' }) }),
  issueRefreshToken: () => true,
  pkce: { required: () => true },
  interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  features: { devInteractions: { enabled: false }, pushedAuthorizationRequests: { enabled: true } },
});

provider.use(async (ctx, next) => {
  if (!ctx.path.startsWith('/interaction/')) return next();

  const { prompt, params, session } = await provider.interactionDetails(ctx.req, ctx.res);
  let result = { login: { accountId: 'ana' } };
  if (prompt.name === 'consent') {
    const grant = new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
    grant.addOIDCScope(params.scope);
    result = { consent: { grantId: await grant.save() } };
  }
  await provider.interactionFinished(ctx.req, ctx.res, result, { mergeWithLastSubmission: true });
  ctx.respond = false;
});

provider.listen(new URL(issuer).port, '127.0.0.1', () => console.log('ready'));
