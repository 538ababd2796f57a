using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.Extensions.Localization;
using Platform.Contracts;
using Platform.Contracts.Tenants;
using Platform.Ui.Localization;

namespace Platform.Hub.Web.Pages;

/// <summary>Where the owner of the platform allows it, anybody creates an organisation on trial.</summary>
[AllowAnonymous]
public sealed class SignUpModel(SignUpApi api, IStringLocalizer<UiText> uiText) : PageModel
{
    [BindProperty]
    public Form Input { get; set; } = new();

    /// <summary>The address to which the link is sent, once it is.</summary>
    public string? SentTo { get; private set; }

    /// <summary>The owner creates organisations by hand.</summary>
    public bool IsClosed { get; private set; }

    public static IEnumerable<SelectListItem> Currencies =>
        PlatformCurrencies.All.Order().Select(code => new SelectListItem(code, code));

    public void OnGet()
    {
        var isPortuguese = System.Globalization.CultureInfo.CurrentUICulture.Name == "pt-BR";
        (Input.TimeZone, Input.Currency) = isPortuguese ? ("America/Sao_Paulo", "BRL") : ("Europe/Lisbon", "EUR");
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (!string.IsNullOrEmpty(Input.Website)) return Sent(Input.Email ?? ""); // a field that people do not see
        if (!ModelState.IsValid) return Refused(StatusCodes.Status422UnprocessableEntity);

        var locale = System.Globalization.CultureInfo.CurrentUICulture.Name == "pt-BR" ? "pt-BR" : "en";
        var made = await api.SignUpAsync(Input.ToRequest(locale), ct);
        if (made.Ok) return Sent(made.Data.Email);

        IsClosed = made.Problem.Code == Codes.SignUpsClosed;
        ModelState.Add(made.Problem, uiText, Fields);
        var isMalformed = made.Problem.Status == StatusCodes.Status400BadRequest;
        return Refused(isMalformed ? StatusCodes.Status422UnprocessableEntity : made.Problem.Status);
    }

    private static readonly Dictionary<string, string> Fields = new()
    {
        ["organisation"] = "Input.Organisation",
        ["email"] = "Input.Email",
        ["name"] = "Input.Name",
        ["slug"] = "Input.Slug",
        ["timeZone"] = "Input.TimeZone",
    };

    private PageResult Sent(string email)
    {
        SentTo = email;
        return Page();
    }

    private PageResult Refused(int status)
    {
        Response.StatusCode = status;
        return Page();
    }

    public sealed class Form
    {
        [Required, StringLength(200, MinimumLength = 2)]
        public string? Organisation { get; set; }

        [StringLength(63), RegularExpression("^[a-z0-9]([a-z0-9-]*[a-z0-9])?$")]
        public string? Slug { get; set; }

        [Required, StringLength(200)]
        public string? Name { get; set; }

        [Required, StringLength(254), Email]
        public string? Email { get; set; }

        [Required, StringLength(64)]
        public string? TimeZone { get; set; }

        public string Currency { get; set; } = "BRL";

        /// <summary>Filled in by programs alone.</summary>
        public string? Website { get; set; }

        public SignUpRequest ToRequest(string locale) => new(
            Organisation!.Trim(), Email!.Trim(), Name!.Trim(), TimeZone!, string.IsNullOrWhiteSpace(Slug)
                ? null
                : Slug, locale, Currency);
    }
}
