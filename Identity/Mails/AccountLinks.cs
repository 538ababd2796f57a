using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;
using Platform.Identity.Accounts;

namespace Platform.Identity.Mails;

/// <summary>What a link in a mail is for.</summary>
/// <param name="Page">The page of Identity that it opens.</param>
/// <param name="Lifetime">How long it works.</param>
internal sealed record LinkPurpose(string Name, string Page, TimeSpan Lifetime)
{
    public static readonly LinkPurpose FirstPassword = new("FirstPassword", "/Account/Accept", TimeSpan.FromHours(72));
    public static readonly LinkPurpose Invitation = new("Invitation", "/Account/Join", TimeSpan.FromHours(72));
    public static readonly LinkPurpose PasswordReset = new("PasswordReset", "/Account/ResetPassword", TimeSpan.FromHours(1));
    public static readonly LinkPurpose SignUp = new("SignUp", "/Account/ConfirmSignUp", TimeSpan.FromHours(72));
    public static readonly LinkPurpose OldEmail = new("OldEmail", "/Account/ConfirmEmail", TimeSpan.FromHours(24));
    public static readonly LinkPurpose NewEmail = new("NewEmail", "/Account/ConfirmEmail", TimeSpan.FromHours(24));
}

/// <summary>
/// Links in mails. A link holds the account's security stamp, which every change of a password or an address replaces:
/// so it works once, and not at all after anything else that replaces the stamp.
/// </summary>
internal sealed class AccountLinks(ProtectedValues values, IdentityDb db, IConfiguration configuration)
{
    public string Create(LinkPurpose purpose, Account account, string? detail = null)
    {
        var link = new Link(account.Id, account.SecurityStamp ?? "", detail);
        var issuer = configuration["Identity:Issuer"]!.TrimEnd('/');
        return QueryHelpers.AddQueryString(
            $"{issuer}{purpose.Page}", "token", values.Protect($"Link.{purpose.Name}", link, purpose.Lifetime));
    }

    /// <returns>The account and the detail, or null unless the link still works. The account is tracked.</returns>
    public async Task<(Account Account, string? Detail)?> FindAsync(LinkPurpose purpose, string? token, CancellationToken ct)
    {
        if (values.Unprotect<Link>($"Link.{purpose.Name}", token) is not { } link) return null;

        var account = await db.Users.SingleOrDefaultAsync(a => a.Id == link.AccountId, ct);
        return account is { DeactivatedAt: null } && account.SecurityStamp == link.Stamp ? (account, link.Detail) : null;
    }

    private sealed record Link(long AccountId, string Stamp, string? Detail);
}
