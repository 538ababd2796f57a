using System.Net;
using Microsoft.Extensions.Caching.Memory;
using Platform.Contracts;
using Platform.Contracts.People;
using Platform.Identity.Clients;

namespace Platform.Identity.People;

/// <summary>The Api could not say who a person is, and what it said before is too old to repeat.</summary>
internal sealed class PeopleUnavailableException(Exception reason)
    : Exception("The Api does not answer who a person is.", reason);

/// <summary>Asks the Api who a person is, and remembers the answer for a short while.</summary>
internal sealed class PersonDirectory(HttpClient api, OwnToken token, IMemoryCache cache, TimeProvider clock)
{
    /// <summary>Spares the second question when a sign-in asks at the page and again for the token.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(5);

    /// <summary>An outage of the Api may prolong old claims by one access token, not by one after another.</summary>
    private static readonly TimeSpan Usable = Catalogue.AccessTokenLifetime;

    /// <summary>
    /// Somebody is waiting. The second try is for an Api that has just started, whose first answer takes long.
    /// </summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(3);
    private const int Tries = 2;

    /// <exception cref="PeopleUnavailableException" />
    public async Task<PersonContext> GetAsync(long id, CancellationToken ct) =>
        Remembered(id) is { } known && clock.GetUtcNow() - known.At <= Fresh ? known.Person : await GetNewestAsync(id, ct);

    /// <summary>
    /// As <see cref="GetAsync"/>, past everything that is remembered: for memberships that may be a moment old.
    /// </summary>
    /// <exception cref="PeopleUnavailableException" />
    public async Task<PersonContext> GetNewestAsync(long id, CancellationToken ct)
    {
        try
        {
            var person = await AskPatientlyAsync(id, ct);
            cache.Set(KeyOf(id), new Answer(person, clock.GetUtcNow()), Usable);
            return person;
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            // Whatever went wrong between here and the Api (refused, slow, circuit open, nonsense) has one consequence.
            throw new PeopleUnavailableException(e);
        }
    }

    /// <summary>
    /// As <see cref="GetAsync"/>, but during an outage the last answer counts while it is young enough.
    /// </summary>
    public async Task<PersonContext> GetOrRecallAsync(long id, CancellationToken ct)
    {
        try
        {
            return await GetAsync(id, ct);
        }
        catch (PeopleUnavailableException) when (Remembered(id) is { } known && clock.GetUtcNow() - known.At < Usable)
        {
            return known.Person;
        }
    }

    /// <returns>No content, or 409 if another person has the e-mail address.</returns>
    /// <exception cref="HttpRequestException">The Api did not take it.</exception>
    public async Task<HttpStatusCode> PutProfileAsync(long id, ProfileRequest profile, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, $"/internal/api/v1/people/{id}/profile")
        {
            Content = JsonContent.Create(profile),
        };
        request.Headers.Authorization = new("Bearer", await token.GetAsync(ct));
        using var response = await api.SendAsync(request, ct);
        if (response.StatusCode == HttpStatusCode.Unauthorized) token.Forget();
        if (response.StatusCode != HttpStatusCode.Conflict) response.EnsureSuccessStatusCode();

        return response.StatusCode;
    }

    /// <summary>Makes the person a member of a tenant; an existing membership stays as it is.</summary>
    /// <exception cref="PeopleUnavailableException" />
    public async Task JoinAsync(long id, JoinTenantRequest membership, CancellationToken ct)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"/internal/api/v1/people/{id}/memberships")
            {
                Content = JsonContent.Create(membership),
            };
            request.Headers.Authorization = new("Bearer", await token.GetAsync(ct));
            using var response = await api.SendAsync(request, ct);
            if (response.StatusCode == HttpStatusCode.Unauthorized) token.Forget();
            response.EnsureSuccessStatusCode();
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            throw new PeopleUnavailableException(e);
        }
    }

    private async Task<PersonContext> AskPatientlyAsync(long id, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await AskAsync(id, ct);
            }
            catch (TaskCanceledException) when (attempt < Tries && !ct.IsCancellationRequested)
            {
                // Out of time, the client's own: asking again is safe.
            }
        }
    }

    private async Task<PersonContext> AskAsync(long id, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/internal/api/v1/people/{id}/context");
        request.Headers.Authorization = new("Bearer", await token.GetAsync(ct));
        using var response = await api.SendAsync(request, ct);

        // Known here and not there: a person without any tenant, such as platform staff.
        if (response.StatusCode == HttpStatusCode.NotFound) return new(id, []);
        if (response.StatusCode == HttpStatusCode.Unauthorized) token.Forget();

        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<Envelope<PersonContext>>(ct))!.Data;
    }

    private Answer? Remembered(long id) => cache.Get<Answer>(KeyOf(id));

    private static string KeyOf(long id) => $"person:{id}";

    private sealed record Answer(PersonContext Person, DateTimeOffset At);
}
