using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Platform.Identity.Accounts;

namespace Platform.Identity.Pages;

/// <summary>Name and language of one's account.</summary>
internal sealed class IndexModel(UserManager<Accounts.Account> accounts, IdentityDb db, TimeProvider clock)
    : AccountPage(accounts)
{
    [BindProperty]
    public string? Name { get; set; }

    [BindProperty]
    public string? Locale { get; set; }

    public void OnGet() => (Name, Locale) = (Account.Name, Account.Locale);

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        var name = Name?.Trim();
        if (name is not { Length: > 0 and <= Platform.Identity.Accounts.Account.NameMaxLength } || name.Any(char.IsControl))
        {
            return Refuse(T.Account.NameMissing, field: "name");
        }

        var (locale, now) = (Locale is "en" or "pt-BR" ? Locale : Account.Locale, clock.GetUtcNow());
        await db.Users.Where(account => account.Id == Account.Id).ExecuteUpdateAsync(
            row => row.SetProperty(a => a.Name, name).SetProperty(a => a.Locale, locale)
                .SetProperty(a => a.UpdatedAt, now).SetProperty(a => a.ProfileChangedAt, now),
            ct);
        return Done();
    }
}
