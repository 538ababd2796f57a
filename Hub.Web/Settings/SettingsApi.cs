using Microsoft.AspNetCore.WebUtilities;
using Platform.Ui;
using Platform.Ui.Http;

namespace Platform.Hub.Web.Settings;

/// <summary>
/// The API as the pages of the set-up see it: rows are read, created, changed and deleted, whatever they are.
/// Paths are below <c>/api/v1</c>.
/// </summary>
public sealed class SettingsApi(HttpClient http, ILogger<SettingsApi> logger) : ApiClient(http, logger)
{
    private const string Root = "api/v1/";

    public Task<Answer<T>> GetAsync<T>(string path, CancellationToken ct) => base.GetAsync<T>(Root + path, ct);

    /// <summary>One page of a list.</summary>
    public Task<Answer<IReadOnlyList<T>>> PageAsync<T>(
        string path, Dictionary<string, string?> query, CancellationToken ct) =>
        base.GetAsync<IReadOnlyList<T>>(QueryHelpers.AddQueryString(Root + path, query), ct);

    /// <summary>A list to its end: those of a set-up are short.</summary>
    public Task<Answer<IReadOnlyList<T>>> AllAsync<T>(string path, CancellationToken ct) =>
        GetAllAsync<T>(QueryHelpers.AddQueryString(Root + path, "limit", "200"), ct);

    /// <param name="key">The same for each attempt to do this one thing.</param>
    public Task<Answer<T>> PostAsync<T>(string path, object? body, CancellationToken ct, string? key = null) =>
        SendAsync<T>(HttpMethod.Post, Root + path, body, ct, idempotencyKey: key);

    public Task<Answer<T>> PatchAsync<T>(string path, object body, long? version, CancellationToken ct) =>
        SendAsync<T>(HttpMethod.Patch, Root + path, body, ct, version);

    public Task<Answer<T>> PutAsync<T>(string path, object? body, long? version, CancellationToken ct) =>
        SendAsync<T>(HttpMethod.Put, Root + path, body, ct, version);

    public Task<Answer<Done>> DeleteAsync(string path, long? version, CancellationToken ct) =>
        SendAsync<Done>(HttpMethod.Delete, Root + path, null, ct, version);

    /// <summary>A file as it is, such as one of bookings to import.</summary>
    public Task<Answer<T>> UploadAsync<T>(string path, HttpContent file, CancellationToken ct) =>
        SendAsync<T>(new(HttpMethod.Post, Root + path) { Content = file }, ct);
}

public static class SettingsSetup
{
    public static void AddSettings(this WebApplicationBuilder builder)
    {
        builder.AddApi<SettingsApi>();
        builder.Services.AddTransient<SettingsTools>();
        builder.Services.AddTransient<CallerAddressHandler>() // somebody without an account has no token
            .AddHttpClient<SignUpApi>(http => http.BaseAddress = new("https+http://api"))
            .AddHttpMessageHandler<CallerAddressHandler>();
    }
}
