using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Rendering;
using Platform.Contracts.People;
using Platform.Hub.Web.Settings;
using Platform.Ui.Http;
using Brand = Platform.Contracts.Catalogue.Branding;

namespace Platform.Hub.Web.Pages.Settings.Branding;

/// <summary>How the organisation's pages look, with what it does to contrast.</summary>
public sealed class IndexModel(SettingsTools tools) : SettingsPage<IndexModel.Form>(tools)
{
    private static readonly string[] FontNames = ["system", "Inter", "Lato", "Montserrat", "Open Sans", "Roboto"];

    protected override string Needs => Permissions.SettingsWrite;

    public IEnumerable<SelectListItem> Fonts => FontNames.Select(font =>
        new SelectListItem(font == "system" ? Text["Setup.Branding.SystemFont"] : font, font));

    public BrandView? View => BrandView.Of(Input.PrimaryColor);

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        var branding = await Api.GetAsync<Brand>("settings/branding", ct);
        if (!branding.Ok) return branding.Problem.ToPage();

        Input = Form.Of(branding.Data);
        return Page();
    }

    /// <summary>The part of the page that shows the colours, as typed.</summary>
    public IActionResult OnGetPreview([Bind(Prefix = "Input")] Form input)
    {
        ModelState.Clear();
        Input = input;
        return Partial("_Preview", this);
    }

    /// <summary>The style sheet of the preview: pages have no styles of their own.</summary>
    public ContentResult OnGetCss(string? primary, string? tertiary) =>
        Content(BrandView.Css(primary, tertiary), "text/css");

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (!ModelState.IsValid) return Refused();

        var saved = await Api.PutAsync<Brand>("settings/branding", Input.ToBranding(), null, ct);
        return saved.Ok ? Done(Text["Setup.Saved"], "branding") : Refused(saved.Problem);
    }

    public sealed class Form : SettingsForm
    {
        [RegularExpression(Brand.Color)]
        public string? PrimaryColor { get; set; }

        [RegularExpression(Brand.Color)]
        public string? SecondaryColor { get; set; }

        [RegularExpression(Brand.Color)]
        public string? TertiaryColor { get; set; }

        [StringLength(500)]
        public string? LogoUrl { get; set; }

        [StringLength(500)]
        public string? FaviconUrl { get; set; }

        public string? FontFamily { get; set; }

        public static Form Of(Brand b) => new()
        {
            PrimaryColor = b.PrimaryColor,
            SecondaryColor = b.SecondaryColor,
            TertiaryColor = b.TertiaryColor,
            LogoUrl = b.LogoUrl,
            FaviconUrl = b.FaviconUrl,
            FontFamily = b.FontFamily,
        };

        public Brand ToBranding() => new(
            PrimaryColor, SecondaryColor, TertiaryColor, LogoUrl, FaviconUrl, FontFamily is "" ? null : FontFamily);
    }
}
