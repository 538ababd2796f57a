using System.Globalization;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Identity;
using Platform.Identity.Accounts;
using Platform.Identity.People;
using Platform.Identity.SignIn;

namespace Platform.Identity.Factors;

/// <summary>
/// Challenges for the script of our pages. The page that gets an answer decides what comes of it. They are not below
/// <c>/Account</c>, where every post is limited: a challenge takes no password and costs next to nothing.
/// </summary>
internal static class PasskeyEndpoints
{
    public static void MapPasskeys(this WebApplication app)
    {
        var passkeys = app.MapGroup("/Passkeys").AddEndpointFilter(CheckFormAsync);
        passkeys.MapPost("/Challenge", async (Passkeys challenges) => Json(await challenges.ChallengeAsync()));
        passkeys.MapPost("/New", ChallengeToAddAsync);
    }

    /// <param name="http">The request.</param>
    /// <param name="accounts">Finds the person.</param>
    /// <param name="pending">Finds a person who is signing in.</param>
    /// <param name="passkeys">Makes the challenge.</param>
    /// <param name="signingIn">Whether the person is in the middle of a sign-in; else they have a session.</param>
    private static async Task<IResult> ChallengeToAddAsync(
        HttpContext http, UserManager<Account> accounts, PendingSignIns pending, Passkeys passkeys,
        bool signingIn = false)
    {
        var id = signingIn ? pending.Find()?.AccountId.ToString(CultureInfo.InvariantCulture) : http.User.Subject;
        return id is { Length: > 0 } && await accounts.FindByIdAsync(id) is { } account
            ? Json(await passkeys.ChallengeToAddAsync(account))
            : Results.Unauthorized();
    }

    /// <summary>Only pages of ours have an antiforgery token to send.</summary>
    private static async ValueTask<object?> CheckFormAsync(
        EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            var antiforgery = context.HttpContext.RequestServices.GetRequiredService<IAntiforgery>();
            await antiforgery.ValidateRequestAsync(context.HttpContext);
        }
        catch (AntiforgeryValidationException)
        {
            return Results.BadRequest();
        }

        return await next(context);
    }

    private static IResult Json(string options) => Results.Text(options, "application/json");
}
