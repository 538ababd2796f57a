using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using Platform.Contracts;
using Platform.Contracts.People;
using Platform.Hub.Web.Settings;
using Platform.Ui.Http;
using PageOfBookings = Platform.Contracts.Catalogue.BookingPage;

namespace Platform.Hub.Web.Pages.Settings.BookingPage;

/// <summary>What the public booking pages say and allow, beside brand and labels.</summary>
public sealed class IndexModel(SettingsTools tools) : SettingsPage<IndexModel.Form>(tools)
{
    protected override string Needs => Permissions.SettingsWrite;

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        var page = await Api.GetAsync<PageOfBookings>("settings/booking-page", ct);
        if (!page.Ok) return page.Problem.ToPage();

        Input = Form.Of(page.Data);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (!ModelState.IsValid) return Refused();

        var saved = await Api.PutAsync<PageOfBookings>("settings/booking-page", Input.ToPage(), null, ct);
        return saved.Ok
            ? Done(Text["Setup.Saved"], "booking-page")
            : Refused(saved.Problem, new Dictionary<string, string> { ["frameOrigins"] = "Input.FrameOrigins" });
    }

    public sealed class Form : SettingsForm
    {
        [StringLength(200)]
        public string? LegalName { get; set; }

        [StringLength(500)]
        public string? PrivacyUrl { get; set; }

        [StringLength(1000)]
        public string? ConsentText { get; set; }

        [Email, StringLength(254)]
        public string? ContactEmail { get; set; }

        [StringLength(40)]
        public string? ContactPhone { get; set; }

        [StringLength(500)]
        public string? Place { get; set; }

        public bool Indexed { get; set; }

        /// <summary>A line each.</summary>
        [StringLength(6000)]
        public string? FrameOrigins { get; set; }

        public static Form Of(PageOfBookings page) => new()
        {
            LegalName = page.LegalName,
            PrivacyUrl = page.PrivacyUrl,
            ConsentText = page.ConsentText,
            ContactEmail = page.ContactEmail,
            ContactPhone = page.ContactPhone,
            Place = page.Place,
            Indexed = page.Indexed,
            FrameOrigins = string.Join('\n', page.FrameOrigins ?? []),
        };

        public PageOfBookings ToPage() => new(
            LegalName, PrivacyUrl, ConsentText, ContactEmail, ContactPhone, Place, Indexed, CatalogueItems.Lines(FrameOrigins));
    }
}
