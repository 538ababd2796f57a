using Microsoft.AspNetCore.Http.HttpResults;
using Platform.Api.Access;
using Platform.Api.Http;
using Platform.Contracts;
using Platform.Contracts.People;
using Platform.Core.People;

namespace Platform.Api.People;

internal static class ProfileEndpoint
{
    /// <summary>For Identity, which has no tenant and is no person.</summary>
    public static void MapProfile(this RouteGroupBuilder services) =>
        services.MapPut("/people/{id:long}/profile", Put).WithTags("People").RequireScope(Scopes.PersonContext)
            .ProducesProblem(StatusCodes.Status409Conflict);

    private static async Task<Results<NoContent, ProblemHttpResult>> Put(
        long id, ProfileRequest request, ChangeProfile change, HttpContext http, CancellationToken ct) =>
        await change.ExecuteAsync(id, request, http.Source, ct) is { } rejection
            ? rejection.ToProblem()
            : TypedResults.NoContent();
}
