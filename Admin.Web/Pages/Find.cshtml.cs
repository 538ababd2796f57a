using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Platform.Contracts.Licensing;
using Platform.Contracts.People;
using Platform.Contracts.Tenants;
using Platform.Ui.Http;

namespace Platform.Admin.Web.Pages;

/// <summary>
/// Finds pages, tenants, people, applications, and bookings by their reference: slug of the tenant and number. The
/// command palette shows the same list as one types.
/// </summary>
public sealed partial class FindModel(AdminApi api, IStringLocalizer<AdminText> text) : AdminPage(api)
{
    private const int MaxLength = 200;
    private const CompareOptions Loose = CompareOptions.IgnoreCase | CompareOptions.IgnoreNonSpace;

    /// <summary>Pages that the palette leads to, where they exist.</summary>
    private static readonly (string Page, string Key)[] Places =
    [
        ("/Index", "Nav.Dashboard"), ("/Tenants/Index", "Nav.Tenants"), ("/Tenants/New", "Tenants.New"),
        ("/Tenants/Import", "Import.Title"), ("/Applications/Index", "Nav.Applications"), ("/People/Index", "Nav.People"),
        ("/Audit/Index", "Nav.Audit"), ("/Billing/Index", "Nav.Billing"), ("/Events/Index", "Nav.Events"),
        ("/Installation/Index", "Nav.System"),
    ];

    public string Q { get; private set; } = "";

    public IReadOnlyList<Group> Groups { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(string? q, CancellationToken ct)
    {
        Q = q?.Trim() ?? "";
        var pages = new Group(text["Find.Pages"], "list", [.. PageHits()]);
        if (Q.Length is 0 or > MaxLength)
        {
            Groups = [pages];
            return Page();
        }

        var found = await Api.FindAsync(BookingReference().Match(Q) is { Success: true } match ? match.Groups[1].Value : Q, ct);
        if (found.Problem is not null) return found.Problem.ToPage();

        Groups =
        [
            pages,
            new(text["Nav.Tenants"], "building", [.. found.Tenants.Select(TenantHit)]),
            new(text["Nav.People"], "people", [.. found.People.Select(PersonHit).OfType<Hit>()]),
            new(text["Nav.Applications"], "grid", [.. found.Applications.Where(IsMeant).Select(ApplicationHit).OfType<Hit>()]),
            new(text["Find.Bookings"], "calendar-check", [.. found.Tenants.Select(BookingHit).OfType<Hit>()]),
        ];
        return Page();
    }

    private IEnumerable<Hit> PageHits() =>
        from place in Places
        let name = text[place.Key].Value
        let url = Url.Page(place.Page)
        where url is not null && CultureInfo.CurrentCulture.CompareInfo.IndexOf(name, Q, Loose) >= 0
        select new Hit(name, null, url);

    private Hit TenantHit(TenantResponse tenant) =>
        new(tenant.Name, tenant.Slug, Url.Page("/Tenants/Overview", new { id = tenant.Id })!);

    private Hit? PersonHit(StaffUserResponse person) =>
        (Url.Page("/People/Details", new { id = person.Id }) ?? Url.Page("/People/Index", new { q = person.Email })) is { } url
            ? new(person.Name, person.Email, url)
            : null;

    private bool IsMeant(ApplicationResponse application) =>
        CultureInfo.CurrentCulture.CompareInfo.IndexOf(application.Name, Q, Loose) >= 0
        || application.Slug.StartsWith(Q, StringComparison.OrdinalIgnoreCase);

    private Hit? ApplicationHit(ApplicationResponse application) =>
        (Url.Page("/Applications/Prices/Index", new { id = application.Id }) ?? Url.Page("/Applications/Index")) is { } url
            ? new(application.Name, application.Slug, url)
            : null;

    /// <summary>A number is a booking's only together with the tenant; its history is what staff may see of it.</summary>
    private Hit? BookingHit(TenantResponse tenant)
    {
        if (BookingReference().Match(Q) is not { Success: true } match) return null;

        var booking = match.Groups[2].Value;
        var query = new { tenantId = tenant.Id, targetType = "booking", targetId = booking };
        return (Url.Page("/Audit/Index", query) ?? Url.Page("/Tenants/Audit", new { id = tenant.Id })) is { } url
            ? new(text["Find.Booking", booking, tenant.Name], tenant.Slug, url)
            : null;
    }

    public sealed record Group(string Name, string Icon, IReadOnlyList<Hit> Hits);

    public sealed record Hit(string Name, string? Detail, string Url);

    /// <summary><c>clinica-aurora 1042</c>, <c>clinica-aurora#1042</c></summary>
    [GeneratedRegex(@"^([A-Za-z0-9-]+)[\s#/]+([1-9][0-9]{0,17})$")]
    private static partial Regex BookingReference();
}
