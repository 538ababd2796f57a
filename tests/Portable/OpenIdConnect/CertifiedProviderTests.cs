using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Platform.Tests.SignIn;

namespace Platform.Portable.OpenIdConnect;

/// <summary>
/// The stand-in against a certified provider that knows nothing of us: the npm package <c>oidc-provider</c>, installed
/// on first use. Without Node or npm these tests fail and say so; they are never skipped.
/// </summary>
public sealed partial class CertifiedProviderTests(CertifiedProvider provider) : IClassFixture<CertifiedProvider>
{
    [Theory]
    [InlineData(PushedAuthorizationBehavior.Disable)]
    [InlineData(PushedAuthorizationBehavior.Require)]
    public async Task Signs_in_and_out(PushedAuthorizationBehavior pushing)
    {
        await using var app = await RelyingParty.StartAsync(
            provider.Issuer,
            options =>
            {
                options.GetClaimsFromUserInfoEndpoint = true;
                options.PushedAuthorizationBehavior = pushing;
            },
            url: provider.App);
        using var browser = new Browser();

        using var response = await browser.FollowAsync($"{app.Url}/me");
        Assert.Null(app.Failure);
        var me = await RelyingParty.MeAsync(response);
        Assert.Equal(["ana"], me!.Claims["sub"]);
        Assert.Equal(["Ana"], me.Claims["name"]);
        Assert.NotEmpty(me.Tokens["refresh_token"]);

        using var signOut = await browser.PostAsync($"{app.Url}/signout", []);
        using var question = await browser.FollowAsync(Browser.Location(signOut)!);
        var page = await question.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        using var answer = await browser.PostAsync(
            Action().Match(page).Groups[1].Value, [new("xsrf", Xsrf().Match(page).Groups[1].Value), new("logout", "yes")]);
        using var end = await browser.FollowAsync(Browser.Location(answer)!);

        Assert.Equal("/bye", end.RequestMessage!.RequestUri!.AbsolutePath);
    }

    [GeneratedRegex("action=\"([^\"]+)\"")]
    private static partial Regex Action();

    [GeneratedRegex("name=\"xsrf\" value=\"([^\"]+)\"")]
    private static partial Regex Xsrf();
}

/// <summary>The provider's process, for as long as the tests of a class run.</summary>
public sealed class CertifiedProvider : IAsyncLifetime
{
    private static readonly TimeSpan InstallTimeout = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);

    private Process? _process;

    public string Issuer { get; } = $"http://127.0.0.1:{FreePort()}";

    /// <summary>Where the app has to listen: the provider knows its clients' addresses from the start.</summary>
    public string App { get; } = $"http://127.0.0.1:{FreePort()}";

    public async ValueTask InitializeAsync()
    {
        var folder = Folder();
        if (!Directory.Exists(Path.Combine(folder, "node_modules", "oidc-provider"))) await InstallAsync(folder);

        _process = Start(folder, "node", "provider.mjs", Issuer, App);
        using var timeout = new CancellationTokenSource(StartTimeout);
        while (await _process.StandardOutput.ReadLineAsync(timeout.Token) is { } line)
        {
            if (line is "ready") return;
        }

        throw new InvalidOperationException(
            $"The certified provider did not start: {await _process.StandardError.ReadToEndAsync(timeout.Token)}");
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is null) return;
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static async Task InstallAsync(string folder)
    {
        using var npm = Start(folder, "npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts");
        using var timeout = new CancellationTokenSource(InstallTimeout);
        try
        {
            var output = npm.StandardOutput.ReadToEndAsync(timeout.Token);
            var errors = npm.StandardError.ReadToEndAsync(timeout.Token);
            await npm.WaitForExitAsync(timeout.Token);
            if (npm.ExitCode == 0) return;
            throw new InvalidOperationException($"npm ci failed in {folder}: {await errors}{await output}");
        }
        catch (OperationCanceledException e)
        {
            npm.Kill(entireProcessTree: true);
            throw new TimeoutException($"npm ci in {folder} took longer than {InstallTimeout}.", e);
        }
    }

    private static Process Start(string folder, string program, params string[] arguments) =>
        Process.Start(new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;

    private static string Folder()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "Platform.sln"))) root = root.Parent!;
        return Path.Combine(root.FullName, "tests", "Portable", "OpenIdConnect");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
