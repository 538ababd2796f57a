using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;
using Platform.ServiceDefaults.Clients;

namespace Platform.Ui.SignIn;

/// <summary>
/// What our sign-in demands beyond the handler, whose versions let some of it pass: an answer names its issuer and says
/// nothing twice, a token is for us alone. And what happens when it fails: a page that says why, never an error 500.
/// </summary>
internal sealed class ProviderChecks(
    SessionTokens tokens, IOptions<SignInOptions> options, ClientAuthentication client, ILogger<ProviderChecks> logger) : OpenIdConnectEvents
{
    /// <summary>Where <see cref="SignInPaths.SignIn"/> leaves the tenant that is to be signed in to.</summary>
    public const string TenantParameter = "tenant";

    /// <summary>
    /// The least time between two fetches of the provider's keys because of a token with an unknown one.
    /// </summary>
    private static readonly TimeSpan KeyRefreshInterval = TimeSpan.FromSeconds(30);

    public static void AddTo(OpenIdConnectOptions provider, SignInOptions options)
    {
        provider.EventsType = typeof(ProviderChecks);
        provider.RefreshInterval = KeyRefreshInterval;
        provider.BackchannelTimeout = ProviderClient.Timeout;

        var expected = provider.TokenValidationParameters;
        ProviderClient.Tighten(expected, options);
        expected.AudienceValidator = (audiences, _, _) => audiences.ToList() is [var audience] && audience == options.ClientId;
    }

    public override Task RedirectToIdentityProvider(RedirectContext context)
    {
        if (context.Properties.GetParameter<string>(TenantParameter) is { } tenant)
        {
            context.ProtocolMessage.AcrValues = $"tenant:{tenant}";
        }

        return Task.CompletedTask;
    }

    public override Task MessageReceived(MessageReceivedContext context)
    {
        var refusal = CallbackRules.ErrorOf(context.Request, options.Value.Issuer, namesIssuer: true);
        if (refusal is not null) context.Fail(new OpenIdConnectProtocolException($"The answer at the callback {refusal}."));
        return Task.CompletedTask;
    }

    public override Task PushAuthorization(PushedAuthorizationContext context)
    {
        client.AddTo(context.ProtocolMessage.Parameters);
        context.HandleClientAuthentication();
        return Task.CompletedTask;
    }

    public override Task AuthorizationCodeReceived(AuthorizationCodeReceivedContext context)
    {
        client.AddTo(context.TokenEndpointRequest!.Parameters);
        return Task.CompletedTask;
    }

    /// <summary>The id token says who it is; name, tenant and roles are in the access token.</summary>
    public override async Task TokenValidated(TokenValidatedContext context)
    {
        if (!"Bearer".Equals(context.TokenEndpointResponse?.TokenType, StringComparison.OrdinalIgnoreCase))
        {
            context.Fail(new OpenIdConnectProtocolException("The access token is not of type Bearer."));
            return;
        }

        var ticket = new AuthenticationTicket(context.Principal!, context.Properties, context.Scheme.Name);

        if (await tokens.AdoptAsync(ticket, context.TokenEndpointResponse!) is { } refusal)
        {
            context.Fail(new OpenIdConnectProtocolException($"The access token is not acceptable: {refusal}."));
        }
    }

    public override Task TicketReceived(TicketReceivedContext context)
    {
        SessionStore.BeginSignIn(context.HttpContext);
        context.ReturnUri = SignInEndpoints.LocalOrHome(context.ReturnUri);
        return Task.CompletedTask;
    }

    public override Task AccessDenied(AccessDeniedContext context)
    {
        context.Response.Redirect(SignInEndpoints.ErrorUrl(SignInErrors.AccessDenied));
        context.HandleResponse();
        return Task.CompletedTask;
    }

    public override async Task RemoteFailure(RemoteFailureContext context)
    {
        var code = Code(context.Failure);
        var url = SignInEndpoints.ErrorUrl(code);
        logger.LogWarning(context.Failure, "Sign-in failed: {Code}", code);

        // Back, or a second click, opens the callback once more; a person who is signed in by then is already at the right page.
        if (code is SignInErrors.Expired && (await context.HttpContext.AuthenticateAsync(SignInSchemes.Session)).Succeeded)
        {
            url = SignInEndpoints.LocalOrHome(context.Properties?.RedirectUri);
        }

        context.Response.Redirect(url);
        context.HandleResponse();
    }

    private static string Code(Exception? failure) => failure switch
    {
        AuthenticationFailureException { InnerException: { } inner } => Code(inner),
        AuthenticationFailureException => SignInErrors.Expired, // state or correlation: nothing of the provider was looked at
        OpenIdConnectProtocolException or SecurityTokenException => SignInErrors.Refused,
        HttpRequestException or OperationCanceledException or InvalidOperationException => SignInErrors.Unavailable,
        _ => SignInErrors.Refused,
    };
}
