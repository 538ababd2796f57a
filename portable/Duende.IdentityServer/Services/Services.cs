using Duende.IdentityServer.Events;
using Duende.IdentityServer.Models;

namespace Duende.IdentityServer.Services;

/// <summary>The application's knowledge of its users.</summary>
public interface IProfileService
{
    Task GetProfileDataAsync(ProfileDataRequestContext context);

    Task IsActiveAsync(IsActiveContext context);
}

/// <summary>What the application's pages need from the provider.</summary>
public interface IIdentityServerInteractionService
{
    /// <returns>Null when the address is not a request that waits here.</returns>
    Task<AuthorizationRequest?> GetAuthorizationContextAsync(string? returnUrl);

    bool IsValidReturnUrl(string? returnUrl);

    Task<ErrorMessage?> GetErrorContextAsync(string? errorId);

    Task<LogoutRequest> GetLogoutContextAsync(string? logoutId);

    /// <summary>Null: what a sign-out without a client's wish has to know is in the session.</summary>
    Task<string?> CreateLogoutContextAsync();

    Task DenyAuthorizationAsync(
        AuthorizationRequest request, AuthorizationError error, string? errorDescription = null);
}

public interface IEventService
{
    Task RaiseAsync(Event evt);

    bool CanRaiseEventType(EventTypes evtType);
}

/// <summary>Where events end up; the default writes them to the log.</summary>
public interface IEventSink
{
    Task PersistAsync(Event evt);
}

public interface ISessionManagementService
{
    /// <summary>Ends sessions of a user, as a sign-out would.</summary>
    Task RemoveSessionsAsync(RemoveSessionsContext context, CancellationToken cancellationToken = default);
}

public class RemoveSessionsContext
{
    public string? SubjectId { get; init; }
    public string? SessionId { get; init; }
}
