using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Localization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Platform.Ui.Localization;

namespace Platform.Ui.Pages;

/// <summary>Keeps the language that a reader chose in a cookie, and goes back to where they were.</summary>
[AllowAnonymous]
public sealed class LanguageModel : PageModel
{
    public IActionResult OnGet() => LocalRedirect("~/");

    public IActionResult OnPost(string? language, string? returnUrl)
    {
        if (Languages.All.Any(known => known.Tag == language))
        {
            var value = CookieRequestCultureProvider.MakeCookieValue(new RequestCulture(language!));
            Response.Cookies.Append(Languages.CookieName, value, new()
            {
                HttpOnly = true,
                IsEssential = true,
                MaxAge = TimeSpan.FromDays(365),
                SameSite = SameSiteMode.Lax,
                Secure = Request.IsHttps,
            });
        }

        return LocalRedirect(Url.IsLocalUrl(returnUrl) ? returnUrl : "~/");
    }
}
