using System.Globalization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;
using Platform.Identity.Accounts;

namespace Platform.Identity.Invitations;

internal sealed class InvitationTokenOptions : DataProtectionTokenProviderOptions
{
    public InvitationTokenOptions() => (Name, TokenLifespan) = (InvitationTokens.ProviderName, TimeSpan.FromHours(72));
}

/// <summary>
/// What is in the link of an invitation. It holds the account's security stamp, which the first password changes: so it
/// works once, and not at all after anything else that changes the stamp.
/// </summary>
internal sealed class InvitationTokens(
    IDataProtectionProvider protection, IOptions<InvitationTokenOptions> options,
    ILogger<DataProtectorTokenProvider<Account>> log)
    : DataProtectorTokenProvider<Account>(protection, options, log)
{
    public const string ProviderName = "invitation";

    private const string Purpose = "first password";

    /// <summary>Longer text is no token of ours.</summary>
    private const int MaxLength = 2_000;

    /// <param name="issuer">Where browsers find this process.</param>
    public static async Task<string> LinkAsync(UserManager<Account> accounts, Account account, string issuer) =>
        QueryHelpers.AddQueryString($"{issuer}/Account/Accept", new Dictionary<string, string?>
        {
            ["id"] = account.Id.ToString(CultureInfo.InvariantCulture),
            ["token"] = await accounts.GenerateUserTokenAsync(account, ProviderName, Purpose),
        });

    /// <summary>The account that the link is for; null unless it still works.</summary>
    public static async Task<Account?> FindAsync(UserManager<Account> accounts, long id, string? token)
    {
        if (token is not { Length: > 0 and < MaxLength }) return null;

        var account = await accounts.FindByIdAsync(id.ToString(CultureInfo.InvariantCulture));
        return account is { PasswordHash: null, DeactivatedAt: null }
            && await accounts.VerifyUserTokenAsync(account, ProviderName, Purpose, token)
                ? account
                : null;
    }
}
