using Duende.IdentityServer.Extensions;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;

namespace Platform.Identity.Pages;

internal sealed class IndexModel(UserManager<Accounts.Account> accounts) : PageWithTexts
{
    public string Name { get; private set; } = "";

    public async Task<IActionResult> OnGetAsync()
    {
        if (!User.IsAuthenticated()) return RedirectToPage("/Account/Login");
        if (await accounts.FindByIdAsync(User.GetSubjectId()) is not { } account) return RedirectToPage("/Account/Logout");

        Name = account.Name;
        return Page();
    }
}
