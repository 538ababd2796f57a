using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Platform.Api.Access;
using Platform.Api.Http;
using Platform.Contracts;
using Platform.Contracts.Catalogue;
using Platform.Core.Reports;
using Platform.Core.Storage;

namespace Platform.Api.Catalogue;

internal static class OpeningEndpoints
{
    private const int MaxDays = 62;

    public static void MapOpenings(this RouteGroupBuilder direct) =>
        direct.MapGet("/openings", List).WithTags("Schedules").RequireScope(Scopes.Scheduling)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);

    /// <summary>By resource and time, within the range.</summary>
    private static async Task<Results<Ok<IReadOnlyList<OpeningResponse>>, ProblemHttpResult>> List(
        [AsParameters] QueryRange asked, [FromQuery(Name = "resourceId")] long? resourceId, UtilisationQuery query,
        TenantContext tenant, CancellationToken ct)
    {
        if (!asked.In(tenant, MaxDays).TryGet(out var range, out var rejection)) return rejection.ToProblem();

        return await query.OpeningsAsync(range, resourceId, ct) is { } openings
            ? TypedResults.Ok<IReadOnlyList<OpeningResponse>>(openings)
            : TypedResults.Problem(
                Problems.NotFound(new FieldError("resourceId", Codes.NotFound, "The value does not exist.")));
    }
}
