using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Platform.Contracts.Tenants;
using Platform.Ui.Http;

namespace Platform.Admin.Web.Tenants;

/// <summary>The form of a new record of a tenant, or of the record that the URL names.</summary>
/// <param name="kind"><c>addresses</c> or <c>contacts</c>.</param>
public abstract class RecordPage<TForm, TResponse>(AdminApi api, IStringLocalizer<AdminText> text, string kind)
    : TenantPage(api, text)
    where TForm : RecordForm, new()
    where TResponse : class, ITenantRecordResponse
{
    [BindProperty]
    public TForm Input { get; set; } = new();

    public long? Version { get; private set; }

    protected bool IsNew => RouteData.Values["recordId"] is null;

    protected abstract TForm ToForm(TResponse record);

    public async Task<IActionResult> OnGetAsync(long? recordId, CancellationToken ct)
    {
        if (!CanChange) return StatusCode(StatusCodes.Status403Forbidden);
        if (recordId is null) return Page();

        var records = await Api.TenantRecordsAsync<TResponse>(Tenant.Id, kind, ct);
        if (!records.Ok) return records.Problem.ToPage();
        if (records.Data.FirstOrDefault(record => record.Id == recordId) is not { } found) return NotFound();

        (Input, Version) = (ToForm(found), found.Version);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(long? recordId, long? version, CancellationToken ct)
    {
        Version = version;
        if (!ModelState.IsValid) return this.ShowAgain();

        var done = recordId is { } id
            ? await Api.ChangeRecordAsync<TResponse>(Tenant.Id, kind, id, Input.ToChange(), version, ct)
            : await Api.CreateRecordAsync<TResponse>(Tenant.Id, kind, Input.ToRequest(), Input.Key, ct);
        if (done.Ok) return Done(done.Code);

        Input.Key = this.KeyAfter(done.Problem, "Input.Key", Input.Key);
        return this.ShowAgain(done.Problem, RecordFields.Of(Input.FieldNames, "Input"));
    }
}

/// <summary>The records of one kind, by type, the primary one of each type first.</summary>
/// <param name="kind"><c>addresses</c> or <c>contacts</c>.</param>
/// <param name="types">In the order in which they are shown.</param>
public abstract class RecordListPage<TResponse>(
    AdminApi api, IStringLocalizer<AdminText> text, string kind, IEnumerable<string> types) : TenantPage(api, text)
    where TResponse : class, ITenantRecordResponse
{
    public IReadOnlyList<TResponse> Records { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(CancellationToken ct) => await LoadAsync(ct) ?? Page();

    public async Task<IActionResult> OnPostPrimaryAsync(long recordId, CancellationToken ct)
    {
        var done = await Api.ChangeRecordAsync<TResponse>(
            Tenant.Id, kind, recordId, new { primary = true }, version: null, ct);
        return done.Ok ? Done(done.Code) : await LoadAsync(ct) ?? this.ShowAgain(done.Problem);
    }

    /// <param name="page">The page with the form of a record.</param>
    public RecordActions ActionsOf(TResponse record, string page, string name) =>
        new(Tenant.Id, kind, page, record.Id, record.Primary, name);

    private async Task<IActionResult?> LoadAsync(CancellationToken ct)
    {
        var records = await Api.TenantRecordsAsync<TResponse>(Tenant.Id, kind, ct);
        if (!records.Ok) return records.Problem.ToPage();

        var order = types.ToList();
        Records = [.. records.Data.OrderBy(r => order.IndexOf(r.Type)).ThenByDescending(r => r.Primary)];
        return null;
    }
}

/// <summary>What can be done with one row of such a list.</summary>
/// <param name="Name">How the row is called for a screen reader.</param>
public sealed record RecordActions(long TenantId, string Kind, string Page, long RecordId, bool IsPrimary, string Name);
