using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;
using Platform.Admin.Web.Tenants;
using Platform.Contracts;
using Platform.Contracts.Tenants;
using Platform.Ui.Http;

namespace Platform.Admin.Web.Pages.Tenants;

/// <summary>
/// Creates a tenant, then its addresses and contacts. Where one of these is refused the tenant is there already: the
/// form comes back with the rest, and sending it again creates nothing twice.
/// </summary>
public sealed class NewModel(AdminApi api, IStringLocalizer<AdminText> text) : AdminPage(api)
{
    private const int MaxRecords = 20;

    private static readonly Dictionary<string, string> Fields = new()
    {
        ["slug"] = "Input.Slug",
        ["name"] = "Input.Name",
        ["timeZone"] = "Input.TimeZone",
        ["locale"] = "Input.Locale",
        ["currency"] = "Input.Currency",
        ["customDomain"] = "Input.CustomDomain",
    };

    /// <summary>What the next page says: a tenant may still be set up.</summary>
    private string? _code = Codes.TenantCreated;

    [BindProperty]
    public Form Input { get; set; } = new();

    /// <summary>The button that has the focus because its part of the form has just changed.</summary>
    public string? FocusOn { get; private set; }

    public IActionResult OnGet() => CanWrite ? Page() : StatusCode(StatusCodes.Status403Forbidden);

    public async Task<IActionResult> OnPostAsync(string? add, string? remove, CancellationToken ct)
    {
        if (add is not null || remove is not null) return Rearranged(add, remove);

        if (string.IsNullOrWhiteSpace(Input.Slug)) Input.Slug = SlugText.From(Input.Name);
        CheckPrimaries();
        if (!ModelState.IsValid) return this.ShowAgain();

        if (Input.MadeId is null)
        {
            var tenant = await Api.CreateTenantAsync(Input.ToRequest(), Input.Key, ct);
            if (!tenant.Ok) return Refused(tenant.Problem);

            Input.MadeId = tenant.Data;
            _code = tenant.Code;
            ModelState.Remove("Input.MadeId");
        }

        return await AddRecordsAsync(Input.MadeId.Value, ct) ?? Done(Input.MadeId.Value);
    }

    private RedirectToPageResult Done(long id)
    {
        this.NoticeOf(_code);
        return RedirectToPage("Overview", new { id });
    }

    private IActionResult Refused(Problem problem)
    {
        Input.Key = this.KeyAfter(problem, "Input.Key", Input.Key);
        return this.ShowAgain(problem, Fields);
    }

    /// <returns>The form with what was refused; null when all are there.</returns>
    private async Task<IActionResult?> AddRecordsAsync(long id, CancellationToken ct)
    {
        for (var i = 0; i < Input.Addresses.Count; i++)
        {
            var form = Input.Addresses[i];
            var made = await Api.CreateRecordAsync<AddressResponse>(id, "addresses", form.ToRequest(), form.Key, ct);
            if (!made.Ok) return RecordRefused(made.Problem, form, AddressForm.Members, $"Input.Addresses[{i}]");
        }

        for (var i = 0; i < Input.Contacts.Count; i++)
        {
            var form = Input.Contacts[i];
            var made = await Api.CreateRecordAsync<ContactResponse>(id, "contacts", form.ToRequest(), form.Key, ct);
            if (!made.Ok) return RecordRefused(made.Problem, form, ContactForm.Members, $"Input.Contacts[{i}]");
        }

        return null;
    }

    private IActionResult RecordRefused(Problem problem, RecordForm form, IEnumerable<string> members, string prefix)
    {
        form.Key = this.KeyAfter(problem, $"{prefix}.Key", form.Key);
        return this.ShowAgain(problem, RecordFields.Of(members, prefix));
    }

    /// <summary>One record more or less; nothing is sent, and nothing is checked yet.</summary>
    private PageResult Rearranged(string? add, string? remove)
    {
        ModelState.Clear();
        if (add == "address" && Input.Addresses.Count < MaxRecords) Input.Addresses.Add(new() { Primary = Input.Addresses.Count == 0 });
        if (add == "contact" && Input.Contacts.Count < MaxRecords) Input.Contacts.Add(new() { Primary = Input.Contacts.Count == 0 });
        if (remove?.Split('-') is [var kind, var text] && int.TryParse(text, out var index) && index >= 0)
        {
            if (kind == "address" && index < Input.Addresses.Count) Input.Addresses.RemoveAt(index);
            if (kind == "contact" && index < Input.Contacts.Count) Input.Contacts.RemoveAt(index);
        }

        FocusOn = add ?? remove?.Split('-')[0];
        return Page();
    }

    /// <summary>At most one of each type is primary; where none is, the first one becomes it by itself.</summary>
    private void CheckPrimaries()
    {
        Check([.. Input.Addresses], "Input.Addresses");
        Check([.. Input.Contacts], "Input.Contacts");

        void Check(IReadOnlyList<RecordForm> records, string prefix)
        {
            for (var i = 0; i < records.Count; i++)
            {
                var record = records[i];
                if (record.Primary && records.Take(i).Any(other => other.Primary && other.Type == record.Type))
                {
                    ModelState.AddModelError($"{prefix}[{i}].Primary", text["Records.OnePrimary"]);
                }
            }
        }
    }

    public sealed class Form
    {
        [Required, StringLength(200)]
        public string Name { get; set; } = "";

        /// <summary>From the name where it is empty.</summary>
        [StringLength(63), RegularExpression(TenantPatterns.Slug)]
        public string? Slug { get; set; }

        [Required, StringLength(64)]
        public string TimeZone { get; set; } = "America/Sao_Paulo";

        public string Locale { get; set; } = "pt-BR";

        public string Currency { get; set; } = "BRL";

        [StringLength(253), RegularExpression(TenantPatterns.Host)]
        public string? CustomDomain { get; set; }

        public List<AddressForm> Addresses { get; set; } = [];

        public List<ContactForm> Contacts { get; set; } = [];

        /// <summary>The tenant that this form has made, while its records are not all there.</summary>
        public long? MadeId { get; set; }

        [Required, StringLength(64)]
        public string Key { get; set; } = IdempotencyKeys.New();

        public CreateTenantRequest ToRequest() => new(
            Slug!, Name.Trim(), TimeZone, Locale, Currency,
            string.IsNullOrWhiteSpace(CustomDomain) ? null : CustomDomain.Trim());
    }
}
