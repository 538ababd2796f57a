using System.Globalization;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Identity;
using Platform.Identity.Accounts;
using Platform.Identity.People;
using Platform.Identity.SignIn;

namespace Platform.Identity.Factors;

/// <summary>Challenges for the script of our pages. What comes of an answer is decided by the page that gets it.</summary>
internal static class PasskeyEndpoints
{
    public static void MapPasskeys(this WebApplication app)
    {
        app.MapPost("/Account/Passkeys/Challenge", async (HttpContext http, IAntiforgery antiforgery, Passkeys passkeys) =>
            await antiforgery.IsRequestValidAsync(http) ? Json(await passkeys.ChallengeAsync()) : Results.BadRequest());
        app.MapPost("/Account/Passkeys/New", ChallengeToAddAsync);
    }

    /// <param name="http">The request.</param>
    /// <param name="antiforgery">Checks that a page of ours sends it.</param>
    /// <param name="accounts">Finds the person.</param>
    /// <param name="pending">Finds a person who is signing in.</param>
    /// <param name="passkeys">Makes the challenge.</param>
    /// <param name="signingIn">Whether the person is in the middle of a sign-in; else they have a session.</param>
    private static async Task<IResult> ChallengeToAddAsync(
        HttpContext http, IAntiforgery antiforgery, UserManager<Account> accounts, PendingSignIns pending, Passkeys passkeys,
        bool signingIn = false)
    {
        if (!await antiforgery.IsRequestValidAsync(http)) return Results.BadRequest();

        var id = signingIn ? pending.Find()?.AccountId.ToString(CultureInfo.InvariantCulture) : http.User.Subject;
        return id is { Length: > 0 } && await accounts.FindByIdAsync(id) is { } account
            ? Json(await passkeys.ChallengeToAddAsync(account))
            : Results.Unauthorized();
    }

    private static IResult Json(string options) => Results.Text(options, "application/json");
}
