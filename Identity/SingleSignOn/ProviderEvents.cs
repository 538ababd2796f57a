using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Platform.Ui.SignIn;

namespace Platform.Identity.SingleSignOn;

/// <summary>The end of a sign-in at a provider, for the page that goes on with it.</summary>
/// <param name="Person">Null if nobody has signed in.</param>
/// <param name="ReturnUrl">Where the sign-in began; null if the answer does not belong to one.</param>
internal sealed record ProviderAnswer(ExternalPerson? Person, string? ReturnUrl, Exception? Failure = null);

/// <summary>
/// Checks what the handler leaves out, and keeps it from opening a session: who may sign in is decided by our own
/// accounts.
/// </summary>
internal sealed class ProviderEvents(IdentityProvider provider, bool requireHttps) : OpenIdConnectEvents
{
    public override Task RedirectToIdentityProvider(RedirectContext context)
    {
        var address = new Uri(context.ProtocolMessage.IssuerAddress);
        if (requireHttps && address.Scheme != Uri.UriSchemeHttps)
        {
            throw new InvalidOperationException("The sign-in page of the provider is not on HTTPS.");
        }

        context.ProtocolMessage.LoginHint = context.Properties.GetParameter<string>(ProviderHandlers.LoginHint);
        return Task.CompletedTask;
    }

    public override async Task MessageReceived(MessageReceivedContext context)
    {
        var metadata = await context.Options.ConfigurationManager!
            .GetConfigurationAsync(context.HttpContext.RequestAborted);
        var namesIssuer = metadata.AuthorizationResponseIssParameterSupported;

        if (CallbackRules.ErrorOf(context.Request, provider.Issuer, namesIssuer) is { } error)
        {
            context.Fail(new OpenIdConnectProtocolException($"The answer at the callback {error}."));
        }
    }

    /// <summary>
    /// The handler takes an ID token without a signature, since it comes from the provider's own mouth.
    /// </summary>
    public override Task TokenValidated(TokenValidatedContext context)
    {
        var isBearer = "Bearer".Equals(context.TokenEndpointResponse?.TokenType, StringComparison.OrdinalIgnoreCase);
        var isForUs = context.SecurityToken.Claims.All(claim => claim.Type != "azp" || claim.Value == provider.ClientId);
        if (!isBearer || !isForUs || context.SecurityToken.RawSignature is "")
        {
            context.Fail(new OpenIdConnectProtocolException("The tokens are not for this client, or not signed."));
        }

        return Task.CompletedTask;
    }

    public override Task TicketReceived(TicketReceivedContext context)
    {
        context.HttpContext.Features.Set(new ProviderAnswer(ExternalPerson.Of(context.Principal!), context.ReturnUri));
        context.HandleResponse();
        return Task.CompletedTask;
    }

    public override Task RemoteFailure(RemoteFailureContext context)
    {
        context.HttpContext.Features.Set(new ProviderAnswer(null, context.Properties?.RedirectUri, context.Failure));
        context.HandleResponse();
        return Task.CompletedTask;
    }
}
