using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Logging;

namespace Platform.Bench;

/// <summary>
/// The limit of tokens: an endpoint that makes as many signatures, or one password hash, and nothing else. It runs in
/// a process of its own, as Identity does.
/// </summary>
internal static class RawSigner
{
    /// <summary>As long as the signed part of one of our access tokens.</summary>
    private const int PayloadLength = 700;

    public static async Task RunAsync(string url)
    {
        var payload = RandomNumberGenerator.GetBytes(PayloadLength);
        using var key = RSA.Create(2048);
        var passwords = new PasswordHasher<object>();
        var hash = passwords.HashPassword(new(), "a password");

        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls(url);
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.MapPost("/sign/{count:int}", (int count) =>
        {
            for (var i = 0; i < count; i++) key.SignData(payload, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            return Results.Text(count.ToString(CultureInfo.InvariantCulture));
        });
        app.MapPost("/hash", () => Results.Text($"{passwords.VerifyHashedPassword(new(), hash, "a password")}"));
        await app.RunAsync();
    }
}
