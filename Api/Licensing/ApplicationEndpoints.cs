using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Platform.Contracts.Platform;
using Platform.Core.Licensing;
using Platform.Core.Storage;

namespace Platform.Api.Licensing;

internal static class ApplicationEndpoints
{
    public static void MapApplications(this RouteGroupBuilder staff) =>
        staff.MapGet("/applications", List).WithTags("Applications");

    private static async Task<Ok<List<ApplicationResponse>>> List(PlatformDb db, CancellationToken ct) =>
        TypedResults.Ok(await db.Applications
            .OrderBy(a => a.Id)
            .Select(a => new ApplicationResponse(a.Id, a.Slug, a.Name, a.Description, a.Active))
            .ToListAsync(ct));
}
