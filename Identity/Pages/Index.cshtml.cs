using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Platform.Identity.People;

namespace Platform.Identity.Pages;

internal sealed class IndexModel(UserManager<Accounts.Account> accounts) : PageWithTexts
{
    public string Name { get; private set; } = "";

    public async Task<IActionResult> OnGetAsync()
    {
        if (!User.IsSignedIn) return RedirectToPage("/Account/Login");
        if (await accounts.FindByIdAsync(User.Subject) is not { } account) return RedirectToPage("/Account/Logout");

        Name = account.Name;
        return Page();
    }
}
