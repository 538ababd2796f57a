using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Platform.Admin.Web.Tenants;
using Platform.Contracts;
using Platform.Contracts.Catalogue;
using Platform.Contracts.Tenants;
using Platform.Ui.Http;

namespace Platform.Admin.Web.Pages.Tenants;

/// <summary>Colours, logo and words of the tenant.</summary>
public sealed class BrandingModel(AdminApi api, IStringLocalizer<AdminText> text) : TenantPage(api, text)
{
    private static readonly string[] FontNames = [FontFamilies.System, "Inter", "Lato", "Montserrat", "Open Sans", "Roboto"];

    private static readonly Dictionary<string, string> Fields =
        new[] { "PrimaryColor", "SecondaryColor", "TertiaryColor", "LogoUrl", "FaviconUrl", "FontFamily" }
            .ToDictionary(name => $"branding.{char.ToLowerInvariant(name[0])}{name[1..]}", name => $"Input.{name}");

    protected override string TabName => TenantTabs.Branding;

    [BindProperty]
    public Form Input { get; set; } = new();

    /// <summary>The colours that are set, for a look at them.</summary>
    public IReadOnlyList<(string Name, string Color)> Swatches { get; private set; } = [];

    public static IReadOnlyList<(string Value, string Text)> Fonts(IStringLocalizer<AdminText> text) =>
    [
        ("", text["Branding.PlatformFont"]), (FontFamilies.System, text["Branding.SystemFont"]),
        .. FontNames.Skip(1).Select(name => (name, name)),
    ];

    public IActionResult OnGet()
    {
        Input = Form.Of(Branding(), Labels(), Tenant.Version);
        Show(Branding());
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        Show(Branding());
        foreach (var (word, index) in Input.Words.Select((word, index) => (word, index)))
        {
            if (string.IsNullOrWhiteSpace(word.Singular) != string.IsNullOrWhiteSpace(word.Plural))
            {
                ModelState.AddModelError(
                    $"Input.Words[{index}].{(string.IsNullOrWhiteSpace(word.Singular) ? "Singular" : "Plural")}", Texts["Branding.Both"]);
            }
        }

        if (!ModelState.IsValid) return this.ShowAgain();

        var change = new ChangeTenantRequest { Branding = Input.ToBranding(), Labels = Input.ToLabels() };
        var done = await Api.ChangeTenantAsync(Tenant.Id, change, Input.Version, ct);
        return done.Ok ? Done(done.Code) : this.ShowAgain(done.Problem, Fields);
    }

    private Branding Branding() => Tenant.Branding.Deserialize<Branding>(JsonSerializerOptions.Web) ?? new();

    private Labels Labels() => Tenant.Labels.Deserialize<Labels>(JsonSerializerOptions.Web) ?? new();

    private void Show(Branding branding)
    {
        (string Name, string? Color)[] colors =
        [
            (Texts["Branding.Primary"], branding.PrimaryColor), (Texts["Branding.Secondary"], branding.SecondaryColor),
            (Texts["Branding.Tertiary"], branding.TertiaryColor),
        ];
        Swatches = [.. from color in colors where color.Color is not null select (color.Name, color.Color!)];
    }

    public sealed class Form
    {
        [RegularExpression(Contracts.Catalogue.Branding.Color)]
        public string? PrimaryColor { get; set; }

        [RegularExpression(Contracts.Catalogue.Branding.Color)]
        public string? SecondaryColor { get; set; }

        [RegularExpression(Contracts.Catalogue.Branding.Color)]
        public string? TertiaryColor { get; set; }

        [StringLength(500), HttpsAddress]
        public string? LogoUrl { get; set; }

        [StringLength(500), HttpsAddress]
        public string? FaviconUrl { get; set; }

        public string? FontFamily { get; set; }

        public List<Word> Words { get; set; } = [];

        public long Version { get; set; }

        public static Form Of(Branding branding, Labels labels, long version) => new()
        {
            PrimaryColor = branding.PrimaryColor,
            SecondaryColor = branding.SecondaryColor,
            TertiaryColor = branding.TertiaryColor,
            LogoUrl = branding.LogoUrl,
            FaviconUrl = branding.FaviconUrl,
            FontFamily = branding.FontFamily,
            Words = [.. Terms.Select(name => Word.Of(name, (Term?)typeof(Labels).GetProperty(name)!.GetValue(labels)))],
            Version = version,
        };

        public Branding ToBranding() => new(
            Given(PrimaryColor), Given(SecondaryColor), Given(TertiaryColor), Given(LogoUrl), Given(FaviconUrl), Given(FontFamily));

        public Labels ToLabels()
        {
            var words = Words.Where(word => word is { Singular: not null, Plural: not null })
                .ToDictionary(word => word.Term, word => new Term(word.Singular!.Trim(), word.Plural!.Trim()));
            Term? Of(string name) => words.GetValueOrDefault(name);
            return new(
                Of("Resource"), Of("Category"), Of("Service"), Of("Booking"), Of("Client"), Of("Slot"), Of("Hold"),
                Of("Series"), Of("Waitlist"), Of("Schedule"), Of("Blackout"));
        }

        private static string? Given(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
    }

    /// <summary>The terms of <see cref="Labels"/>.</summary>
    private static readonly IReadOnlyList<string> Terms = [.. typeof(Labels).GetProperties().Select(property => property.Name)];

    /// <summary>The tenant's word for one of our terms; empty keeps ours.</summary>
    public sealed class Word
    {
        public string Term { get; set; } = "";

        [StringLength(60)]
        public string? Singular { get; set; }

        [StringLength(60)]
        public string? Plural { get; set; }

        public static Word Of(string name, Term? term) => new() { Term = name, Singular = term?.Singular, Plural = term?.Plural };
    }
}
