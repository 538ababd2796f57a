using Platform.Contracts.Licensing;
using Platform.Ui.Http;

namespace Platform.Hub.Web;

/// <summary>Applications.</summary>
public sealed partial class HubApi
{
    public Task<Answer<IReadOnlyList<MyApplication>>> MyApplicationsAsync(CancellationToken ct) =>
        GetAsync<IReadOnlyList<MyApplication>>($"{Root}/me/apps", ct);

    public Task<Answer<IReadOnlyList<EntitlementResponse>>> EntitlementsAsync(CancellationToken ct) =>
        GetAsync<IReadOnlyList<EntitlementResponse>>($"{Root}/entitlements", ct);
}
