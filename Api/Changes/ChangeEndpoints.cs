using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Platform.Api.Access;
using Platform.Api.Http;
using Platform.Contracts;
using Platform.Contracts.Changes;
using Platform.Core.Changes;

namespace Platform.Api.Changes;

/// <summary>How an integrator follows a tenant without reading everything again.</summary>
internal static class ChangeEndpoints
{
    private const int MaxRows = 500, DefaultRows = 100;

    private static readonly Dictionary<string, string> Routes = new()
    {
        [ChangeTypes.Booking] = "bookings",
        [ChangeTypes.Client] = "clients",
        [ChangeTypes.Series] = "series",
        [ChangeTypes.Waitlist] = "waitlist",
        [ChangeTypes.Service] = "services",
        [ChangeTypes.Resource] = "resources",
        [ChangeTypes.Category] = "categories",
        [ChangeTypes.Blackout] = "blackouts",
        [ChangeTypes.CustomField] = "custom-fields",
    };

    public static void MapChanges(this RouteGroupBuilder tenant) =>
        tenant.MapGroup("/changes").WithTags("Changes").RequireScope(Scopes.Scheduling).MapGet("/", Read);

    private static async Task<Ok<ChangeFeed>> Read(
        ChangesQuery changes,
        [Description("`data.next` of the answer before; from the beginning where it is absent.")] IdCursor? after,
        [Range(1, MaxRows), Description("How many; 100 where it is absent.")] int? limit,
        CancellationToken ct)
    {
        var page = await changes.ReadAsync(after?.Id ?? 0, limit ?? DefaultRows, ct);
        return TypedResults.Ok(new ChangeFeed(
            [.. page.Found.Select(ToResponse)], new IdCursor(page.Last).ToString(), page.HasMore));
    }

    public static ChangeResponse ToResponse(Change c) => new(
        c.Type, c.Id, c.Operation, c.ChangedAt, c.Operation == ChangeOperations.Deleted ? null
            : c.Type == ChangeTypes.Settings ? "/api/v1/settings"
            : $"/api/v1/{Routes[c.Type]}/{c.Id}");
}
