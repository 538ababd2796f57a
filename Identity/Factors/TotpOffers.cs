using Platform.Identity.Accounts;

namespace Platform.Identity.Factors;

/// <summary>A secret that a person may set an authenticator app up with.</summary>
/// <param name="Ticket">Comes back with the first code.</param>
/// <param name="Secret">For typing.</param>
/// <param name="QrCode">A <c>data:</c> URL.</param>
internal sealed record TotpOffer(string Ticket, string Secret, string QrCode);

/// <summary>Makes secrets for authenticator apps. Until a code confirms one, it exists only in the page.</summary>
internal sealed class TotpOffers(ProtectedValues values, TimeProvider clock)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(30);
    private const string Purpose = "TotpOffer";

    /// <param name="account">Who sets an app up.</param>
    /// <param name="ticket">Of an earlier offer, which goes on if it is still good.</param>
    public TotpOffer Make(Account account, string? ticket = null)
    {
        if (Open(account, ticket) is not { } secret)
        {
            secret = TotpCodes.NewSecret();
            ticket = values.Protect(Purpose, new Offer(account.Id, secret), Lifetime);
        }

        return new(ticket!, TotpCodes.ReadableSecret(secret), TotpCodes.QrCode(secret, account.Email!));
    }

    /// <returns>The secret and the time step of the code, or null if the code is not the offer's.</returns>
    public (byte[] Secret, long Step)? Confirm(Account account, string? ticket, string? code) =>
        Open(account, ticket) is { } secret && TotpCodes.FindStep(secret, code ?? "", clock.GetUtcNow()) is { } step
            ? (secret, step)
            : null;

    private byte[]? Open(Account account, string? ticket) =>
        values.Unprotect<Offer>(Purpose, ticket) is { } offer && offer.AccountId == account.Id ? offer.Secret : null;

    private sealed record Offer(long AccountId, byte[] Secret);
}
