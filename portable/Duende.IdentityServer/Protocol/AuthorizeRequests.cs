using System.Security.Cryptography;
using Duende.IdentityServer.Stores;
using Microsoft.AspNetCore.WebUtilities;

namespace Duende.IdentityServer.Protocol;

/// <summary>A request that waits: pushed by its client, or for its user to sign in.</summary>
/// <param name="Login">Which sign-in there was when the user came; a prompt is met by any other.</param>
/// <param name="Denied">The error that a page answered with, if it did.</param>
internal sealed record WaitingRequest(
    Dictionary<string, string> Parameters,
    bool Pushed,
    string? Login = null,
    string? Denied = null,
    string? DeniedBecause = null);

/// <summary>Keeps authorize requests in PushedAuthorizationRequests, under the hash of a handle.</summary>
internal sealed class AuthorizeRequests(IOperationalStore store, Sealer sealer, TimeProvider clock)
{
    public const string CallbackPath = "/connect/authorize/callback";
    private const string Purpose = "AuthorizeRequest";
    private static readonly TimeSpan TimeToSignIn = TimeSpan.FromMinutes(30);

    /// <returns>The request_uri.</returns>
    public async Task<string> PushAsync(Parameters parameters, TimeSpan lifetime, CancellationToken ct)
    {
        var handle = Handles.New();
        await AddAsync(Key(pushed: true, handle), new(parameters.Values.ToDictionary(), Pushed: true), lifetime, ct);
        return $"{IdentityServerConstants.PushedAuthorizationRequestUri}:{handle}";
    }

    /// <returns>The path at which the request goes on.</returns>
    public async Task<string> KeepAsync(Parameters parameters, string? login, CancellationToken ct)
    {
        var handle = Handles.New();
        await AddAsync(
            Key(pushed: false, handle), new(parameters.Values.ToDictionary(), Pushed: false, login), TimeToSignIn, ct);
        return QueryHelpers.AddQueryString(CallbackPath, "authzId", handle);
    }

    /// <summary>Gives the user of a pushed request time to sign in.</summary>
    public Task StartAsync(string key, WaitingRequest request, string? login, CancellationToken ct) =>
        SaveAsync(key, request with { Login = login }, ct);

    public Task DenyAsync(
        string key, WaitingRequest request, string error, string? description, CancellationToken ct) =>
        SaveAsync(key, request with { Denied = error, DeniedBecause = description }, ct);

    /// <summary>What a request_uri or the handle of a callback stands for.</summary>
    public static string? KeyOf(Parameters parameters)
    {
        const string prefix = IdentityServerConstants.PushedAuthorizationRequestUri + ":";
        if (parameters["request_uri"] is { } uri)
        {
            return uri.StartsWith(prefix, StringComparison.Ordinal) ? Key(pushed: true, uri[prefix.Length..]) : null;
        }
        return parameters["authzId"] is { } handle ? Key(pushed: false, handle) : null;
    }

    public async Task<WaitingRequest?> FindAsync(string key, CancellationToken ct)
    {
        if (await store.FindPushedAsync(key, ct) is not { } row || row.ExpiresAtUtc <= Now) return null;

        try
        {
            return sealer.Open<WaitingRequest>(Purpose, row.Parameters);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <returns>False when the request has been answered already.</returns>
    public Task<bool> FinishAsync(string key, CancellationToken ct) => store.RemovePushedAsync(key, ct);

    private DateTime Now => clock.GetUtcNow().UtcDateTime;

    private static string Key(bool pushed, string handle) => Handles.Hash(pushed ? "pushed" : "waiting", handle);

    private Task SaveAsync(string key, WaitingRequest request, CancellationToken ct) =>
        store.UpdatePushedAsync(key, sealer.Seal(Purpose, request), Now + TimeToSignIn, ct);

    private Task AddAsync(string key, WaitingRequest request, TimeSpan lifetime, CancellationToken ct) =>
        store.AddPushedAsync(
        new() { ReferenceValueHash = key, ExpiresAtUtc = Now + lifetime, Parameters = sealer.Seal(Purpose, request) }, ct);
}
