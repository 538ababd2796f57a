namespace Microsoft.AspNetCore.Authentication.OpenIdConnect;

/// <summary>What an application may hook into: set a delegate or override a method.</summary>
public class OpenIdConnectEvents : RemoteAuthenticationEvents
{
    public Func<AuthenticationFailedContext, Task> OnAuthenticationFailed { get; set; } = _ => Task.CompletedTask;
    public Func<AuthorizationCodeReceivedContext, Task> OnAuthorizationCodeReceived { get; set; } = _ => Task.CompletedTask;
    public Func<MessageReceivedContext, Task> OnMessageReceived { get; set; } = _ => Task.CompletedTask;
    public Func<PushedAuthorizationContext, Task> OnPushAuthorization { get; set; } = _ => Task.CompletedTask;
    public Func<RedirectContext, Task> OnRedirectToIdentityProvider { get; set; } = _ => Task.CompletedTask;
    public Func<RedirectContext, Task> OnRedirectToIdentityProviderForSignOut { get; set; } = _ => Task.CompletedTask;
    public Func<RemoteSignOutContext, Task> OnRemoteSignOut { get; set; } = _ => Task.CompletedTask;
    public Func<RemoteSignOutContext, Task> OnSignedOutCallbackRedirect { get; set; } = _ => Task.CompletedTask;
    public Func<TokenResponseReceivedContext, Task> OnTokenResponseReceived { get; set; } = _ => Task.CompletedTask;
    public Func<TokenValidatedContext, Task> OnTokenValidated { get; set; } = _ => Task.CompletedTask;
    public Func<UserInformationReceivedContext, Task> OnUserInformationReceived { get; set; } = _ => Task.CompletedTask;

    public virtual Task AuthenticationFailed(AuthenticationFailedContext context) => OnAuthenticationFailed(context);

    public virtual Task AuthorizationCodeReceived(AuthorizationCodeReceivedContext context) =>
        OnAuthorizationCodeReceived(context);

    public virtual Task MessageReceived(MessageReceivedContext context) => OnMessageReceived(context);

    public virtual Task PushAuthorization(PushedAuthorizationContext context) => OnPushAuthorization(context);

    public virtual Task RedirectToIdentityProvider(RedirectContext context) => OnRedirectToIdentityProvider(context);

    public virtual Task RedirectToIdentityProviderForSignOut(RedirectContext context) =>
        OnRedirectToIdentityProviderForSignOut(context);

    public virtual Task RemoteSignOut(RemoteSignOutContext context) => OnRemoteSignOut(context);

    public virtual Task SignedOutCallbackRedirect(RemoteSignOutContext context) => OnSignedOutCallbackRedirect(context);

    public virtual Task TokenResponseReceived(TokenResponseReceivedContext context) => OnTokenResponseReceived(context);

    public virtual Task TokenValidated(TokenValidatedContext context) => OnTokenValidated(context);

    public virtual Task UserInformationReceived(UserInformationReceivedContext context) =>
        OnUserInformationReceived(context);
}
