using Platform.Contracts.Tenants;
using Platform.Ui.Http;

namespace Platform.Hub.Web;

/// <summary>The API for somebody without an account.</summary>
public sealed class SignUpApi(HttpClient http, ILogger<SignUpApi> logger) : ApiClient(http, logger)
{
    public Task<Answer<SignUpResponse>> SignUpAsync(SignUpRequest request, CancellationToken ct) =>
        PostAsync<SignUpResponse>("public/api/v1/sign-ups", request, null, ct);
}
