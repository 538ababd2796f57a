using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Platform.Api.People;
using Platform.ServiceDefaults.Clients;

namespace Platform.Tests.People;

/// <summary>What the Api makes of Identity's answers.</summary>
public sealed class AccountsTests
{
    [Theory]
    [InlineData(HttpStatusCode.BadRequest, "{}")]
    [InlineData(HttpStatusCode.NotFound, "")]
    [InlineData(HttpStatusCode.OK, "null")]
    public async Task Logins_are_unavailable_when_Identity_answers_with_anything_but_a_list(HttpStatusCode status, string body)
    {
        using var handler = new Answering(status, body);
        using var identity = new HttpClient(handler) { BaseAddress = new("https://identity.test") };
        var client = new ClientAuthentication(
            Options.Create(new ClientAuthenticationOptions { ClientId = "api", ClientSecret = "secret" }), TimeProvider.System);
        var accounts = new Accounts(identity, new(client, TimeProvider.System));

        await Assert.ThrowsAsync<AccountsUnavailableException>(
            () => accounts.LoginsAsync(QueryString.Empty, TestContext.Current.CancellationToken));
    }

    private sealed class Answering(HttpStatusCode status, string body) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(request.RequestUri?.AbsolutePath == "/connect/token"
                ? Answer(HttpStatusCode.OK, """{ "access_token": "token", "expires_in": 300 }""")
                : Answer(status, body));

        private static HttpResponseMessage Answer(HttpStatusCode status, string body) =>
            new(status) { Content = new StringContent(body, null, "application/json") };
    }
}
