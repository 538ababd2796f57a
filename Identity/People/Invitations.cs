using System.Net;
using Platform.Contracts.People;
using Platform.Identity.Accounts;

namespace Platform.Identity.People;

/// <summary>Has the Api make the person who accepts an invitation a member.</summary>
internal sealed class Invitations(HttpClient api, OwnToken token)
{
    /// <summary>Somebody is waiting.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    /// <returns>
    /// False if the Api refuses it: it has expired, or is withdrawn, or the organisation takes no members.
    /// </returns>
    /// <exception cref="PeopleUnavailableException" />
    public async Task<bool> AcceptAsync(long invitation, Account account, CancellationToken ct)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"/internal/api/v1/invitations/{invitation}/accept")
            {
                Content = JsonContent.Create(
                    new AcceptInvitationRequest(account.Id, account.Email!, account.Name, account.Locale)),
            };
            request.Headers.Authorization = new("Bearer", await token.GetAsync(ct));
            using var response = await api.SendAsync(request, ct);
            if (response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Conflict or HttpStatusCode.UnprocessableEntity)
            {
                return false;
            }

            if (response.StatusCode == HttpStatusCode.Unauthorized) token.Forget();
            response.EnsureSuccessStatusCode();
            return true;
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            throw new PeopleUnavailableException(e);
        }
    }
}
