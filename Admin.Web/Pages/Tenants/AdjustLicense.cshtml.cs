using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Platform.Admin.Web.Tenants;
using Platform.Contracts;
using Platform.Contracts.Licensing;
using Platform.Ui.Http;
using Platform.Ui.Time;

namespace Platform.Admin.Web.Pages.Tenants;

/// <summary>Changes seats and ends of a licence. A limit below the seats in use is refused, with their number.</summary>
public sealed class AdjustLicenseModel(AdminApi api, IStringLocalizer<AdminText> text) : TenantPage(api, text)
{
    protected override string TabName => TenantTabs.Licenses;

    protected override string Title => Texts["Licenses.AdjustOf", License?.ApplicationName ?? ""];

    [BindProperty]
    public LicenseForm Input { get; set; } = new();

    public LicenseResponse License { get; private set; } = null!;

    public async Task<IActionResult> OnGetAsync(long licenseId, CancellationToken ct)
    {
        if (!CanChange) return StatusCode(StatusCodes.Status403Forbidden);
        if (await LoadAsync(licenseId, ct) is { } failed) return failed;

        Input = new()
        {
            Limit = License.UserLimit,
            Unlimited = License.UserLimit is null,
            TrialEnds = DayOf(License.TrialEndsAt),
            Expires = DayOf(License.ExpiresAt),
            Version = License.Version,
        };
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(long licenseId, CancellationToken ct)
    {
        if (await LoadAsync(licenseId, ct) is { } failed) return failed;
        if (Input.IsLimitMissing) ModelState.AddModelError("Input.Limit", Texts["Licenses.LimitMissing"]);
        if (!ModelState.IsValid) return this.ShowAgain();

        var changed = await Api.ChangeLicenseAsync(Tenant.Id, licenseId, ToRequest(), Input.Version, ct);
        if (changed.Ok) return Done(changed.Code);

        if (changed.Problem is { Code: Codes.LimitBelowUsage, Members: { } members }
            && members.TryGetValue("seatsUsed", out var used) && used.ValueKind is JsonValueKind.Number)
        {
            ModelState.AddModelError("Input.Limit", Texts["Licenses.BelowUsage", used.GetInt32()]);
            return this.ShowAgain(StatusCodes.Status409Conflict);
        }

        return this.ShowAgain(changed.Problem, LicenseForm.Fields);
    }

    /// <summary>Ends that were not changed keep their time of day.</summary>
    private ChangeLicenseRequest ToRequest() => new()
    {
        UserLimit = Input.Seats == License.UserLimit ? default(Optional<int?>) : Input.Seats,
        TrialEndsAt = Input.TrialEnds == DayOf(License.TrialEndsAt)
            ? default(Optional<DateTimeOffset?>)
            : LicenseForm.StartOf(Input.TrialEnds, Tenant.TimeZone),
        ExpiresAt = Input.Expires == DayOf(License.ExpiresAt)
            ? default(Optional<DateTimeOffset?>)
            : LicenseForm.StartOf(Input.Expires, Tenant.TimeZone),
    };

    private DateOnly? DayOf(DateTimeOffset? instant) => instant is { } end ? Zone.DayOf(end) : null;

    private async Task<IActionResult?> LoadAsync(long licenseId, CancellationToken ct)
    {
        var license = await Api.LicenseOfAsync(Tenant.Id, licenseId, ct);
        if (!license.Ok) return license.Problem.ToPage();

        License = license.Data;
        return null;
    }
}
