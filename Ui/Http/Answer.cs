using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Platform.Contracts;

namespace Platform.Ui.Http;

/// <summary>What the API said: the data that was asked for, or the problem in its place. Never both.</summary>
/// <param name="Page">Where the next page starts; only on lists that have pages.</param>
/// <param name="Code">What was done, as the API names it.</param>
/// <param name="AsOf">How old figures are; only of reports.</param>
public sealed record Answer<T>(
    T? Data, Problem? Problem, PageInfo? Page = null, string? Code = null, DateTimeOffset? AsOf = null)
{
    [MemberNotNullWhen(true, nameof(Data))]
    [MemberNotNullWhen(false, nameof(Problem))]
    public bool Ok => Problem is null;
}

/// <summary>The data of an answer that has none, or whose data nobody reads.</summary>
public sealed record Done;

public static class ProblemResults
{
    extension(Problem problem)
    {
        /// <summary>The error page for a page that cannot be shown without what was asked for.</summary>
        public IActionResult ToPage() => problem.Status switch
        {
            // The token is no longer valid: the reader has to sign in again, and then returns here.
            StatusCodes.Status401Unauthorized => new ChallengeResult(),
            StatusCodes.Status403Forbidden or StatusCodes.Status404NotFound or StatusCodes.Status429TooManyRequests =>
                new StatusCodeResult(problem.Status),
            StatusCodes.Status400BadRequest or StatusCodes.Status422UnprocessableEntity =>
                new StatusCodeResult(StatusCodes.Status400BadRequest),
            _ => new StatusCodeResult(StatusCodes.Status503ServiceUnavailable),
        };
    }
}
