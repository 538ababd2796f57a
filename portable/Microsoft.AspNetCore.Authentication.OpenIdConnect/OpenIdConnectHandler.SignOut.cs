using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace Microsoft.AspNetCore.Authentication.OpenIdConnect;

/// <summary>
/// Sign-out: begun here and carried to the provider, or asked for by the provider through the browser.
/// </summary>
public partial class OpenIdConnectHandler
{
    public virtual async Task SignOutAsync(AuthenticationProperties? properties)
    {
        if (ResolveTarget(Options.ForwardSignOut) is { } target)
        {
            await Context.SignOutAsync(target, properties);
            return;
        }

        properties ??= new AuthenticationProperties();
        if (string.IsNullOrEmpty(properties.RedirectUri)) properties.RedirectUri = Absolute(Options.SignedOutRedirectUri);

        var configuration = await GetConfigurationAsync();
        var message = new OpenIdConnectMessage
        {
            EnableTelemetryParameters = !Options.DisableTelemetry,
            IssuerAddress = configuration.EndSessionEndpoint,
            PostLogoutRedirectUri = Absolute(Options.SignedOutCallbackPath),
            IdTokenHint = await Context.GetTokenAsync(Options.SignOutScheme, OpenIdConnectParameterNames.IdToken),
        };

        var redirect = new RedirectContext(Context, Scheme, Options, properties) { ProtocolMessage = message };
        await Events.RedirectToIdentityProviderForSignOut(redirect);
        if (redirect.Handled) return;

        message = redirect.ProtocolMessage;
        if (!string.IsNullOrEmpty(message.State))
        {
            redirect.Properties.Items[OpenIdConnectDefaults.UserstatePropertiesKey] = message.State;
        }

        message.State = Options.StateDataFormat.Protect(redirect.Properties);

        if (string.IsNullOrEmpty(message.IssuerAddress))
        {
            throw new InvalidOperationException("The provider's metadata names no end session endpoint.");
        }

        Response.Redirect(message.CreateLogoutRequestUrl());
    }

    /// <summary>
    /// The provider sends the browser back after a sign-out; where to is in the state, which we wrote.
    /// </summary>
    protected virtual async Task<bool> HandleSignOutCallbackAsync()
    {
        var message = new OpenIdConnectMessage(Request.Query.Select(p => KeyValuePair.Create(p.Key, p.Value.ToArray()))!);
        var properties = string.IsNullOrEmpty(message.State) ? null : Options.StateDataFormat.Unprotect(message.State);

        var signedOut = new RemoteSignOutContext(Context, Scheme, Options, message);
        if (properties is not null)
        {
            properties.Items.Remove(OpenIdConnectDefaults.UserstatePropertiesKey, out var userState);
            message.State = userState;
            signedOut.Properties = properties;
        }

        await Events.SignedOutCallbackRedirect(signedOut);
        if (signedOut.Result?.Handled is true) return true;
        if (signedOut.Result?.Skipped is true) return false;
        if (signedOut.Result?.Failure is { } failure) throw failure;

        if (properties?.RedirectUri is not { Length: > 0 } target) return false;

        Response.Redirect(target);
        return true;
    }

    /// <summary>Front-channel logout. Someone who does not know the session cannot end it.</summary>
    protected virtual async Task<bool> HandleRemoteSignOutAsync()
    {
        var parameters = await ReadParametersAsync() ?? [];
        var message = new OpenIdConnectMessage(parameters.Select(p => KeyValuePair.Create(p.Key, p.Value.ToArray()))!);

        var remote = new RemoteSignOutContext(Context, Scheme, Options, message);
        await Events.RemoteSignOut(remote);
        if (remote.Result?.Handled is true) return true;
        if (remote.Result?.Skipped is true) return false;
        if (remote.Result?.Failure is { } failure) throw new InvalidOperationException("Remote sign-out failed.", failure);

        var principal = (await Context.AuthenticateAsync(Options.SignOutScheme)).Principal;
        var session = principal?.FindFirst(JwtRegisteredClaimNames.Sid)?.Value;
        var configuration = await GetConfigurationAsync();

        if ((session is not null && message.Sid != session)
            || (!string.IsNullOrEmpty(message.Iss) && message.Iss != configuration.Issuer))
        {
            Logger.LogWarning("A front-channel logout named another session or issuer.");
            return true;
        }

        await Context.SignOutAsync(Options.SignOutScheme);
        return true;
    }

    private string Absolute(string uri) => uri.StartsWith('/') ? BuildRedirectUri(uri) : uri;
}
