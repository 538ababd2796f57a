using Platform.Tests.Support;

namespace Platform.Tests.SignIn;

/// <summary>
/// The keys of a web app in Redis: encrypted if there is a certificate, and never replaced in silence.
/// </summary>
public sealed class KeyRingTests
{
    [Fact]
    public async Task With_a_certificate_the_key_ring_is_encrypted()
    {
        using var certificate = new CertificateFile();
        await using var plain = await SignInApp.StartAsync();
        await using var app = await SignInApp.StartAsync(app => Use(app, certificate));
        using var browser = await app.SignInAsync();

        Assert.NotNull(await app.MeAsync(browser));
        Assert.Contains("<masterKey", Assert.Single(await KeysAsync(plain)), StringComparison.Ordinal);
        Assert.DoesNotContain("<masterKey", Assert.Single(await KeysAsync(app)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_that_cannot_be_read_stops_the_start_and_stays_the_only_one()
    {
        using var certificate = new CertificateFile();
        using var other = new CertificateFile();
        await using var app = await SignInApp.StartAsync(app => Use(app, certificate));
        Use(app, other);

        var failure = await Assert.ThrowsAnyAsync<Exception>(app.AddReplicaAsync);

        Assert.Contains("cannot be read. Is KeyRing:Certificate the one", failure.Message, StringComparison.Ordinal);
        Assert.Single(await KeysAsync(app));
    }

    [Fact]
    public async Task A_damaged_key_ring_is_a_failure_and_gets_no_new_key()
    {
        await using var app = await SignInApp.StartAsync();
        await app.Redis.GetDatabase().ListRightPushAsync($"{app.ClientId}:signin:keys", "<key");
        var url = await app.AddReplicaAsync();
        using var browser = new Browser();

        using var response = await browser.GetAsync($"{url}/me");

        Assert.Equal(500, (int)response.StatusCode);
        Assert.Equal(2, (await KeysAsync(app)).Length);
    }

    [Fact]
    public async Task Sessions_outlive_a_change_of_the_certificate()
    {
        using var certificate = new CertificateFile();
        using var next = new CertificateFile();
        await using var app = await SignInApp.StartAsync(app => Use(app, certificate));
        using var browser = await app.SignInAsync();
        Use(app, next);
        app.Settings["KeyRing:FormerCertificates:0:Certificate"] = certificate.Path;
        app.Settings["KeyRing:FormerCertificates:0:Password"] = CertificateFile.Password;

        var url = new Uri(await app.AddReplicaAsync());
        browser.Cookies[(url.Authority, $"__Host-{app.ClientId}.session")] = browser.Cookies.Values.Single();
        using var response = await browser.GetAsync($"{url}me");

        Assert.Equal(200, (int)response.StatusCode);
    }

    [Theory]
    [InlineData("another password")]
    [InlineData(null)]
    public async Task A_wrong_password_stops_the_start(string? password)
    {
        using var certificate = new CertificateFile();

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => SignInApp.StartAsync(app =>
        {
            Use(app, certificate);
            app.Settings["KeyRing:Password"] = password;
        }));

        Assert.Contains(
            $"'{certificate.Path}' cannot be read with its Password", failure.Message, StringComparison.Ordinal);
    }

    private static void Use(SignInApp app, CertificateFile certificate)
    {
        app.Settings["KeyRing:Certificate"] = certificate.Path;
        app.Settings["KeyRing:Password"] = CertificateFile.Password;
    }

    private static async Task<string[]> KeysAsync(SignInApp app) =>
        [.. (await app.Redis.GetDatabase().ListRangeAsync($"{app.ClientId}:signin:keys")).Select(key => $"{key}")];
}
