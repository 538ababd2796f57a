using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Platform.Api.Catalogue;
using Platform.Api.Http;
using Platform.Contracts;
using Platform.Contracts.Audit;
using Platform.Contracts.People;
using Platform.Core;
using Platform.Core.Audit;
using Platform.Core.Catalogue;
using Platform.Core.Clients;
using Platform.Core.People;
using Platform.Core.Storage;

namespace Platform.Api.People;

/// <summary>What a member is to the organisation beside type and roles, and its own fields of users.</summary>
internal static class MemberProfiles
{
    extension(PeopleWriting writing)
    {
        /// <summary>
        /// The tenant is locked already, and it is settled that the caller may change this member. What is the same
        /// leaves no trace.
        /// </summary>
        public async Task<Rejection?> ChangeProfileAsync(
            long tenantId, long userId, ChangeUserRequest request, TenantDb tenants, CancellationToken ct)
        {
            var row = await writing.Db.Memberships.SingleAsync(m => m.TenantId == tenantId && m.UserId == userId, ct);
            var before = Terms(row);
            Apply(request, row);
            if (AuditDiff.Between(before, Terms(row), "metadata") is not { } diff) return null;

            var refusal = await CheckAsync(tenants, row, request, ct)
                ?? MembershipRules.CheckLink(row.Kind, row.ResourceId, row.ClientId);
            if (refusal is not null) return refusal;

            writing.Db.Change(row, writing.Actor);
            await writing.Db.SaveChangesAsync(ct);
            await writing.Db.RecordAsync(
                AuditChange.Of(tenantId, AuditActions.MembershipProfileChanged, row.Id, diff.Before, diff.After),
                writing.Http, writing.Clock.Now, ct);
            writing.Changes.Of(tenantId, userId);
            return null;
        }
    }

    /// <summary>A link that does not go with the kind is gone, unless it is asked for: then it is refused.</summary>
    private static void Apply(ChangeUserRequest request, Membership row)
    {
        row.Kind = request.Kind.Or(row.Kind);
        row.ResourceId = request.ResourceId.Or(row.Kind == MemberKinds.Professional ? row.ResourceId : null);
        row.ClientId = request.ClientId.Or(row.Kind == MemberKinds.Client ? row.ClientId : null);
        row.Metadata = request.Metadata.Or(row.Metadata) ?? JsonSerializer.SerializeToElement(new { });
    }

    private static async Task<Rejection?> CheckAsync(
        TenantDb db, Membership row, ChangeUserRequest request, CancellationToken ct)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var isHere = row.ResourceId is not { } resource || await db.Resources.AnyAsync(r => r.Id == resource, ct);
        return Rejection.All(
            isHere ? null : ResourceEndpoints.Unknown("resourceId"),
            await CheckClientAsync(db, row.ClientId, request, ct),
            request.Metadata.HasValue
                ? CustomFieldRules.Check(
                    await db.FieldsAsync(CustomFieldOwners.User, ct), row.Metadata, "metadata", Codes.InvalidMetadata)
                : null);
    }

    private static async Task<Rejection?> CheckClientAsync(
        TenantDb db, long? clientId, ChangeUserRequest request, CancellationToken ct)
    {
        if (clientId is null) return null;
        if (await db.Clients.FindAsync([clientId], ct) is not { } client) return ResourceEndpoints.Unknown("clientId");

        return request.ClientId.HasValue ? ClientRules.Changeable(client) : null;
    }

    private static object Terms(Membership m) => new { m.Kind, m.ResourceId, m.ClientId, m.Metadata };
}
