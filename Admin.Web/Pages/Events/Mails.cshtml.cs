using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Platform.Contracts.Operations;
using Platform.Contracts.Tenants;
using Platform.Ui.Http;

namespace Platform.Admin.Web.Pages.Events;

/// <summary>Mails to clients of every tenant; one that failed can be sent again.</summary>
public sealed class MailsModel(AdminApi api, PersonFinder finder, IStringLocalizer<AdminText> text) : TenantList(api, finder)
{
    public static readonly IReadOnlyList<string> Statuses =
        [MailStatuses.Pending, MailStatuses.Sending, MailStatuses.Sent, MailStatuses.Failed, MailStatuses.Superseded];

    public IReadOnlyList<MailResponse> Mails { get; private set; } = [];

    public Dictionary<long, TenantResponse> Tenants { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(CancellationToken ct) => await LoadAsync(ct) ?? Page();

    public async Task<IActionResult> OnPostRetryAsync(long id, CancellationToken ct)
    {
        var retried = await Api.RetryMailAsync(id, ct);
        if (retried.Ok) return Back(text["Mail.Retried", retried.Data.Recipient]);

        return await LoadAsync(ct) ?? this.ShowAgain(retried.Problem);
    }

    public string TenantName(long id) => Tenants.TryGetValue(id, out var tenant) ? tenant.Name : $"{id}";

    private async Task<IActionResult?> LoadAsync(CancellationToken ct)
    {
        Query = new(Request, "tenant", "status");
        var tenant = await ReadTenantAsync(ct);
        if (IsUnclear) return null;

        var mails = await Api.MailsAsync(Query, tenant, Statuses.FirstOrDefault(status => status == Query["status"]), ct);
        if (!mails.Ok) return mails.Problem.ToPage();

        Mails = mails.Data;
        List = new(Query, Mails.Count, mails.Page);
        Tenants = await Finder.TenantsAsync(Mails.Select(mail => mail.TenantId), ct);
        return null;
    }
}
