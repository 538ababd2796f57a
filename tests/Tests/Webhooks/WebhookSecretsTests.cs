using System.Security.Cryptography;
using Platform.Core.Webhooks;

namespace Platform.Tests.Webhooks;

public sealed class WebhookSecretsTests
{
    private const string Key = "the key of now, which is long enough", Former = "the key of before, which is long enough";

    [Fact]
    public void A_stored_secret_is_read_with_its_key_for_its_tenant_alone()
    {
        var (secret, now) = (WebhookMessage.NewSecret(), new WebhookSecrets(Key, [Former]));
        var stored = now.Protect(7, secret);

        Assert.DoesNotContain(secret[6..], stored, StringComparison.Ordinal);
        Assert.NotEqual(stored, now.Protect(7, secret));
        Assert.Equal(secret, now.Reveal(7, stored));
        Assert.Equal(secret, now.Reveal(7, new WebhookSecrets(Former, []).Protect(7, secret)));
        Assert.Equal("whsec_AAAA", now.Reveal(7, "whsec_AAAA")); // from before
        Assert.Throws<CryptographicException>(() => now.Reveal(8, stored));
        Assert.Throws<CryptographicException>(() => new WebhookSecrets(Former, []).Reveal(7, stored));
    }
}
