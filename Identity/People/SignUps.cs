using System.Net;
using Platform.Contracts;
using Platform.Contracts.Tenants;

namespace Platform.Identity.People;

/// <summary>Has the Api create the organisation of a confirmed sign-up.</summary>
internal sealed class SignUps(HttpClient api, OwnToken token)
{
    /// <summary>The Api builds a schema before it answers.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    /// <returns>The organisation that the sign-up has become, or null if the Api refuses it: it has expired.</returns>
    /// <exception cref="PeopleUnavailableException" />
    public async Task<ConfirmSignUpResponse?> ConfirmAsync(Guid signUp, long accountId, CancellationToken ct)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"/internal/api/v1/sign-ups/{signUp}/confirm")
            {
                Content = JsonContent.Create(new ConfirmSignUpRequest(accountId)),
            };
            request.Headers.Authorization = new("Bearer", await token.GetAsync(ct));
            using var response = await api.SendAsync(request, ct);
            if (response.StatusCode is HttpStatusCode.UnprocessableEntity or HttpStatusCode.Forbidden) return null;

            response.EnsureSuccessStatusCode();
            return (await response.Content.ReadFromJsonAsync<Envelope<ConfirmSignUpResponse>>(ct))!.Data;
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            throw new PeopleUnavailableException(e);
        }
    }
}
