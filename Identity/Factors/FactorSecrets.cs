using System.Globalization;
using Microsoft.AspNetCore.DataProtection;

namespace Platform.Identity.Factors;

/// <summary>Keeps secrets of apps under the key ring, each for its account: in another row it cannot be read.</summary>
internal sealed class FactorSecrets(IDataProtectionProvider protection)
{
    public byte[] Seal(long accountId, byte[] secret) => Protector(accountId).Protect(secret);

    public byte[] Open(Authenticator authenticator) =>
        Protector(authenticator.AccountId).Unprotect(authenticator.Secret);

    private IDataProtector Protector(long accountId) =>
        protection.CreateProtector("Platform.Identity.Authenticator", accountId.ToString(CultureInfo.InvariantCulture));
}
